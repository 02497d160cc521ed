"""What conversations hold about a person, for them to read or to take away.

The host's private note is not told here, only that there is one: the person asks us for it.
"""

from collections.abc import Iterator
from typing import Any

from collective.models import Person
from collective.people import phones
from collective.people.my_data import OUR_WORK, LoggedRow
from events.models import BookingDraft, Conversation, ConversationSeries, PassedOn, TimeRequest
from events.models.conversation_states import STATES_TOLD, ConversationQuerySet, State
from events.typed import in_words

TOLD = {
    "events.BookingDraft.person",
    "events.Conversation.person",
    "events.ConversationSeries.host",
    "events.PassedOn.conversation",
    "events.Slot.kept_for",
    "events.TimeRequest.person",
}
OLDER = "older states of what is told, without anything told in confidence"
LEFT_OUT = {
    "events.Conversation.confirmed_by": OUR_WORK,
    "events.ConversationEvent.confirmed_by": OUR_WORK,
    "events.ConversationEvent.person": OLDER,
    "events.ConversationEvent.pgh_obj": OLDER,
    "events.ConversationSeriesEvent.host": "older rules of what they host, which is told",
    "events.PassedOn.noted_by": "it is about the person whom they talked with",
    "events.Slot.host": "the times of what they host: their own pages show them",
}


def my_data(person: Person) -> dict[str, Any]:
    """Their conversations, what they wished for, what they typed, and what they host."""
    return {
        "conversations": [_conversation(row) for row in _conversations(person)],
        "other times asked for": [
            {
                "with": row.series.title,
                "wish": row.own_words,
                "asked": row.asked_at,
                "a time was offered": row.offered_at,
                "settled": row.settled_at,
            }
            for row in person.time_requests.select_related("series")
        ],
        "times kept for you": [
            {"with": row.series.title, "starts": row.starts_at, "until": row.kept_until}
            for row in person.kept_slots.select_related("series")
        ],
        "typed for a conversation and not sent": [
            {"with": row.series.title, "when": row.updated_at, "typed": in_words(row.answers)}
            for row in BookingDraft.objects.filter(person=person).select_related("series")
        ],
        "hosts": [_hosted(row) for row in person.hosted_series.all()],
    }


def logged_rows(person: Person) -> Iterator[LoggedRow]:
    """Their conversations and their wishes for other times."""
    for key in _conversations(person).values_list("pk", flat=True):
        yield LoggedRow(Conversation, key)
    for key in person.time_requests.values_list("pk", flat=True):
        yield LoggedRow(TimeRequest, key)


def _conversations(person: Person) -> ConversationQuerySet:
    rows = Conversation.objects.visible_to(person).select_related("series", "slot")
    return rows.prefetch_related("passed_on").order_by("created_at")


def _conversation(row: Conversation) -> dict[str, Any]:
    return {
        "with": row.series.title,
        "starts": row.slot.starts_at,
        "booked": row.created_at,
        "moved from": row.moved_from,
        "state": STATES_TOLD[State(row.state)],
        "reason": row.ended_reason,
        "how": row.get_how_display(),
        "number": phones.written(row.phone),
        "topics": row.topics or "",
        "video link": row.video_link or "",
        "makes it easier": row.access_words,
        "you removed what you told us, or its time was over": row.removed_at,
        "takes part": row.get_capacity_display(),
        "fee in pence": row.fee_pence,
        "the host has a private note": row.note is not None,
        "passed on, as somebody may be at risk": [_passed_on(note) for note in row.passed_on.all()],
    }


def _passed_on(row: PassedOn) -> dict[str, Any]:
    """When, and what they were told. To whom it went is for our team to say: it can be a danger."""
    return {"when": row.passed_on_at, "you were told": (row.details or {}).get("told", "")}


def _hosted(row: ConversationSeries) -> dict[str, Any]:
    return {
        "what": row.title,
        "about you": row.about_host,
        "people ring you on": phones.written(row.ring_host_on),
        "your video link": row.video_link or "",
    }
