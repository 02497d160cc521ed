import hashlib
import hmac
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from collective import clock
from collective.models.person import Person
from collective.typed.fields import AddressField

CODE_LASTS = timedelta(minutes=15)
MOST_WRONG_CODES = 5


class SignIn(models.Model):
    """Somebody asked to sign in by a code sent to this address.

    The code is stored nowhere: it is computed from the row's random id and the site's secret, so
    the sweep can send it again and a copy of the database holds no code.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = AddressField()
    person = models.ForeignKey(
        Person,
        models.CASCADE,
        null=True,
        related_name="+",
        help_text="Whose address this shall become. Empty: somebody signs in.",
    )
    network = models.CharField(
        max_length=64, help_text="A keyed hash of the visitor's address, for the limit."
    )
    created_at = models.DateTimeField(default=clock.now)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["email", "created_at"], name="signin_email"),
            models.Index(fields=["network", "created_at"], name="signin_network"),
            models.Index(fields=["created_at"], name="signin_created"),
        ]

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
            and self.wrong_codes < MOST_WRONG_CODES
            and clock.now() < self.ends_at
        )

    def matches(self, code: str) -> bool:
        """Compare in constant time. Spaces and hyphens that people add are no mistake."""
        typed = "".join(character for character in code if character.isdigit())
        return hmac.compare_digest(self.code.encode(), typed.encode())
