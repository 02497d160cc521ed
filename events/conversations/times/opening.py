"""Opening hours become slots. Whatever the host changes, no booked conversation is ever dropped.

A change can be rehearsed: it is done, looked at, and taken back. Every act here holds the lock of
the series' row.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.models import Activity
from events.conversations.times import first_choice
from events.conversations.times.diary import Diary, refusing_overlaps
from events.conversations.times.hours import LeftOut, Span, times_in_hours, words_for
from events.conversations.times.new_times import noting_new_times
from events.models import Conversation, ConversationSeries, Slot

MOST_SLOTS = 2000  # of one series
State = Slot.State

# Changes the hours or rules of a locked series; returns how many people it tells of that, if any.
Change = Callable[[ConversationSeries], int | None]


@dataclass
class Plan:
    """What a change of the hours does: to free times, to booked ones, and to those who read."""

    opened: list[Slot] = field(default_factory=list)
    closed: list[Slot] = field(default_factory=list)  # free times that go
    outside: list[Conversation] = field(default_factory=list)  # of the new hours, booked: they stay
    booked: int = 0  # booked conversations to come, all of which stay
    told: int = 0  # people who are told how to join anew
    bookable_before: int = 0  # times that anybody can choose now
    bookable: int = 0  # and afterwards
    left_out: list[LeftOut] = field(default_factory=list)  # times that cannot be


def rehearse(series: ConversationSeries, change: Change) -> Plan:
    """Return what `apply` would do. Nothing of it stays. Raises RuleError where `apply` does."""
    with transaction.atomic():
        plan = apply(series, change)
        transaction.set_rollback(True)
    return plan


@transaction.atomic
def apply(series: ConversationSeries, change: Change) -> Plan:
    """Change the hours or the rules, and bring the slots in line; returns what that did.

    Raises RuleError where `change` does, for too many times, and for times of two series at once.
    """
    locked = series.locked()
    bookable_before = locked.slots.free_to(AnonymousUser()).count()
    with noting_new_times(locked), refusing_overlaps():
        told = change(locked)
        plan = _follow_the_hours(locked)
        plan.told = told or 0
        plan.bookable_before = bookable_before
        plan.bookable = locked.slots.free_to(AnonymousUser()).count()
        first_choice.keep_for_the_waiting(locked)
    return plan


def extend_all() -> tuple[int, int]:
    """The sweep: hours of each week reach as far ahead as they say; returns (seen, done)."""
    still_going = [Activity.State.OPEN, Activity.State.CLOSED]
    rows = ConversationSeries.objects.filter(state__in=still_going, hours__isnull=False)
    return sweeps.each([(series,) for series in rows.distinct().order_by("pk")], _extend)


def _extend(series: ConversationSeries) -> bool:
    return bool(apply(series, _change_nothing).opened)


def _change_nothing(series: ConversationSeries) -> None:
    """The hours stay; only the calendar has moved on."""


def _follow_the_hours(series: ConversationSeries) -> Plan:
    """Make the slots to come agree with the hours; the caller holds the series.

    Raises RuleError for too many.
    """
    plan = Plan()
    spans, plan.left_out = times_in_hours(series)
    if len(spans) > MOST_SLOTS:
        raise RuleError(
            "That would be more than 2,000 times. Choose fewer hours, or an earlier last day."
        )
    slots = {slot.span: slot for slot in series.slots.to_come()}
    were_open = {slot.pk for slot in slots.values() if slot.state == State.OPEN}
    _keep_or_close_open_ones(series, slots.values(), set(spans), plan)
    _open_missing(series, slots, spans, plan)
    plan.opened = [slot for slot in plan.opened if slot.pk not in were_open]
    return plan


def _keep_or_close_open_ones(
    series: ConversationSeries, slots: Iterable[Slot], wanted: set[Span], plan: Plan
) -> None:
    """Close the free times that the hours no longer name; mark the others to go when freed."""
    booked = _booked_by_slot(series)
    plan.booked = len(booked)
    for slot in slots:
        if slot.state != State.OPEN:
            continue
        conversation, is_wanted = booked.get(slot.pk), slot.span in wanted
        if conversation or slot.is_kept:
            _mark_to_go_when_freed(slot, not is_wanted)
            if conversation and not is_wanted:
                plan.outside.append(conversation)
        elif is_wanted and slot.has_the_break_of_its_series:
            _mark_to_go_when_freed(slot, False)
        else:  # a wanted one comes back at once, with another break
            slot.state = State.GONE
            slot.save(update_fields=["state"])
            if not is_wanted:
                plan.closed.append(slot)


def _booked_by_slot(series: ConversationSeries) -> dict[UUID, Conversation]:
    rows = series.conversations.live().filter(slot__starts_at__gt=clock.now())
    rows = rows.select_related("person", "slot").order_by("slot__starts_at")
    return {row.slot_id: row for row in rows}


def _mark_to_go_when_freed(slot: Slot, goes: bool) -> None:
    if slot.goes_when_freed != goes:
        slot.goes_when_freed = goes
        slot.save(update_fields=["goes_when_freed"])


def _open_missing(
    series: ConversationSeries, slots: dict[Span, Slot], spans: list[Span], plan: Plan
) -> None:
    """Open each wanted time that has no open slot, unless the host is busy then."""
    taken = Diary.of_host(series.host_id)
    closed = Diary(slot.span for slot in slots.values() if slot.state == State.CLOSED)
    for slot in _missing_slots(series, slots, spans):
        if reason := _why_not_then(slot, taken, closed):
            plan.left_out.append((words_for(slot.starts_at), reason))
        else:
            taken.add(slot.starts_at, slot.busy_until)
            plan.opened.append(slot)
    _save_opened(plan.opened)


def _missing_slots(
    series: ConversationSeries, slots: dict[Span, Slot], spans: list[Span]
) -> Iterator[Slot]:
    """An open slot, unsaved, for each time that has none, or that had one before."""
    for start, end in spans:
        found = slots.get((start, end))
        if found is None or found.state == State.GONE:
            slot = found or Slot(series=series, starts_at=start, ends_at=end)
            slot.open_up()
            yield slot


def _save_opened(slots: list[Slot]) -> None:
    """The new ones in one statement, as there can be thousands."""
    for slot in slots:
        if not slot._state.adding:
            slot.save()
    Slot.objects.bulk_create([slot for slot in slots if slot._state.adding])


def _why_not_then(slot: Slot, taken: Diary, closed: Diary) -> str:
    """Why this time cannot be opened, in a sentence; "" where it can."""
    if closed.is_busy(slot.starts_at, slot.ends_at):
        return "You have closed a time then."
    if taken.is_busy(slot.starts_at, slot.busy_until):
        return "You have another conversation then, or a break after one."
    return ""
