"""Opening hours become slots. Whatever the host changes, no booked conversation is ever dropped.

A change can be rehearsed: it is done, looked at, and taken back. Every act here holds the lock of
the series' row.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Self
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from collective import clock
from collective.background import sweeps
from collective.clock import LONDON
from collective.errors import RuleError
from events.conversations.times import wall_time
from events.models import Conversation, ConversationSeries, Slot
from events.models.series import FURTHEST

AHEAD = timedelta(weeks=12)  # where the host names no last day
MOST_SLOTS = 2000  # of one series
State = Slot.State


@dataclass
class Plan:
    """What a change of the hours does: new times, free times that go, booked ones, and times that
    cannot be.
    """

    opened: list = field(default_factory=list)
    closed: list = field(default_factory=list)
    outside: list = field(
        default_factory=list
    )  # booked conversations outside the new hours: they stay
    booked: int = 0  # booked conversations to come, all of which stay
    told: int = 0  # people who are told how to join anew
    bookable_before: int = 0  # times that anybody can choose now
    bookable: int = 0  # and afterwards
    left_out: list = field(default_factory=list)  # (words for the time, why)


def rehearse(series: ConversationSeries, change) -> Plan:
    """What `change(series)` and the slots that follow from it would do.

    Nothing stays of it. Raises RuleError.
    """
    with transaction.atomic():
        plan = apply(series, change)
        transaction.set_rollback(True)
    return plan


@transaction.atomic
def apply(series: ConversationSeries, change) -> Plan:
    """Change the hours or the rules by `change(series)`, which returns how many people it tells of
    that, and bring the slots in line. Raises RuleError.
    """
    from events.conversations.times import first_choice

    locked = series.locked()
    before = locked.slots.free_to(AnonymousUser()).count()
    with noting_new_times(locked), refusing_overlaps():
        told = change(locked)
        plan = _follow(locked)
        plan.bookable_before, plan.bookable = before, locked.slots.free_to(AnonymousUser()).count()
        plan.told = told if isinstance(told, int) else 0
        first_choice.serve(locked)
    return plan


@contextmanager
def refusing_overlaps():
    """The database refuses two live slots of one host at once: another window, or another series,
    was quicker.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise RuleError(
            "Your times have just changed in another window. Please try again."
        ) from error


@contextmanager
def noting_new_times(series: ConversationSeries):
    """Where there was no free time before and there is one after, a sweep tells who asked for it.

    The caller holds the series.
    """
    had_free = has_free_times(series)
    yield
    if not had_free and has_free_times(series):
        ConversationSeries.objects.filter(pk=series.pk).update(new_times_since=clock.now())


def extend_all():
    """The sweep: hours of each week reach as far ahead as they say, day by day; returns (seen,
    done).
    """
    open_ones = ConversationSeries.objects.filter(
        state__in=["open", "closed"], hours__isnull=False
    ).distinct()
    return sweeps.each([(series,) for series in open_ones.order_by("pk")], _extend)


def _extend(series: ConversationSeries) -> bool:
    return bool(apply(series, lambda locked: 0).opened)


def has_free_times(series: ConversationSeries):
    return series.slots.free_to(AnonymousUser()).exists()


def _follow(series: ConversationSeries) -> Plan:
    """Make the slots to come agree with the hours; the caller holds the series.

    Raises RuleError for too many.
    """
    plan = Plan()
    times = wanted(series, plan)
    if len(times) > MOST_SLOTS:
        raise RuleError(
            "That would be more than 2,000 times. Choose fewer hours, or an earlier last day."
        )
    slots = {(slot.starts_at, slot.ends_at): slot for slot in series.slots.to_come()}
    booked = _booked(series)
    plan.booked = len(booked)
    again = set()  # free times that only get another break
    for key, slot in slots.items():
        if slot.state == State.OPEN:
            _keep_or_close(slot, key in times, booked.get(slot.pk), series, plan, again)
    taken, closed, fresh = Diary.of_host(series.host_id), Diary(), []
    for slot in slots.values():
        if slot.state == State.CLOSED:
            closed.add(slot.starts_at, slot.ends_at)
    for start, end in times:
        slot = slots.get((start, end))
        if slot is None or slot.state == State.GONE:
            slot = _open(series, slot, start, end, taken, closed, plan)
            if slot and slot.pk not in again:
                plan.opened.append(slot)
            if slot and slot._state.adding:
                fresh.append(slot)
    Slot.objects.bulk_create(fresh)
    return plan


