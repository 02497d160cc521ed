"""Conversations of two records that are one person: all of them move, and none is dropped."""

from typing import TYPE_CHECKING

from collective import clock
from collective.errors import RuleError
from events.conversations import booking
from events.models import BookingDraft, Conversation, ConversationSeries, Slot, TimeRequest
from events.models.conversation_states import State

if TYPE_CHECKING:
    from collective.models import Person


def preview(kept: "Person", gone: "Person") -> list[str]:
    """Sentences: how many conversations move, and where both have one to come."""
    theirs = Conversation.objects.filter(person=gone)
    number = theirs.count()
    lines = (
        [f"{number} {'conversation moves' if number == 1 else 'conversations move'}."]
        if number
        else []
    )
    mine = set(Conversation.objects.upcoming().filter(person=kept).values_list("series", flat=True))
    for row in theirs.upcoming().select_related("series"):
        if row.series_id in mine:
            lines.append(
                f"{row.series}: both have a conversation to come. Both stay; cancel one if it "
                "is too many."
            )
    return lines


def _series(*people):
    """The series in which any of them has anything, in the order of locking."""
    keys = set()
    for rows in (
        Conversation.objects.filter(person__in=people),
        TimeRequest.objects.filter(person__in=people),
    ):
        keys |= set(rows.order_by().values_list("series", flat=True))
    return sorted(
        keys | set(Slot.objects.filter(kept_for__in=people).values_list("series", flat=True))
    )


def join(kept: "Person", gone: "Person"):
    """Move everything, series by series under its lock; returns what `undo` needs."""
    if gone.hosted_series.exists():
        raise RuleError(f"{gone} holds conversations. Keep that record, and join this one into it.")
    if Conversation.objects.filter(person=gone, series__host=kept).exists():
        raise RuleError(f"{gone} has a conversation with {kept}, so these are two people.")
    moved = {"conversations": [], "requests": [], "settled": [], "kept": []}
    for key in _series(kept, gone):
        series = ConversationSeries.objects.lock(key)
        for row in series.conversations.filter(person=gone).select_for_update(
            no_key=True, of=("self",)
        ):
            _give(row, kept)
            moved["conversations"].append(str(row.pk))
        if series.time_requests.open().filter(person=kept).exists():
            theirs = series.time_requests.open().filter(person=gone)
            moved["settled"] += [str(pk) for pk in theirs.values_list("pk", flat=True)]
            theirs.update(settled_at=clock.now())
        moved["requests"] += _move(series.time_requests.filter(person=gone), person=kept)
        moved["kept"] += _move(series.slots.filter(kept_for=gone), kept_for=kept)
    BookingDraft.objects.filter(person=gone).delete()
    moved["about"] = [*moved["conversations"], *moved["requests"]]
    return moved


def _give(row: Conversation, person: "Person") -> None:
    if row.state == State.BOOKED:
        row.turn = booking.free_turn(row.series, person)
    row.person = person
    row.save(update_fields=["person", "turn"])


def _move(rows, **change) -> list[str]:
    keys = [str(pk) for pk in rows.values_list("pk", flat=True)]
    rows.model.objects.filter(pk__in=keys).update(**change)
    return keys


def is_clear(gone: "Person") -> bool:
    """Is no conversation, wish or kept time left with the emptied record?"""
    rows = (Conversation.objects.filter(person=gone), TimeRequest.objects.filter(person=gone))
    return not any(found.exists() for found in (*rows, Slot.objects.filter(kept_for=gone)))


def undo(kept: "Person", gone: "Person", moved):
    """Each record has its own again."""
    rows = Conversation.objects.filter(pk__in=moved["conversations"], person=kept).select_related(
        "series"
    )
    for key in sorted(set(rows.order_by().values_list("series", flat=True))):
        series = ConversationSeries.objects.lock(key)
        for row in rows.filter(series=series).select_for_update(no_key=True, of=("self",)):
            _give(row, gone)
    TimeRequest.objects.filter(pk__in=moved["requests"], person=kept).update(person=gone)
    TimeRequest.objects.filter(pk__in=moved["settled"], person=gone).update(settled_at=None)
    Slot.objects.filter(pk__in=moved["kept"], kept_for=kept).update(kept_for=gone)
    return []
