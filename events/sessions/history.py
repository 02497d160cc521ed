"""What happened with a registration, and by whom, as the person reads it: staff act on record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from collective.people.by_whom import by_whom, of_change, people_of
from events.models import Registration
from events.models.registration_states import State

MOST = 60
WORDS = {
    State.CONFIRMED: "place booked",
    State.WAITING: "on the waiting list",
    State.OFFERED: "a place was offered",
    State.CANCELLED: "no longer signed up",
    State.ATTENDED: "noted as taken part",
    State.MISSED: "noted as not seen",
}
# What staff did that changed no state, and what they looked at.
ALSO = ("Looked at", "Corrected", "Moved on", "Worked on", "Booked by phone", "Told", "Joined")
Event = Any  # a row of pghistory's model, which has no class of its own in our code


@dataclass(frozen=True)
class Happened:
    at: datetime
    what: str
    who: str  # "by you", "by Jo from our team", or "" for what went by itself


def happenings(registration: Registration) -> list[Happened]:
    """All that happened with it, the newest last."""
    events = recorded(registration, MOST)
    owner = registration.person_id
    people = people_of(event.pgh_context for event in events)
    steps = [
        Happened(
            event.pgh_created_at, WORDS[event.state], of_change(event.pgh_context, owner, people)
        )
        for event, before in zip(events, [None, *events], strict=False)
        if before is None or before.state != event.state
    ]
    return sorted([*steps, *_staff_acts(registration)], key=lambda row: row.at)


def recorded(registration: Registration, most: int) -> list[Event]:
    """The registration as it was after each change, the oldest first."""
    return list(registration.events.order_by("pgh_created_at", "pgh_id")[:most])


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
            who = by_whom(entry.user, registration.person_id, as_staff=True)
            yield Happened(entry.action_time, what, who)