def _booked(series: ConversationSeries):
    rows = (
        series.conversations.live()
        .filter(slot__starts_at__gt=clock.now())
        .select_related("person", "slot")
    )
    return {row.slot_id: row for row in rows.order_by("slot__starts_at")}


def _keep_or_close(
    slot: Slot,
    is_wanted: bool,
    conversation: Conversation,
    series: ConversationSeries,
    plan: Plan,
    again,
) -> None:
    is_free = conversation is None and not slot.is_kept
    has_its_break = slot.busy_until == slot.ends_at + series.pause
    if is_wanted and (has_its_break or not is_free):
        if slot.goes_when_freed:
            slot.goes_when_freed = False
            slot.save(update_fields=["goes_when_freed"])
    elif not is_free:
        slot.goes_when_freed = True
        slot.save(update_fields=["goes_when_freed"])
        if conversation:
            plan.outside.append(conversation)
    else:
        slot.state = State.GONE
        slot.save(update_fields=["state"])
        if is_wanted:
            again.add(slot.pk)  # it comes back at once, with another break
        else:
            plan.closed.append(slot)


def _open(
    series: ConversationSeries, slot: Slot, start, end, taken: "Diary", closed: "Diary", plan: Plan
) -> Slot | None:
    """The slot for this time, saved if it was there before; or None, with the reason in the
    plan.
    """
    busy_until = end + series.pause
    if closed.is_busy(start, end):
        plan.left_out.append((_words(start), "You have closed a time then."))
        return None
    if taken.is_busy(start, busy_until):
        plan.left_out.append(
            (_words(start), "You have another conversation then, or a break after one.")
        )
        return None
    is_new = slot is None
    slot = slot or Slot(
        series=series, starts_at=start, ends_at=end, day=start.astimezone(LONDON).date()
    )
    slot.host_id, slot.busy_until, slot.state = series.host_id, busy_until, State.OPEN
    slot.kept_for = slot.kept_until = None
    slot.goes_when_freed = False
    if not is_new:
        slot.save()
    taken.add(start, busy_until)
    return slot


class Diary:
    """When somebody is busy, by day: looked up, not asked again for each time."""

    def __init__(self) -> None:
        self.days = {}

    @classmethod
    def of_host(cls, host_id: UUID) -> Self:
        """In open slots of any series of this host."""
        diary, rows = cls(), Slot.objects.open().filter(host=host_id, busy_until__gt=clock.now())
        for start, until in rows.values_list("starts_at", "busy_until"):
            diary.add(start, until)
        return diary

    def add(self, start, until) -> None:
        for day in {start.date(), until.date()}:
            self.days.setdefault(day, []).append((start, until))

    def is_busy(self, start, until) -> bool:
        near = [span for day in {start.date(), until.date()} for span in self.days.get(day, ())]
        return any(begins < until and start < ends for begins, ends in near)


def _words(moment: datetime) -> str:
    local = timezone.localtime(moment, LONDON)
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"


def wanted(series: ConversationSeries, plan: Plan):
    """{(start, end)} of every time in the opening hours that is to come, in order."""
    today = timezone.localdate(clock.now(), LONDON)
    first, last = max(series.opens_from or today, today), series.opens_until or today + AHEAD
    last = min(last, today + FURTHEST)
    hours = list(series.hours.all())
    off = {row.day for row in hours if row.is_day_off}
    times, day = {}, first
    while day <= last:
        if day not in off:
            spans = [
                (row.from_time, row.until_time)
                for row in hours
                if not row.is_day_off and (row.day == day or row.weekday == day.weekday())
            ]
            for start, end in _of_day(series, day, _merged(spans), plan):
                times[start, end] = True
        day += timedelta(days=1)
    return times


def _merged(spans):
    """The same hours of a day without overlaps: 9 to 11 and 10 to 12 are 9 to 12."""
    merged = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _of_day(series: ConversationSeries, day: date, spans, plan):
    busy_until = None
    for from_time, until_time in spans:
        wall, last = datetime.combine(day, from_time), datetime.combine(day, until_time)
        while wall + series.length <= last:
            try:
                start = wall_time.moment(day, wall.time())
            except RuleError as error:
                plan.left_out.append((f"{wall:%A} {wall.day} {wall:%B}, {wall:%H:%M}", str(error)))
            else:
                end = start.astimezone(UTC) + series.length
                if busy_until and start < busy_until:
                    plan.left_out.append(
                        (_words(start), "The clocks change, so the time before it is not over.")
                    )
                elif start > clock.now():
                    busy_until = end + series.pause
                    yield start.astimezone(UTC), end
            wall += series.length + series.pause
