"""What sessions hold about a person, for them to read or to take away."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.apps import apps

from collective.models import Person
from collective.people.my_data import OUR_WORK, LoggedRow
from events.models import AccessNeed, Registration, Session, SignUpDraft
from events.models.access_need import words_of
from events.models.registration_states import STATES_TOLD, RegistrationQuerySet, State
from events.sessions import history
from events.typed import in_words

EndedBecause = Registration.EndedBecause
TOLD = {
    "events.AccessNeed.registration",
    "events.Registration.person",
    "events.RegistrationEvent.pgh_obj",
    "events.SignUpDraft.person",
}
ENDED_TOLD: dict[str, str] = {
    EndedBecause.GAVE_UP: "You could not come",
    EndedBecause.DECLINED: "You said no to the offer",
    EndedBecause.LAPSED: "The offer ended without an answer",
    EndedBecause.STAFF: "Our team noted that you do not come",
    EndedBecause.JOINED: "Two records of yours were joined",
}
OLDER = "older states of what is told, without any of its words"
LEFT_OUT = {
    "events.AccessNeedEvent.pgh_obj": OLDER,
    "events.AccessNeedEvent.registration": OLDER,
    "events.Registration.confirmed_by": OUR_WORK,
    "events.RegistrationEvent.confirmed_by": OUR_WORK,
    "events.RegistrationEvent.person": "it is told as what happened with the booking",
}


def my_data(person: Person) -> dict[str, Any]:
    """Their bookings, with what helps them, and what they typed and have not sent."""
    return {
        "sessions": _sessions(person),
        "typed for a session and not sent": [
            {"session": row.session.title, "when": row.updated_at, "typed": in_words(row.answers)}
            for row in SignUpDraft.objects.filter(person=person).select_related("session")
        ],
    }


def logged_rows(person: Person) -> Iterator[LoggedRow]:
    """Their bookings and what helps them; and, since they signed up, the session's own pages."""
    for row in _registrations(person):
        yield LoggedRow(Registration, row.pk)
        yield LoggedRow(Session, row.session_id, since=row.created_at)
        for need in row.needs.all():
            yield LoggedRow(AccessNeed, need.pk)


def _registrations(person: Person) -> RegistrationQuerySet:
    rows = Registration.objects.visible_to(person).select_related("session")
    return rows.prefetch_related("needs").order_by("created_at")


def _sessions(person: Person) -> list[dict[str, Any]]:
    happened = _what_happened(person)
    return [
        {**_session(row), "what happened": happened.get(row.pk, [])}
        for row in _registrations(person)
    ]


def _what_happened(person: Person) -> dict[UUID, list[dict[str, Any]]]:
    """{registration: each state that it was in, and since when}, from its history."""
    recorded = apps.get_model("events.RegistrationEvent")
    events = recorded.objects.filter(pgh_obj__person=person).order_by("pgh_created_at", "pgh_id")
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    last: dict[UUID, str] = {}
    for event in events:
        if last.get(event.pgh_obj_id) != event.state:
            what = history.WORDS[State(event.state)]
            found[event.pgh_obj_id].append({"when": event.pgh_created_at, "what": what})
            last[event.pgh_obj_id] = event.state
    return found


def _session(row: Registration) -> dict[str, Any]:
    companion = row.companion or {}
    return {
        "session": row.session.title,
        "starts": row.session.starts_at,
        "signed up": row.created_at,
        "state": STATES_TOLD[State(row.state)],
        "ended because": ENDED_TOLD.get(row.ended_because, ""),
        "moved on the waiting list because": row.list_reason,
        "takes part": row.get_capacity_display(),
        "came for part": row.came_for_part,
        "came without signing up": row.came_without_signing_up,
        "agreed to the ways of working": row.agreed_at,
        "fee in pence": row.fee_pence,
        "access needs": words_of(row.access_needs),
        "arranged": [_need(need) for need in row.needs.all()],
        "access notes": (row.access_needs or {}).get("notes", ""),
        "comes along": {key: companion[key] for key in ("name", "email") if companion.get(key)},
    }


def _need(need: AccessNeed) -> dict[str, Any]:
    return {
        "what": need.told_words,
        "state": need.told_state,
        "told": need.reason,
        "by": need.needed_by,
        "our team has a note": bool(need.note),
    }
