"""Single times: closed and opened by hand, opened for somebody, and freed; under the lock of the
series' row.
"""

from datetime import UTC, date, datetime

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from events.conversations.times import opening, wall_time
from events.models import ConversationSeries, Slot
from events.models.series import FURTHEST

State = Slot.State


@transaction.atomic
def close(slot: Slot) -> None:
    """Close one time.

    Raises RuleError where a conversation is booked then, or it is kept for somebody.
    """
    slot.series.locked()
    slot = Slot.objects.select_for_update(no_key=True, of=("self",)).get(pk=slot.pk)
    if slot.conversations.live().exists():
        raise RuleError(
            "A conversation is booked then. Cancel or move that first: nobody is dropped."
        )
    if slot.is_kept:
        raise RuleError(
            "This time is kept for somebody who was offered it. It is free again when that ends."
        )
    Slot.objects.filter(pk=slot.pk, state=State.OPEN).update(state=State.CLOSED)


@transaction.atomic
def reopen(slot: Slot) -> None:
    """Open a time that was closed by hand.

    Raises RuleError where it is over, outside the hours, or not free.
    """
    from events.conversations.times import first_choice

    series = slot.series.locked()
    slot = Slot.objects.select_for_update(no_key=True, of=("self",)).get(pk=slot.pk)
    if slot.state == State.OPEN:
        return
    if slot.has_started or slot.state != State.CLOSED:
        raise RuleError("This time is over, or no longer among your hours.")
    if (slot.starts_at, slot.ends_at) not in opening.wanted(series, opening.Plan()):
        raise RuleError(
            "This time is outside your hours now. Add hours of that day, or take away the day "
            "off, first."
        )
    _check_not_busy(series, slot.starts_at, slot.ends_at + series.pause)
    slot.host_id, slot.busy_until, slot.state = (
        series.host_id,
        slot.ends_at + series.pause,
        State.OPEN,
    )
    slot.kept_for = slot.kept_until = None
    with opening.noting_new_times(series), opening.refusing_overlaps():
        slot.save()
        first_choice.serve(series)


def open_one(series: ConversationSeries, day: date, time):
    """A slot at this wall time, outside the hours or in them; the caller holds the series.

    Raises RuleError.
    """
    start = wall_time.moment(day, time).astimezone(UTC)
    if start <= clock.now():
        raise RuleError("This time is over already. Choose one that is still to come.")
    if start > clock.now() + FURTHEST:
        raise RuleError("This is more than half a year away. Is the day right?")
    end = start + series.length
    slot = series.slots.filter(starts_at=start, ends_at=end).first()
    if slot and slot.state == State.OPEN:
        return slot
    _check_not_busy(series, start, end + series.pause)
    slot = slot or Slot(series=series, starts_at=start, ends_at=end)
    slot.host_id, slot.busy_until, slot.state = series.host_id, end + series.pause, State.OPEN
    slot.goes_when_freed = True
    with opening.refusing_overlaps():
        slot.save()
    return slot


def _check_not_busy(series: ConversationSeries, start: datetime, busy_until: datetime) -> None:
    if opening.Diary.of_host(series.host_id).is_busy(start, busy_until):
        raise RuleError(
            "There is another conversation or open time then, or a break after one. Choose "
            "another time."
        )


def freed(slot: Slot) -> None:
    """The slot's conversation was cancelled or moved away: free for others, unless it is outside
    the hours. The caller holds the series.
    """
    if slot.goes_when_freed:
        Slot.objects.filter(pk=slot.pk).update(state=State.GONE, kept_for=None, kept_until=None)
