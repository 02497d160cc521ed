import hashlib
import hmac
import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from collective import clock
from collective.models.person import Person
from collective.safety import emptied
from collective.typed.fields import AddressField

CODE_LASTS = timedelta(minutes=15)
MOST_WRONG_CODES = 5


class SignInQuerySet(models.QuerySet["SignIn"]):
    def living(self) -> Self:
        """Those whose code can be typed now: what `is_usable` says of one row."""
        return self.filter(
            used_at=None,
            link_only=False,
            wrong_codes__lt=MOST_WRONG_CODES,
            created_at__gt=clock.now() - CODE_LASTS,
        )

    def asked_since(self, moment: datetime) -> Self:
        """Those asked for since then by people who want to sign in."""
        return self.filter(clock.since("created_at", moment), person=None)

    def wrong_since(self, moment: datetime) -> Self:
        """Those asked for since then, for which wrong codes were typed and never the right one."""
        return self.filter(created_at__gt=moment, wrong_codes__gt=0, used_at=None)


class SignIn(models.Model):
    """Somebody asked to sign in by a code sent to this address.

    The code is stored nowhere: it is computed from the row's random id and the site's secret, so
    the sweep can send it again and a copy of the database holds no code. It can be typed only in
    the browser that asked.
    """

    class Proof(models.TextChoices):
        """What says that the browser which asked belongs to whoever reads mail at the address."""

        NONE = "", "Nothing"
        BROWSER = "browser", "Somebody signed in with this address there before"
        LINK = "link", "The link in a mail to this address was opened there"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = AddressField()
    person = models.ForeignKey(
        Person,
        models.CASCADE,
        null=True,
        related_name="+",
        help_text="Whose address this is or shall become. Empty: somebody signs in.",
    )
    network = models.CharField(
        max_length=64, help_text="A keyed hash of the visitor's network, for the limit."
    )
    proof = models.CharField(
        max_length=7, choices=Proof, default=Proof.NONE, db_default="", blank=True
    )
    link_only = models.BooleanField(
        default=False,
        db_default=False,
        help_text="The mail holds no code but a link, as many wrong codes were tried.",
    )
    created_at = models.DateTimeField(default=clock.now)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["email", "created_at"], name="signin_email"),
            models.Index(fields=["network", "created_at"], name="signin_network"),
            models.Index(fields=["created_at"], name="signin_created"),
            models.Index(
                fields=["created_at"], condition=Q(wrong_codes__gt=0), name="signin_wrong"
            ),
        ]
        triggers = [emptied.refused()]

    def __str__(self) -> str:
        return f"Sign-in asked at {self.created_at:%d %b %Y %H:%M}"

    @property
    def code(self) -> str:
        """Six digits."""
        digest = hmac.new(
            f"sign-in:{settings.SECRET_KEY}".encode(), self.pk.bytes, hashlib.sha256
        ).digest()
        return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06}"

    @property
    def ends_at(self) -> datetime:
        return self.created_at + CODE_LASTS

    @property
    def is_usable(self) -> bool:
        return (
            self.used_at is None
            and not self.link_only
            and self.wrong_codes < MOST_WRONG_CODES
            and clock.now() < self.ends_at
        )

    def matches(self, code: str) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(self.code.encode(), code.encode())
