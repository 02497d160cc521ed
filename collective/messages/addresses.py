"""Whole addresses, for mail and calendars."""

from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from collective.safety.link_keys import key_for


def full(path):
    return f"{settings.SITE_URL}{path}"


def stop_reminders(person):
    """One click there, and no reminder is mailed to them any more."""
    return full_reverse("stop_reminders", person.pk, key_purpose="reminders", pk=person.pk)


def full_reverse(name, *args, key_purpose="", pk=None):
    """The address of a view; with a purpose, the key for its row is added."""
    path = reverse(name, args=args)
    if key_purpose:
        path = f"{path}?{urlencode({'key': key_for(key_purpose, pk)})}"
    return full(path)
