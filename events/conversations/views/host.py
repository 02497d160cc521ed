"""What a host sees of all conversations of a series: today and next, a week, a day to print."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from collective import clock
from collective.clock import LONDON
from collective.people.requests import MemberRequest
from events.conversations.views.days import as_day, span
from events.conversations.views.hosting import host_only
from events.models import Conversation, ConversationSeries, Slot
from events.models.slot import SlotQuerySet

NEXT = 10
MOST = 50
A_WEEK = timedelta(days=7)

Week = list[tuple[date, list[tuple[Slot, Conversation | None]]]]


@host_only
@require_safe
def host(request: MemberRequest, series: ConversationSeries) -> HttpResponse:
    """Today and next; what is to mark or to answer; and a week at a glance."""
    today = timezone.localdate(clock.now(), LONDON)
    day = as_day(request.GET.get("week", "")) or today
    monday = day - timedelta(days=day.weekday())
    context = {
        "series": series,
        "today": today,
        "requests": series.time_requests.open().select_related("person")[:MOST],
        "week": _week(series, monday),
        "before": monday - A_WEEK,
        "after": monday + A_WEEK,
        "this_week": monday <= today < monday + A_WEEK,
        **_coming_and_to_mark(series),
    }
    return render(request, "events/conversations/host/host.html", context)


def _coming_and_to_mark(series: ConversationSeries) -> dict[str, list[Conversation]]:
    rows = series.conversations.select_related("person", "slot").order_by("slot__starts_at")
    coming = rows.filter(state=Conversation.State.BOOKED, slot__ends_at__gt=clock.now())
    to_mark = rows.to_mark().filter(slot__ends_at__lte=clock.now())
    return {"coming": list(coming[:NEXT]), "to_mark": list(to_mark[:MOST])}


def _week(series: ConversationSeries, monday: date) -> Week:
    """Seven days with their open and closed slots, and what is booked in them.

    A slot's `can_be_chosen` says whether anybody could book it now.
    """
    days: dict[date, list[tuple[Slot, Conversation | None]]] = {
        monday + timedelta(days=number): [] for number in range(7)
    }
    slots = series.slots.filter(**span(monday, 7, LONDON)).exclude(state=Slot.State.GONE)
    free = set(slots.free_to(AnonymousUser()).values_list("pk", flat=True))
    booked = _booked_by_slot(series, slots)
    for slot in slots.select_related("kept_for"):
        slot.can_be_chosen = slot.pk in free
        day = slot.starts_at.astimezone(LONDON).date()  # as the span above counts
        days[day].append((slot, booked.get(slot.pk)))
    return list(days.items())


def _booked_by_slot(series: ConversationSeries, slots: SlotQuerySet) -> dict[UUID, Conversation]:
    rows = series.conversations.live().filter(slot__in=slots.order_by().values("pk"))
    return {row.slot_id: row for row in rows.select_related("person")}


@host_only
@require_safe
def host_day(request: MemberRequest, series: ConversationSeries, day: str) -> HttpResponse:
    """One day's conversations on one page, to print."""
    found = as_day(day)
    if found is None:
        raise Http404
    rows = series.conversations.live().select_related("person", "slot")
    of_day = rows.filter(slot__day=found).order_by("slot__starts_at")
    return render(
        request,
        "events/conversations/host/day.html",
        {"series": series, "day": found, "conversations": of_day[:MOST]},
    )
