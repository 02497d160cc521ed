"""What happened with a registration, and by whom, as the person reads it: staff act on record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from collective.models import Person
from events.models import Registration
from events.models.registration_states import State

MOST = 60
WORDS = {
    State.CONFIRMED: "place booked",
    State.WAITING: "on the waiting list",
    State.OFFERED: "a place was offered",
    State.CANCELLED: "no longer booked",
    State.ATTENDED: "noted as taken part",
    State.MISSED: "noted as not seen",
}
# What staff did that changed no state, and what they looked at.
ALSO = ("Looked at", "Corrected", "Moved on", "Worked on", "Booked by phone", "Told")
Event = Any  # a row of pghistory's model, which has no class of its own in our code


@dataclass(frozen=True)
class Happened:
    at: datetime
    what: str
    who: str  # "by you", "by Jo from our team", or "" for what went by itself


def happenings(registration: Registration) -> list[Happened]:
    """All that happened with it, the newest last."""
    events = recorded(registration, MOST)
    people = people_of(events)
    steps = [
        Happened(event.pgh_created_at, WORDS[event.state], _by(event, registration, people))
        for event, before in zip(events, [None, *events], strict=False)
        if before is None or before.state != event.state
    ]
    return sorted([*steps, *_staff_acts(registration)], key=lambda row: row.at)


def recorded(registration: Registration, most: int) -> list[Event]:
    """The registration as it was after each change, the oldest first."""
    return list(registration.events.order_by("pgh_created_at", "pgh_id")[:most])


def user_of(event: Event) -> str | None:
    """The key of the person whose request made this change; None for what went by itself."""
    return (event.pgh_context or {}).get("user")


def people_of(events: Iterable[Event]) -> dict[str, Person]:
    """The people who made these changes, by key."""
    keys = {user for event in events if (user := user_of(event))}
    return {str(person.pk): person for person in Person.objects.filter(pk__in=keys)}


def _by(event: Event, registration: Registration, people: dict[str, Person]) -> str:
    user = user_of(event)
    if user is None:
        return ""
    if user == str(registration.person_id):
        return "by you"
    name = people[user].name if user in people else ""
    return f"by {name or 'somebody'} from our team"


def said_to_them(words: str) -> str:
    """Staff's log, as the person it is about reads it."""
    return (
        words.replace("helps them", "helps you")
        .replace("for them", "for you")
        .replace("of theirs", "of yours")
    )


def _staff_acts(registration: Registration) -> Iterator[Happened]:
    kind = ContentType.objects.get_for_model(Registration)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(registration.pk))
    for entry in entries.select_related("user").order_by("action_time")[:MOST]:
        words = said_to_them(entry.get_change_message())
        if words.startswith(ALSO):
            what = words[0].lower() + words[1:]
            yield Happened(entry.action_time, what, f"by {entry.user.name} from our team")
