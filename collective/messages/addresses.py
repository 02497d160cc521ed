"""Whole addresses, for mail and calendars."""

from urllib.parse import urlencode
from uuid import UUID, uuid5

from django.conf import settings
from django.urls import reverse

from collective.models import AddressChange, Follow, Person, RecordJoin, SignIn
from collective.safety.link_keys import key_for


def full(path: str) -> str:
    """The whole address of a path of this site."""
    return f"{settings.SITE_URL}{path}"


def stop_reminders(person: Person) -> str:
    """One click there, and no reminder is mailed to them any more."""
    return full_reverse("stop_reminders", person.pk, key_purpose="reminders", pk=person.pk)


def stop_news(follow: Follow) -> str:
    """One click there, and no news of the whole call is mailed to them any more.

    It names the person and the call, so it works for good, whatever was followed since.
    """
    person_pk, call_pk = follow.person_id, follow.its_call_id
    path = reverse("stop_news", args=[person_pk, call_pk])
    return full(_with_key(path, "news", news_key(person_pk, call_pk)))


def news_key(person_pk: UUID, call_pk: int) -> UUID:
    """What stands for the news of one call to one person, where a key is made for one thing."""
    return uuid5(person_pk, str(call_pk))


def own_code(sign_in: SignIn) -> str:
    """Whoever reads mail at that address gets a code there, whatever strangers have asked for."""
    return full_reverse("own_code", sign_in.pk, key_purpose="own code", pk=sign_in.pk)


def stop_address_change(change: AddressChange) -> str:
    """One click there, and the address stays as it is."""
    return full_reverse(
        "stop_address_change", change.pk, key_purpose="address change", pk=change.pk
    )


def part_records(join: RecordJoin) -> str:
    """One click there, and two records that were joined are two again."""
    return full_reverse("part_records", join.pk, key_purpose="part records", pk=join.pk)


def full_reverse(name: str, *args: object, key_purpose: str = "", pk: UUID | None = None) -> str:
    """The address of a view; for a row (`pk`), with the key that is good for this purpose."""
    path = reverse(name, args=args)
    return full(path if pk is None else _with_key(path, key_purpose, pk))


def path_with_key(name: str, pk: UUID, *, purpose: str) -> str:
    """The path of a row's page, with the key that is good for this purpose."""
    return _with_key(reverse(name, args=[pk]), purpose, pk)


def _with_key(path: str, purpose: str, pk: UUID) -> str:
    return f"{path}?{urlencode({'key': key_for(purpose, pk)})}"
