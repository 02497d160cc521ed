import hashlib
import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone

from collective.models.person import Person

if TYPE_CHECKING:
    from collective.people.browser_sessions import SessionStore


class BrowserSessionQuerySet(models.QuerySet["BrowserSession"]):
    def living(self) -> Self:
        """Those that have not ended by themselves."""
        return self.filter(expire_date__gt=timezone.now())


class BrowserSession(AbstractBaseSession):
    """A session of a browser, and who is signed in there, with what, and when it was last used.

    It is Django's own table with three columns more, as its documentation proposes ("Extending
    database-backed session engines"). No network address is kept.
    """

    person = models.ForeignKey(
        Person,
        models.CASCADE,
        null=True,
        editable=False,
        related_name="browser_sessions",
        # Django takes a refused row for a key that is in use, and would look for others for ever
        db_constraint=False,
    )
    device = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="In words, for its owner."
    )
    last_used_at = models.DateTimeField(
        null=True, help_text="Written at most once a day while somebody is signed in."
    )

    # Django declares its manager for each class anew, which the type checker does not see
    objects = BaseSessionManager.from_queryset(BrowserSessionQuerySet)()  # type: ignore[misc]

    @classmethod
    def get_session_store_class(cls) -> type["SessionStore"]:
        from collective.people.browser_sessions import (  # noqa: PLC0415 it needs this model
            SessionStore,
        )

        return SessionStore

    @property
    def public_id(self) -> uuid.UUID:
        """What an address may name it by: nobody comes from this to the session's key."""
        digest = hashlib.sha256(f"session:{self.session_key}".encode()).digest()
        return uuid.UUID(bytes=digest[:16])
