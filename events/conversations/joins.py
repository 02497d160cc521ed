"""Conversations of two records that are one person: all of them move, and none is dropped."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from collective import clock
from collective.errors import RuleError
from collective.models import Person, RecordJoin
from collective.people import looks
from collective.people.record_joins import Along
from events.conversations import booking
from events.models import BookingDraft, Conversation, ConversationSeries, Slot, TimeRequest
from events.models.conversation import SEES_CONFIDENTIAL
from events.models.conversation_states import State

Moved = dict[str, list[str]]  # keys of rows, by what was done with them


def preview(kept: Person, gone: Person) -> list[str]:
    """Sentences: how many conversations move, and where both have one to come."""
    theirs = Conversation.objects.filter(person=gone)
    mine = set(Conversation.objects.upcoming().filter(person=kept).values_list("series", flat=True))
    lines = []
    if number := theirs.count():
        lines.append(f"{number} {'conversation moves' if number == 1 else 'conversations move'}.")
    for row in theirs.upcoming().select_related("series"):
        if row.series_id in mine:
            lines.append(
                f"{row.series}: both have a conversation to come. Both stay; cancel one if it "
                "is too many."
            )
    return lines


def comes_along(person: Person) -> list[Along]:
    """Their conversations and wishes: what they told stands in them, and some earn a fee."""
    mine = Conversation.objects.filter(person=person)
    wishes = TimeRequest.objects.filter(person=person)
    is_paid = Q(fee_pence__isnull=False) | Q(series__fee_pence__isnull=False)
    found = [
        (mine.count(), "Conversations", SEES_CONFIDENTIAL),
        (wishes.count(), "Wishes for a time", SEES_CONFIDENTIAL),
        (
            mine.filter(is_paid).exclude(state=State.CANCELLED).count(),
            "Conversations for which a fee is paid",
            "",
        ),
    ]
    return [Along(f"{what}: {number}.", alone) for number, what, alone in found if number]


def moves(person: Person) -> list[str]:
    """Their conversations and wishes, with what they told in confidence."""
    found = [
        (Conversation.objects.filter(person=person).count(), "Conversations"),
        (TimeRequest.objects.filter(person=person).count(), "Wishes for a time"),
    ]
    told = "with what was told in confidence"
    return [f"{what}: {number}, {told}." for number, what in found if number]


def join(kept: Person, gone: Person, row: RecordJoin) -> Moved:
    """Move everything, series by series under its lock; returns what `undo` needs.

    It counts as a look at what either record has told. Raises RuleError where the other record is
    a host, or has talked with the one that is kept.
    """
    if gone.hosted_series.exists():
        raise RuleError(f"{gone} holds conversations. Keep that record, and join this one into it.")
    if Conversation.objects.filter(person=gone, series__host=kept).exists():
        raise RuleError(f"{gone} has a conversation with {kept}, so these are two people.")
    told = Conversation.objects.filter(person__in=[kept, gone], removed_at=None)
    looks.note_join(told, row)
    moved: Moved = {"conversations": [], "requests": [], "settled": [], "kept": []}
    for key in _series_in_order_of_locks(kept, gone):
        _join_in(ConversationSeries.objects.lock(key), kept, gone, moved)
    BookingDraft.objects.filter(person=gone).delete()
    moved["about"] = [*moved["conversations"], *moved["requests"]]
    return moved


def _series_in_order_of_locks(*people: Person) -> list[UUID]:
    """The series in which any of them has anything."""
    theirs: list[QuerySet[Any]] = [
        Conversation.objects.filter(person__in=people),
        TimeRequest.objects.filter(person__in=people),
        Slot.objects.filter(kept_for__in=people),
    ]
    return sorted({key for rows in theirs for key in rows.values_list("series", flat=True)})


def _join_in(series: ConversationSeries, kept: Person, gone: Person, moved: Moved) -> None:
    """Move what is of one series, and note in `moved` what was; the caller holds the series."""
    moved["conversations"] += _hand_all_to(kept, series.conversations.filter(person=gone))
    wishes = series.time_requests.open()
    if wishes.filter(person=kept).exists():  # one open wish a person
        moved["settled"] += _change(wishes.filter(person=gone), settled_at=clock.now())
    moved["requests"] += _change(series.time_requests.filter(person=gone), person=kept)
    moved["kept"] += _change(series.slots.filter(kept_for=gone), kept_for=kept)


def _hand_all_to(person: Person, rows: QuerySet[Conversation]) -> list[str]:
    """Make these the person's, one after the other under its lock; returns their keys."""
    found = list(rows.select_for_update(no_key=True, of=("self",)))
    for row in found:
        if row.state == State.BOOKED:
            row.turn = booking.free_turn(row.series, person)
        row.person = person
        row.save(update_fields=["person", "turn"])
    return [str(row.pk) for row in found]


def _change(rows: QuerySet[Any], **values: Any) -> list[str]:
    """Write these values into the rows; returns their keys."""
    keys = [str(pk) for pk in rows.values_list("pk", flat=True)]
    rows.model.objects.filter(pk__in=keys).update(**values)
    return keys


def is_clear(kept: Person, gone: Person) -> bool:
    """Is no conversation, wish or kept time left with the emptied record?"""
    rows: list[QuerySet[Any]] = [
        Conversation.objects.filter(person=gone),
        TimeRequest.objects.filter(person=gone),
        Slot.objects.filter(kept_for=gone),
    ]
    return not any(found.exists() for found in rows)


def undo(kept: Person, gone: Person, moved: Moved) -> list[str]:
    """Each record has its own again; returns no sentences, as all of it can be as it was."""
    rows = Conversation.objects.filter(pk__in=moved["conversations"], person=kept)
    for key in sorted(set(rows.order_by().values_list("series", flat=True))):
        series = ConversationSeries.objects.lock(key)
        _hand_all_to(gone, series.conversations.filter(pk__in=moved["conversations"], person=kept))
    TimeRequest.objects.filter(pk__in=moved["requests"], person=kept).update(person=gone)
    TimeRequest.objects.filter(pk__in=moved["settled"], person=gone).update(settled_at=None)
    Slot.objects.filter(pk__in=moved["kept"], kept_for=kept).update(kept_for=gone)
    return []
