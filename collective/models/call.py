import uuid
from typing import Self

from django.db import models, transaction
from django.urls import reverse

from collective import clock
from collective.clock import LONDON
from collective.models.person import Person, Visitor
from collective.models.slugs import free_slug
from collective.safety import emptied, pictures, uploads
from collective.safety.markup import RichTextField
from collective.typed.fields import LineField, LinesField

COPIED = (
    "summary",
    "why",
    "lead",
    "about_lead",
    "pay_rule",
    "about_pay",
    "care_note",
    "fund_name",
    "pays_for_part",
    "pays_if_it_falls_through",
    "offer_days",
)


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, person: Visitor) -> Self:
        """Published calls; staff also see what is being prepared."""
        return self if person.is_staff else self.filter(published_at__lte=clock.now())

    def open(self) -> Self:
        """Those that are not finished."""
        return self.filter(finished_at=None)


class Call(models.Model):
    """An invitation to take part, about one policy."""

    class PayRule(models.TextChoices):
        EACH = "each", "Each activity is paid"
        SMALL_FEE_ONLY = (
            "small_fee_only",
            "The small fee only for people who have no paid session in this call",
        )

    title = LineField(max_length=150)
    slug = models.SlugField(
        max_length=80, unique=True, help_text="The last part of the page's address."
    )
    summary = LinesField(max_length=400, help_text="One or two sentences, shown on the home page.")
    why = RichTextField(
        "why we ask", help_text="Who asks, why, and what will happen with what people say."
    )
    bsl_video = models.URLField(
        "film in British Sign Language",
        blank=True,
        default="",
        db_default="",
        help_text="The address of a film that says the same in BSL. Empty: nothing is shown.",
    )
    lead = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="calls_led",
        help_text="Who leads it.",
    )
    about_lead = LinesField("about who leads it", max_length=600, blank=True)
    pay_rule = models.CharField(
        "how payments combine", max_length=20, choices=PayRule, default=PayRule.EACH
    )
    about_pay = LinesField(
        "about payment",
        max_length=1200,
        help_text="What is offered, to whom, and that nobody has to take it.",
    )
    fund_name = LineField(
        "community's fund",
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text="To which people may give their payment. Empty: there is none.",
    )
    pays_for_part = models.BooleanField(
        "people who came for part are paid",
        default=True,
        db_default=True,
        help_text="The whole fee, without asking staff.",
    )
    pays_if_it_falls_through = models.BooleanField(
        "people who had a place are paid if we cancel", default=False, db_default=False
    )
    offer_days = models.PositiveSmallIntegerField(
        "days to decide about a payment",
        default=60,
        db_default=60,
        help_text="Counted from when it becomes due.",
    )
    budget_pence = models.PositiveIntegerField(
        "budget for payments, in pence", null=True, blank=True
    )
    care_note = LinesField(
        max_length=600, blank=True, help_text="Shown above the ways to take part."
    )
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty: only staff can see it."
    )
    finished_at = models.DateTimeField(
        null=True, blank=True, help_text="Set when the policy was adopted."
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "title"]
        triggers = [emptied.refused("lead")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("call", args=[self.slug])

    @property
    def told_apart(self) -> str:
        """For staff: the title, and what tells it from another call of this title."""
        if self.published_at is None:
            return f"{self.title} (not published, page {self.slug})"
        local = self.published_at.astimezone(LONDON)
        is_over = ", finished" if self.finished_at else ""
        return f"{self.title} (published {local.day} {local:%B %Y}{is_over})"

    @transaction.atomic
    def copy(self) -> "Call":
        """The whole call without people, for staff only until it is published.

        Its words, its pictures and its ways to take part. Two clicks at once make two, one after
        the other.
        """
        Call.objects.select_for_update(no_key=True).get(pk=self.pk)
        copied = Call.objects.create(
            **{name: getattr(self, name) for name in COPIED},
            title=f"Copy of {self.title}"[:150],
            slug=free_slug(Call, self.slug),
        )
        for picture in self.pictures.all():
            picture.pk, picture.call, picture._state.adding = uuid.uuid4(), copied, True
            picture.save()
        for activity in self.activities.all():
            activity.whole().copy(call=copied)
        return copied

    @property
    def is_published(self) -> bool:
        return self.published_at is not None and self.published_at <= clock.now()


class CallPicture(models.Model):
    """A picture on a call's page. Without alternative text it cannot be saved (WCAG 2.2, 1.1.1)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="pictures")
    file = models.ImageField(
        upload_to="calls/", help_text="JPEG, PNG or WebP, up to 5 MB. We make it smaller."
    )
    alternative_text = LineField(
        max_length=250, help_text="What somebody who cannot see it needs to know."
    )
    long_description = LinesField(
        max_length=2000, blank=True, help_text="For a picture that says a lot."
    )
    credit = LineField(max_length=150, blank=True, help_text="Who made it.")
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = "picture"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(alternative_text__regex=r"^\s*$"),
                name="picture_has_alternative_text",
            )
        ]

    def __str__(self) -> str:
        return self.alternative_text

    def get_absolute_url(self) -> str:
        return reverse("picture", args=[self.pk])

    def clean(self) -> None:
        """Make a new file smaller. Raises ValidationError for what is no picture, or too large."""
        if uploads.is_new(self.file):
            self.width, self.height = pictures.shrink_upload(self.file, "file")
