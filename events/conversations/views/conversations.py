from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collective import clock
from collective.clock import LONDON
from collective.errors import RuleError
from collective.people.access import name_needed
from events.conversations import first_choice
from events.conversations.forms import WishForm
from events.models import Conversation, ConversationSeries, TimeRequest

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest

MOST_SLOTS = 500  # read for one page
MOST_DAYS = 14  # on one page; "Later days" leads on


def visible_series(request: HttpRequest, slug: str) -> ConversationSeries:
    """One series that the visitor may see, with its host."""
    rows = ConversationSeries.objects.visible_to(request.user).with_following(request.user)
    return get_object_or_404(rows.select_related("call", "host"), slug=slug)


def zone_of(request: HttpRequest):
    return getattr(request.user, "zone", LONDON)


def as_day(text: str) -> date | None:
    """A date of this century that an address names ("2026-11-24"), or None."""
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return day if 2000 < day.year < 2100 else None


def days_with_times(slots, zone: ZoneInfo):
    """([(day, number of times)], the day with which a next page begins or None): by this zone's
    calendar.
    """
    moments = list(
        slots.order_by("starts_at").values_list("starts_at", flat=True)[: MOST_SLOTS + 1]
    )
    days = [
        (day, len(list(rows)))
        for day, rows in groupby(moments, lambda moment: moment.astimezone(zone).date())
    ]
    if len(moments) > MOST_SLOTS and len(days) > 1:
        days, more = days[:-1], days[-1][0]  # the last day may be cut off
    else:
        more = None
    return days[:MOST_DAYS], days[MOST_DAYS][0] if len(days) > MOST_DAYS else more


def on_day(slots, day: date, zone: ZoneInfo):
    """Those of a day by this zone's calendar."""
    return slots.filter(**span(day, 1, zone)).order_by("starts_at")


def span(first: date | str, days: int, zone: ZoneInfo) -> dict[str, datetime]:
    """Conditions on `starts_at`: within so many days from this one, by this zone's calendar."""
    return {
        "starts_at__gte": begins(first, zone),
        "starts_at__lt": begins(first + timedelta(days=days), zone),
    }


def begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone)


def choice_of_times(request: HttpRequest, slots):
    """What the parts with days and times need: the days, or the times of the day that the address
    names.
    """
    zone, day, later = (
        zone_of(request),
        as_day(request.GET.get("day")),
        as_day(request.GET.get("from")),
    )
    if day:
        return {"day": day, "times": list(on_day(slots, day, zone)[:100])}
    if later:
        slots = slots.filter(starts_at__gte=begins(later, zone))
    days, later = days_with_times(slots, zone)
    return {"days": days, "later": later}


def nearest(slots, moment: datetime, number: int = 4):
    """The free times nearest to one that somebody else took."""
    after = slots.filter(starts_at__gte=moment).order_by("starts_at")[:number]
    before = slots.filter(starts_at__lt=moment).order_by("-starts_at")[:number]
    closest = sorted([*after, *before], key=lambda slot: abs(slot.starts_at - moment))[:number]
    return sorted(closest, key=lambda slot: slot.starts_at)


@require_safe
def conversations(request: HttpRequest, slug: str) -> HttpResponse:
    """One series: what it is, and the days with free times, then the times of one."""
    series = visible_series(request, slug)
    mine = Conversation.objects.visible_to(request.user).upcoming().filter(series=series)
    mine = list(mine.select_related("slot", "person").order_by("slot__starts_at"))
    slots = series.slots.free_to(request.user)
    return render(
        request,
        "events/conversations/conversations.html",
        {
            "series": series,
            "mine": mine,
            "may_book": len(mine) < series.each_upcoming,
            "zone": zone_of(request),
            "kept": list(series.slots.kept_for(request.user).order_by("starts_at")),
            "choice": choice_of_times(request, slots),
            "request": request,
            "asked": _open_request(request, series),
        },
    )


def _open_request(request: HttpRequest, series: ConversationSeries) -> TimeRequest | None:
    if not request.user.is_authenticated:
        return None
    return TimeRequest.objects.open().filter(series=series, person=request.user).first()


@login_required
@name_needed
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_time(request: "MemberRequest", slug: str) -> HttpResponse:
    """ "None of these times works": what would."""
    series = visible_series(request, slug)
    asked = _open_request(request, series)
    form = WishForm(request.POST or None, initial={"wish": asked.wish} if asked else None)
    if request.method == "POST" and form.is_valid():
        try:
            first_choice.ask(series, request.user, form.cleaned_data["wish"])
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                f"We have passed it on to {series.host}. We write to you when there is a time.",
            )
            return redirect(series)
    return render(
        request,
        "events/conversations/ask_for_time.html",
        {"series": series, "form": form, "asked": asked},
    )


@login_required
@require_POST
def withdraw_wish(request: "MemberRequest", pk: UUID) -> HttpResponseRedirect:
    """I no longer need another time."""
    found = get_object_or_404(
        TimeRequest.objects.select_related("series"), pk=pk, person=request.user
    )
    first_choice.withdraw(found)
    messages.success(request, "We no longer look for another time for you.")
    return redirect(found.series)


def slot_or_404(series: ConversationSeries, pk: UUID):
    """A slot of this series, free or not: what it says tells nothing but a time."""
    slot = series.slots.filter(pk=pk, starts_at__gt=clock.now() - timedelta(days=1)).first()
    if slot is None:
        raise Http404
    slot.series = series
    return slot
