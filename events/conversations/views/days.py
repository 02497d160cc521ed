"""Days and times to choose from, by the calendar of the person who reads."""

from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from collective.clock import LONDON
from collective.models import Person
from events.models import Slot
from events.models.slot import SlotQuerySet

MOST_SLOTS = 500  # read for one page
MOST_DAYS = 14  # on one page; "Later days" leads on
MOST_TIMES = 100  # of one day


def zone_of(request: HttpRequest) -> ZoneInfo:
    """The time zone in which the visitor reads times."""
    return request.user.zone if isinstance(request.user, Person) else LONDON


def as_day(text: str) -> date | None:
    """A date of this century that an address names ("2026-11-24"), or None."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 < day.year < 2100 else None


def begins(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which this day begins there."""
    return datetime.combine(day, time(0), zone)


def span(first: date, days: int, zone: ZoneInfo) -> dict[str, datetime]:
    """Conditions on `starts_at`: within so many days from this one, by this zone's calendar."""
    return {
        "starts_at__gte": begins(first, zone),
        "starts_at__lt": begins(first + timedelta(days=days), zone),
    }


def choice_of_times(request: HttpRequest, slots: SlotQuerySet) -> dict[str, Any]:
    """What the parts with days and times need.

    The days, or the times of the day that the address names.
    """
    zone = zone_of(request)
    if day := as_day(request.GET.get("day", "")):
        times = slots.filter(**span(day, 1, zone)).order_by("starts_at")
        return {"day": day, "times": list(times[:MOST_TIMES])}
    if first := as_day(request.GET.get("from", "")):
        slots = slots.filter(starts_at__gte=begins(first, zone))
    days, later = _days_with_times(slots, zone)
    return {"days": days, "later": later}


def _days_with_times(
    slots: SlotQuerySet, zone: ZoneInfo
) -> tuple[list[tuple[date, int]], date | None]:
    """([(day, number of times)], the day with which a next page begins, or None)."""
    starts = slots.order_by("starts_at").values_list("starts_at", flat=True)
    moments = list(starts[: MOST_SLOTS + 1])
    by_day = groupby(moments, lambda moment: moment.astimezone(zone).date())
    days = [(day, len(list(rows))) for day, rows in by_day]
    later = None
    if len(moments) > MOST_SLOTS and len(days) > 1:
        later, _ = days.pop()  # the last day may be cut off
    if len(days) > MOST_DAYS:
        later, _ = days[MOST_DAYS]
    return days[:MOST_DAYS], later


def nearest(slots: SlotQuerySet, moment: datetime, number: int = 4) -> list[Slot]:
    """The free times nearest to one that somebody else took."""
    after = slots.filter(starts_at__gte=moment).order_by("starts_at")[:number]
    before = slots.filter(starts_at__lt=moment).order_by("-starts_at")[:number]
    closest = sorted([*after, *before], key=lambda slot: abs(slot.starts_at - moment))
    return sorted(closest[:number], key=lambda slot: slot.starts_at)
