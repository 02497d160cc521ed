"""Where somebody is signed in: Django's sessions, with the person and the device beside them.

`SESSION_ENGINE` names this module.
"""

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.contrib.auth import SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from collective import clock
from collective.models import BrowserSession, Person
from collective.people import devices
from collective.people.requests import MemberRequest

USE_IS_NOTED_EVERY = timedelta(days=1)
MOST = 50  # sessions that the page shows
DEVICE = "device"


class SessionStore(DatabaseStore):
    """Writes beside each session whose it is; knows when it was last used."""

    last_used_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        """The model of the table."""
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        """The row as it is saved."""
        row = cast(BrowserSession, super().create_model_instance(data))
        row.person_id = data.get(SESSION_KEY)
        row.device = data.get(DEVICE, "")
        row.last_used_at = clock.now()
        return row

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, under a new key, where it has ended."""
        row = BrowserSession.objects.living().filter(session_key=self.session_key).first()
        if row is None:
            self._session_key = None
            return {}
        self.last_used_at = row.last_used_at
        return self.decode(row.session_data)


def note_use(request: HttpRequest) -> None:
    """Let a session that is used last for two weeks more: one write a day, not one a request."""
    used = getattr(request.session, "last_used_at", None)
    if used is None or clock.now() - used >= USE_IS_NOTED_EVERY:
        note_device(request)


def note_device(request: HttpRequest) -> None:
    """Say in the session, which is saved with this answer, what it is used with."""
    request.session[DEVICE] = devices.in_words(request.headers.get("User-Agent", ""))


def of(person: Person) -> list[BrowserSession]:
    """Where the person is signed in, the last used first."""
    return list(person.browser_sessions.living().order_by("-last_used_at")[:MOST])


def find(person: Person, public_id: UUID) -> BrowserSession | None:
    """The person's session that an address names, or None."""
    return next((row for row in of(person) if row.public_id == public_id), None)


def is_of(row: BrowserSession, session: SessionBase) -> bool:
    """Is this the session of the browser that asks?"""
    return row.session_key == session.session_key


def end_others(request: MemberRequest) -> None:
    """Sign the person out everywhere but in this browser."""
    request.user.sign_out_everywhere()
    keep_this_one(request, request.user)


def keep_this_one(request: HttpRequest, person: Person) -> None:
    """After everything ended: this browser goes on, under a new key."""
    note_device(request)
    update_session_auth_hash(request, person)


def forget_old() -> tuple[int, int]:
    """The sweep: sessions that have ended by themselves go; returns (seen, done)."""
    done, _ = BrowserSession.objects.filter(expire_date__lt=timezone.now()).delete()
    # of the version before, which kept them in Django's own table: they were copied
    older, _ = Session.objects.all().delete()
    return done + older, done + older
