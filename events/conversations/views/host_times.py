from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from collective.errors import RuleError
from collective.people.presses import press_only
from collective.people.requests import MemberRequest
from collective.typed.worded import asks
from events.conversations.host_forms import RulesForm
from events.conversations.times import opening, single_times, wishes
from events.conversations.times.forms import DayForm, DayOffForm, OfferForm, OpeningForm, WeeklyForm
from events.conversations.views.hosting import host_only
from events.models import ConversationSeries, Slot

MOST_TO_CHOOSE = 200


@host_only
@require_safe
def host_times(request: MemberRequest, series: ConversationSeries) -> HttpResponse:
    """My opening hours and rules, and the ways to change them."""
    return render(
        request,
        "events/conversations/host/times.html",
        {"series": series, "hours": series.hours.all()},
    )


def _change(
    request: HttpRequest, series: ConversationSeries, form: OpeningForm | RulesForm, title: str
) -> HttpResponse:
    """A form; then what it would do, booked conversations first; then it is done.

    GET changes nothing.
    """
    context = {"series": series, "form": form, "title": title}
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("confirm"):
                opening.apply(series, form.change)
                messages.success(request, "Your times are changed.")
                return redirect("host_times", series.slug)
            plan = opening.rehearse(series, form.change)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            rehearsed = {**context, "plan": plan, "sent": _sent(request)}
            return render(request, "events/conversations/host/plan.html", rehearsed)
    return render(request, "events/conversations/host/change.html", context)


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """(name, value) of what was typed, to send it again with the yes."""
    names = [name for name in request.POST if name not in {"csrfmiddlewaretoken", "confirm"}]
    return [(name, value) for name in names for value in request.POST.getlist(name)]


@host_only
@require_http_methods(["GET", "HEAD", "POST"])
@asks(WeeklyForm)
def host_weekly(request: MemberRequest, series: ConversationSeries) -> HttpResponse:
    return _change(request, series, WeeklyForm(request.POST or None), "Hours of each week")


@host_only
@require_http_methods(["GET", "HEAD", "POST"])
@asks(DayForm)
def host_single_day(request: MemberRequest, series: ConversationSeries) -> HttpResponse:
    return _change(request, series, DayForm(request.POST or None), "Hours of a single day")


@host_only
@require_http_methods(["GET", "HEAD", "POST"])
@asks(DayOffForm)
def host_day_off(request: MemberRequest, series: ConversationSeries) -> HttpResponse:
    return _change(request, series, DayOffForm(request.POST or None), "Not on a day")


@host_only
@require_http_methods(["GET", "HEAD", "POST"])
@asks(RulesForm)
def host_rules(request: MemberRequest, series: ConversationSeries) -> HttpResponse:
    form = RulesForm(request.POST or None, instance=series)
    return _change(request, series, form, "How long, how many, how soon")


@host_only
@require_http_methods(["GET", "HEAD", "POST"])
def host_remove_hours(request: MemberRequest, series: ConversationSeries, pk: UUID) -> HttpResponse:
    """Take hours away: first what that does."""
    row = get_object_or_404(series.hours, pk=pk)

    def change(locked: ConversationSeries) -> None:
        locked.hours.filter(pk=pk).delete()

    if request.method == "POST":
        try:
            opening.apply(series, change)
        except RuleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Removed: {row}.")
        return redirect("host_times", series.slug)
    try:
        plan = opening.rehearse(series, change)
    except RuleError as error:
        messages.error(request, str(error))
        return redirect("host_times", series.slug)
    return render(
        request,
        "events/conversations/host/plan.html",
        {"series": series, "plan": plan, "title": f"Remove: {row}"},
    )


@host_only
@press_only("host", "slug")
def host_close_slot(request: MemberRequest, series: ConversationSeries, pk: UUID) -> HttpResponse:
    return _act_on_slot(request, _slot(series, pk), single_times.close, "This time is closed.")


@host_only
@press_only("host", "slug")
def host_reopen_slot(request: MemberRequest, series: ConversationSeries, pk: UUID) -> HttpResponse:
    return _act_on_slot(request, _slot(series, pk), single_times.reopen, "This time is open again.")


def _slot(series: ConversationSeries, pk: UUID) -> Slot:
    return get_object_or_404(series.slots, pk=pk)


def _act_on_slot(
    request: HttpRequest, slot: Slot, act: Callable[[Slot], None], done: str
) -> HttpResponse:
    """Do it, and go back to the week of that time."""
    try:
        act(slot)
    except RuleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    page = reverse("host", args=[slot.series.slug])
    return redirect(f"{page}?week={slot.starts_at:%Y-%m-%d}")


@host_only
@require_http_methods(["GET", "HEAD", "POST"])
@asks(OfferForm)
def host_request(request: MemberRequest, series: ConversationSeries, pk: UUID) -> HttpResponse:
    """Somebody's wish for another time: keep one for them, free or new."""
    found = get_object_or_404(series.time_requests.open().select_related("person"), pk=pk)
    free = series.slots.free_to(found.person, by_staff=True).order_by("starts_at")
    form = OfferForm(request.POST or None, slots=free[:MOST_TO_CHOOSE])
    if request.method == "POST" and form.is_valid():
        try:
            slot = form.offer(found)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{slot} is kept for {found.person}, and we tell them.")
            return redirect("host", series.slug)
    return render(
        request,
        "events/conversations/host/request.html",
        {"series": series, "asked": found, "form": form},
    )


@host_only
@press_only("host", "slug")
def host_settle_request(
    request: MemberRequest, series: ConversationSeries, pk: UUID
) -> HttpResponse:
    """It was answered in another way, by phone for example."""
    found = get_object_or_404(series.time_requests, pk=pk)
    wishes.withdraw(found)
    messages.success(request, "Noted as answered.")
    return redirect("host", series.slug)
