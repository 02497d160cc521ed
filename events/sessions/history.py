"""What happened with a registration and who did it, as the person reads it: staff act on record."""

from dataclasses import dataclass
from datetime import datetime

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


@dataclass(frozen=True)
class Happened:
    at: datetime
    what: str
    who: str


def of(registration: Registration):
    """The newest last.

    "by you" for the person, "by Jo from our team" for staff, nothing for what went by itself.
    """
    events = list(registration.events.order_by("pgh_created_at", "pgh_id")[:MOST])
    ids = {(event.pgh_context or {}).get("user") for event in events} - {None}
    names = {
        str(pk): name for pk, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")
    }
    rows, before = [], None
    for event in events:
        if event.state != before:
            user = (event.pgh_context or {}).get("user")
            rows.append(
                Happened(event.pgh_created_at, WORDS[event.state], _who(user, registration, names))
            )
        before = event.state
    return sorted([*rows, *_staff_acts(registration)], key=lambda row: row.at)


def _who(user: Person, registration: Registration, names) -> str:
    if user is None:
        return ""
    if user == str(registration.person_id):
        return "by you"
    return f"by {names.get(user) or 'somebody'} from our team"


def said_to_them(words: str) -> str:
    """Staff's log, as the person it is about reads it."""
    return (
        words.replace("helps them", "helps you")
        .replace("for them", "for you")
        .replace("of theirs", "of yours")
    )


def _staff_acts(registration: Registration):
    kind = ContentType.objects.get_for_model(Registration)
    entries = LogEntry.objects.filter(
        content_type=kind, object_id=str(registration.pk)
    ).select_related("user")
    for entry in entries.order_by("action_time")[:MOST]:
        words = said_to_them(entry.get_change_message())
        if words.startswith(ALSO):
            yield Happened(
                entry.action_time,
                words[0].lower() + words[1:],
                f"by {entry.user.name} from our team",
            )
