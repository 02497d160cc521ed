"""Whole addresses, for mail and calendars."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from collective.safety.link_keys import key_for

if TYPE_CHECKING:
    from collective.models import Person


def full(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def stop_reminders(person: "Person") -> str:
    """One click there, and no reminder is mailed to them any more."""
    return full_reverse("stop_reminders", person.pk, key_purpose="reminders", pk=person.pk)


def full_reverse(name: str, *args, key_purpose: str = "", pk: UUID | None = None) -> str:
    """The address of a view; with a purpose, the key for its row is added."""
    path = reverse(name, args=args)
    if key_purpose:
        path = f"{path}?{urlencode({'key': key_for(key_purpose, pk)})}"
    return full(path)
