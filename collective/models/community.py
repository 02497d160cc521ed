import hashlib
from dataclasses import dataclass
from datetime import timedelta
from email.utils import formataddr, parseaddr
from typing import Any, Self

from django.conf import settings
from django.db import models

from collective import clock
from collective.pages import contrast
from collective.safety import pictures, uploads
from collective.typed.fields import AddressField, LineField
from collective.typed.numbers import check_can_be_rung, check_takes_texts, digits

MARK_SIDE = 192  # pixels
CONTACTS = [
    "reply_to",
    "from_email",
    "safeguarding_name",
    "safeguarding_phone",
    "safeguarding_email",
    "outside_name",
    "outside_phone",
    "outside_email",
]
CHECK_LINES_EVERY = timedelta(days=182)


@dataclass(frozen=True)
class Listener:
    """Somebody whom people can tell of harm, by a number or an address of their own."""

    name: str
    phone: str
    email: str
    is_outside: bool = False


class SingleRow(models.Model):
    """A table of one row, which always has the key 1."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)


class Community(SingleRow):
    """The community that uses this site: the settings that staff can change."""

    name = LineField(max_length=80, default="Collective")
    about = LineField("about it, in a sentence", max_length=200, blank=True)
    phone = LineField(max_length=30, blank=True, validators=[check_can_be_rung])
    text_number = LineField(
        "number for texts",
        max_length=30,
        blank=True,
        default="",
        db_default="",
        validators=[check_takes_texts],
        help_text="Only one that takes texts which somebody reads. It may be the same as above.",
    )
    hours = LineField("when somebody answers", max_length=80, blank=True)
    mark = models.ImageField(
        upload_to="mark/",
        blank=True,
        default="",
        db_default="",
        help_text="Your sign, instead of ours. JPEG, PNG or WebP, up to 5 MB.",
    )
    colour = LineField(
        "colour of links and buttons",
        max_length=7,
        blank=True,
        default="",
        db_default="",
        validators=[contrast.check_on_light],
        help_text="Like #0b524d. Dark enough to read on our light pages. Empty: our green.",
    )
    dark_colour = LineField(
        "the same on dark pages",
        max_length=7,
        blank=True,
        default="",
        db_default="",
        validators=[contrast.check_on_dark],
        help_text="Like #93d5c8. Light enough to read on our dark pages. Empty: our light green.",
    )
    from_email = AddressField("mail comes from", blank=True)
    mail_name = LineField(
        "name that mail comes from",
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text=(
            "Seen in lists of mail and on locked screens, so it must not say what you talk about. "
            "Empty: the community's name."
        ),
    )
    reply_to = AddressField("answers go to", blank=True, help_text="A mailbox that somebody reads.")

    safeguarding_name = LineField(
        "who leads on safeguarding",
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text="With their hours: “Priya, safeguarding lead, Monday to Friday, 9am to 5pm”.",
    )
    safeguarding_phone = LineField(
        "number of the safeguarding lead", max_length=40, blank=True, default="", db_default=""
    )
    safeguarding_email = AddressField(
        "address of the safeguarding lead",
        blank=True,
        default="",
        db_default="",
        help_text="One that they alone read.",
    )
    outside_name = LineField(
        "somebody outside our team",
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text="For what is about one of us: “Dr Helen Marsh at our host, Monday to Friday”.",
    )
    outside_phone = LineField(
        "number of the one outside", max_length=40, blank=True, default="", db_default=""
    )
    outside_email = AddressField(
        "address of the one outside", blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = verbose_name_plural = "community"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_community")]
        permissions = [
            (
                "change_contacts",
                "Can change whom people tell of harm, and where mail comes and goes",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Make a new mark smaller. Raises ValidationError for what is no picture, or too large."""
        if uploads.is_new(self.mark):
            pictures.shrink_upload(self.mark, "mark", longest=MARK_SIDE)

    @property
    def sender(self) -> str:
        """Who mail comes from, as its header says: a name that people know, and the address."""
        address = self.from_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        return formataddr((self.mail_name or self.name, address))

    @property
    def look(self) -> str:
        """A word that changes with the mark and the colours: browsers keep the style sheet long."""
        shown = f"{self.mark}{self.colour}{self.dark_colour}"
        return hashlib.sha256(shown.encode()).hexdigest()[:12]

    @property
    def has_own_look(self) -> bool:
        return bool(self.mark or self.colour or self.dark_colour)

    @property
    def phone_takes_texts(self) -> bool:
        """Is the number for texts the one to ring, too?"""
        return digits(self.phone) == digits(self.text_number)

    @property
    def who_listens(self) -> list[Listener]:
        """Whom people may ring or write to when something is wrong, besides our shared mailbox."""
        found = [
            Listener(self.safeguarding_name, self.safeguarding_phone, self.safeguarding_email),
            Listener(self.outside_name, self.outside_phone, self.outside_email, is_outside=True),
        ]
        return [row for row in found if row.phone or row.email]

    @classmethod
    def current(cls) -> Self:
        """The row, or sensible defaults where nobody has made one yet."""
        return cls.objects.first() or cls()


class ClockOffset(SingleRow):
    """How far the demonstration's clock has been moved. Read with DEBUG only."""

    offset = models.DurationField(default=timedelta)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_clock_offset")]

    def __str__(self) -> str:
        return f"Clock moved by {self.offset}"


class SupportLine(models.Model):
    """Somewhere to turn to, outside or inside the community. Staff check each twice a year."""

    name = LineField(max_length=120)
    about = LineField(max_length=250)
    for_whom = LineField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Whom they help, and where: “Everybody in England and Wales”.",
    )
    phone = LineField(max_length=40, blank=True, validators=[check_can_be_rung])
    text_number = LineField(
        "number for texts",
        max_length=40,
        blank=True,
        default="",
        db_default="",
        validators=[check_takes_texts],
        help_text="Only one that takes texts.",
    )
    text_word = LineField(
        "word to text first",
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="Where they ask for one, as “SHOUT”.",
    )
    website = models.URLField(blank=True)
    hours = LineField(max_length=120, blank=True, help_text="When somebody answers.")
    checked_on = models.DateField(
        help_text="When somebody last made sure that all of this is still right."
    )
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def needs_checking(self) -> bool:
        return self.checked_on + CHECK_LINES_EVERY <= clock.now().date()
