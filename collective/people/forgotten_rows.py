"""What the ground itself empties of somebody who is forgotten: the record, and what hangs on it."""

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps

from collective import clock
from collective.models import (
    AddressChange,
    Announcement,
    BrowserSession,
    Call,
    ContactChange,
    DeletionRequest,
    Follow,
    FollowUp,
    InterruptedForm,
    Person,
    RecordJoin,
    Taken,
)
from collective.people import forgetting, my_data, traces
from collective.people.forgetting import Obstacle, Preview, Stays
from collective.people.my_data import LoggedRow

NOBODY: dict[str, Any] = {
    "name": "",
    "email": None,
    "contact_email": "",
    "phone": None,
    "phone_hash": "",
    "postal_address": None,
    "reach_by": Person.ReachBy.PHONE,
    "time_zone": "",
    "wants_news": False,
    "wants_reminders": False,
    "wants_staff_mail": False,
    "is_active": False,
    "is_staff": False,
    "is_superuser": False,
    "last_login": None,
}


def preview(person: Person) -> Preview:
    """What goes of the record itself."""
    told = Preview(
        goes=[
            "Your name, your address for email, your phone number, your postal address and your "
            "settings.",
            "Every message to you, and what we noted to come back to. You are signed out on every "
            "device.",
        ],
        stays=[
            Stays(
                "An empty record without a name, and the day on which it was emptied",
                "so that rows that stay have something to point to, and so that we can show that "
                "we did what you asked for",
            ),
            Stays(
                "That somebody in our team looked at your record, and when",
                "so that it can be found out later if somebody had no reason to look",
            ),
        ],
    )
    if person.calls_led.exists():
        told.goes.append("What is written about you as the lead of a call.")
    return told


def in_the_way(person: Person) -> list[Obstacle]:
    """Staff leave the team first: nobody may work with the rights of an empty record."""
    if not (person.is_staff or person.is_superuser):
        return []
    return [
        Obstacle(
            "You are in our team. Ask a colleague to let you leave it first.",
            "They are staff. Let them leave the team first.",
        )
    ]


def histories() -> list[Any]:
    """Of the settings."""
    return [apps.get_model("collective.PersonEvent")]


def forget(people: list[Person]) -> None:
    """Lock the people, then empty their records and delete what only they had."""
    keys = [person.pk for person in people]
    locked = list(Person.objects.filter(pk__in=keys).order_by("pk").select_for_update())
    for person in locked:
        forgetting.check(in_the_way(person))
    traces.remove_sign_ins(locked, traces.addresses_of(locked))
    for rows in _to_delete(locked):
        rows.delete()
    Call.objects.filter(lead__in=locked).update(lead=None, about_lead="")
    RecordJoin.objects.filter(kept__in=locked).update(moved=None)
    RecordJoin.objects.filter(gone__in=locked).update(moved=None)
    DeletionRequest.objects.filter(person__in=locked).update(
        asker=None, checked=None, stop_reason=None
    )
    for person in locked:
        _empty(person)
    histories()[0].objects.filter(pgh_obj__in=keys).delete()


def _to_delete(people: list[Person]) -> list[Any]:
    return [
        AddressChange.objects.filter(person__in=people),
        BrowserSession.objects.filter(person__in=people),
        ContactChange.objects.filter(person__in=people),
        Follow.objects.filter(person__in=people),
        FollowUp.objects.filter(person__in=people),
        InterruptedForm.objects.filter(person__in=people),
        Taken.objects.filter(person__in=people),
        Announcement.chosen.through.objects.filter(person__in=people),
        Person.groups.through.objects.filter(person__in=people),
        Person.user_permissions.through.objects.filter(person__in=people),
        Authenticator.objects.filter(user__in=people),
    ]


def _empty(person: Person) -> None:
    """Nobody signs in with it, and nothing leads back to anybody. Its sessions end."""
    for name, value in NOBODY.items():
        setattr(person, name, value)
    person.forgotten_at = person.forgotten_at or clock.now()
    person.set_unusable_password()
    person.save()


def is_clear(people: list[Person]) -> bool:
    """Is every record empty?"""
    keys = [person.pk for person in people]
    return not Person.objects.filter(pk__in=keys, forgotten_at=None).exists()


def rows(person: Person) -> Iterator[LoggedRow]:
    """All of them, as many as there are."""
    return my_data.logged_rows(person, most=None)
