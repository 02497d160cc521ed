from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from collective import clock
from collective.errors import RuleError
from collective.people.access import name_needed
from collective.people.presses import press_only
from collective.people.requests import MemberRequest
from collective.typed.worded import asks
from events.conversations.forms import WishForm
from events.conversations.times import wishes
from events.conversations.views.days import choice_of_times, zone_of
from events.models import Conversation, ConversationSeries, Slot, TimeRequest
from payments.owing import offered


def visible_series(request: HttpRequest, slug: str) -> ConversationSeries:
    """One series that the visitor may see, with its host."""
    rows = ConversationSeries.objects.visible_to(request.user).with_following(request.user)
    return get_object_or_404(rows.select_related("call", "host"), slug=slug)


def slot_or_404(series: ConversationSeries, pk: UUID) -> Slot:
    """A slot of this series, free or not: what it says tells nothing but a time."""
    recent = series.slots.filter(starts_at__gt=clock.now() - timedelta(days=1))
    return get_object_or_404(recent, pk=pk)


@require_safe
def conversations(request: HttpRequest, slug: str) -> HttpResponse:
    """One series: what it is, and the days with free times, then the times of one."""
    series = visible_series(request, slug)
    booked = Conversation.objects.visible_to(request.user).upcoming().filter(series=series)
    mine = list(booked.select_related("slot", "person").order_by("slot__starts_at"))
    return render(
        request,
        "events/conversations/conversations.html",
        {
            "series": series,
            "mine": mine,
            "may_book": len(mine) < series.each_upcoming,
            "zone": zone_of(request),
            "kept": list(series.slots.kept_for(request.user).order_by("starts_at")),
            "choice": choice_of_times(request, series.slots.free_to(request.user)),
            "request": request,
            "asked": _open_wish(request, series),
            "offered": offered.to(request.user, series),
        },
    )


def _open_wish(request: HttpRequest, series: ConversationSeries) -> TimeRequest | None:
    if not request.user.is_authenticated:
        return None
    return TimeRequest.objects.open().filter(series=series, person=request.user).first()


@login_required
@name_needed
@require_http_methods(["GET", "HEAD", "POST"])
@asks(WishForm)
def ask_for_time(request: MemberRequest, slug: str) -> HttpResponse:
    """“None of these times works”: what would."""
    series = visible_series(request, slug)
    asked = _open_wish(request, series)
    form = WishForm(request.POST or None, initial={"wish": asked.own_words} if asked else None)
    if request.method == "POST" and form.is_valid():
        try:
            wishes.ask(series, request.user, form.cleaned_data["wish"])
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                f"We have passed it on to {series.host}. We tell you if there is a time.",
            )
            return redirect(series)
    return render(
        request,
        "events/conversations/ask_for_time.html",
        {"series": series, "form": form, "asked": asked},
    )


def _page_of_wish(pk: UUID) -> str:
    """The series in which it was asked for another time."""
    found = TimeRequest.objects.filter(pk=pk).select_related("series").first()
    return found.series.get_absolute_url() if found else reverse("me")


@login_required
@press_only(_page_of_wish)
def withdraw_wish(request: MemberRequest, pk: UUID) -> HttpResponse:
    """I no longer need another time."""
    mine = TimeRequest.objects.filter(person=request.user).select_related("series")
    found = get_object_or_404(mine, pk=pk)
    wishes.withdraw(found)
    messages.success(request, "We no longer look for another time for you.")
    return redirect(found.series)
