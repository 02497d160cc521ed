"""Single times: closed and opened by hand, opened for somebody, and freed again.

Every act here holds the lock of the series' row.
"""

from datetime import UTC, date, datetime, time

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from events.conversations.times import first_choice, wall_time
from events.conversations.times.diary import Diary, refusing_overlaps
from events.conversations.times.hours import times_in_hours
from events.conversations.times.new_times import noting_new_times
from events.models import ConversationSeries, Slot
from events.models.series import FURTHEST

State = Slot.State


@transaction.atomic
def close(slot: Slot) -> None:
    """Close one time.

    Raises RuleError where a conversation is booked then, or it is kept for somebody.
    """
    slot = slot.locked()
    if slot.conversations.live().exists():
        raise RuleError(
            "A conversation is booked then. Cancel or move that first: nobody is dropped."
        )
    if slot.is_kept:
        raise RuleError(
            "This time is kept for somebody who was offered it. It is free again when that ends."
        )
    if slot.state == State.OPEN:
        slot.close()


@transaction.atomic
def reopen(slot: Slot) -> None:
    """Open a time that was closed by hand.

    Raises RuleError where it is over, outside the hours, or not free.
    """
    slot = slot.locked()
    series = slot.series
    if slot.state == State.OPEN:
        return
    if slot.has_started or slot.state != State.CLOSED:
        raise RuleError("This time is over, or no longer among your hours.")
    spans, _ = times_in_hours(series)
    if slot.span not in spans:
        raise RuleError(
            "This time is outside your hours now. Add hours of that day, or take away the day "
            "off, first."
        )
    slot.open_up()
    _check_not_busy(slot)
    with noting_new_times(series), refusing_overlaps():
        slot.save()
        first_choice.keep_for_the_waiting(series)


def open_one(series: ConversationSeries, day: date, wall: time) -> Slot:
    """The slot at this wall time, in the hours or outside them; opened, if it was not.

    The caller holds the series. Raises RuleError where it cannot be opened.
    """
    start = wall_time.moment(day, wall).astimezone(UTC)
    _check_within_reach(start)
    end = start + series.length
    slot = series.slots.filter(starts_at=start, ends_at=end).first()
    if slot and slot.state == State.OPEN:
        return slot
    slot = slot or Slot(series=series, starts_at=start, ends_at=end)
    slot.open_up(goes_when_freed=True)
    _check_not_busy(slot)
    with refusing_overlaps():
        slot.save()
    return slot


def _check_within_reach(start: datetime) -> None:
    if start <= clock.now():
        raise RuleError("This time is over already. Choose one that is still to come.")
    if start > clock.now() + FURTHEST:
        raise RuleError("This is more than half a year away. Is the day right?")


def _check_not_busy(slot: Slot) -> None:
    if Diary.of_host(slot.host_id).is_busy(slot.starts_at, slot.busy_until):
        raise RuleError(
            "There is another conversation or open time then, or a break after one. Choose "
            "another time."
        )
