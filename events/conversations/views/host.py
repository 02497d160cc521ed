from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collective import clock
from collective.clock import LONDON
from collective.errors import RuleError
from collective.models import Page
from events.conversations import booking, host_notes, outcomes
from events.conversations.host_forms import (
    CancelForm,
    LinkForm,
    NoteForm,
    OutcomeForm,
    PassedOnForm,
)
from events.conversations.times import wall_time
from events.conversations.views.conversations import as_day, span
from events.conversations.views.hosting import host_only
from events.models import Conversation, ConversationSeries

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest

NEXT = 10
MOST = 50
WHAT_TO_DO = "told-of-harm"  # the page that staff write for hosts


@host_only
@require_safe
def host(request: "MemberRequest", series: ConversationSeries) -> HttpResponse:
    """Today and next; what is to mark or to answer; and a week at a glance."""
    today = timezone.localdate(clock.now(), LONDON)
    day = as_day(request.GET.get("week")) or today
    monday = day - timedelta(days=day.weekday())
    live = series.conversations.live().select_related("person", "slot")
    coming = live.filter(state=Conversation.State.BOOKED, slot__ends_at__gt=clock.now()).order_by(
        "slot__starts_at"
    )
    return render(
        request,
        "events/conversations/host/host.html",
        {
            "series": series,
            "coming": _with_series(coming[:NEXT], series),
            "today": today,
            "to_mark": _with_series(
                series.conversations.to_mark()
                .filter(slot__ends_at__lte=clock.now())
                .select_related("person", "slot")
                .order_by("slot__starts_at")[:MOST],
                series,
            ),
            "requests": series.time_requests.open().select_related("person")[:MOST],
            "week": week(series, monday),
            "before": monday - timedelta(days=7),
            "after": monday + timedelta(days=7),
            "this_week": monday <= today < monday + timedelta(days=7),
        },
    )


def _with_series(rows, series: ConversationSeries):
    rows = list(rows)
    for row in rows:
        row.series = series
    return rows


def week(series: ConversationSeries, monday: date):
    """[(date, [(slot, conversation or None)])] of seven days: open and closed slots, and what is
    booked in them.

    A slot's `can_be_chosen` says whether anybody could book it now.
    """
    free = set(
        series.slots.free_to(AnonymousUser())
        .filter(**span(monday, 7, LONDON))
        .values_list("pk", flat=True)
    )
    slots = list(
        series.slots.filter(**span(monday, 7, LONDON))
        .exclude(state="gone")
        .select_related("kept_for")
    )
    rows = series.conversations.live().filter(slot__in=slots).select_related("person")
    booked = {row.slot_id: row for row in rows}
    days = {monday + timedelta(days=number): [] for number in range(7)}
    for slot in slots:
        slot.can_be_chosen = slot.pk in free
        days[slot.starts_at.astimezone(LONDON).date()].append((slot, booked.get(slot.pk)))
    return list(days.items())


@host_only
@require_safe
def host_day(request: "MemberRequest", series: ConversationSeries, day: date) -> HttpResponse:
    """One day's conversations on one page, to print."""
    date = as_day(day)
    if date is None:
        raise Http404
    of_day = {f"slot__{name}": value for name, value in span(date, 1, LONDON).items()}
    rows = (
        series.conversations.live()
        .filter(**of_day)
        .select_related("person", "slot")
        .order_by("slot__starts_at")
    )
    rows = _with_series(rows[:MOST], series)
    return render(
        request,
        "events/conversations/host/day.html",
        {"series": series, "day": date, "conversations": rows},
    )


def _conversation(series: ConversationSeries, pk: UUID):
    rows = series.conversations.select_related("person", "slot").prefetch_related("passed_on")
    found = get_object_or_404(rows, pk=pk)
    found.series = series
    return found


def _page(request: HttpRequest, series: ConversationSeries, found, **forms) -> HttpResponse:
    """One conversation with its forms; those that were refused come with what was typed."""
    now = timezone.localtime(clock.now(), LONDON)
    fresh = {
        "note_form": NoteForm(initial={"note": found.note or ""}),
        "outcome_form": OutcomeForm(initial={"state": found.state, "note": found.note or ""}),
        "link_form": LinkForm(initial={"link": found.video_link or ""}),
        "passed_on_form": PassedOnForm(initial={"day": now.date(), "time": f"{now:%H:%M}"}),
    }
    return render(
        request,
        "events/conversations/host/conversation.html",
        {
            "series": series,
            "conversation": found,
            "slot": found.slot,
            **fresh,
            **forms,
            "what_to_do": Page.objects.filter(slug=WHAT_TO_DO).first(),
        },
    )


@host_only
@require_safe
def host_conversation(
    request: "MemberRequest", series: ConversationSeries, pk: UUID
) -> HttpResponse:
    """Who, how, what they told, and what became of it."""
    return _page(request, series, _conversation(series, pk))


def _act(
    request: HttpRequest,
    series: ConversationSeries,
    pk: UUID,
    form_name: str,
    form_class: type[LinkForm] | type[NoteForm] | type[OutcomeForm] | type[PassedOnForm],
    act,
    words: str,
) -> HttpResponse:
    """One form of the conversation's page: done, or shown again with what is wrong."""
    found, form = _conversation(series, pk), form_class(request.POST)
    if form.is_valid():
        try:
            act(found, form.cleaned_data)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, words)
            return redirect("host_conversation", series.slug, pk)
    return _page(request, series, found, **{form_name: form, "form": form})


@host_only
@require_POST
def host_note(request: "MemberRequest", series: ConversationSeries, pk: UUID) -> HttpResponse:
    def act(found, data) -> None:
        host_notes.keep_note(found, data["note"])

    return _act(request, series, pk, "note_form", NoteForm, act, "Your note is saved.")


@host_only
@require_POST
def host_outcome(request: "MemberRequest", series: ConversationSeries, pk: UUID) -> HttpResponse:
    def act(found, data) -> None:
        if "note" in request.POST:
            host_notes.keep_note(found, data["note"])
        outcomes.mark(found, data["state"], request.user)

    return _act(
        request, series, pk, "outcome_form", OutcomeForm, act, "Noted. You can change it here."
    )


@host_only
@require_POST
def host_undo_outcome(
    request: "MemberRequest", series: ConversationSeries, pk: UUID
) -> HttpResponseRedirect:
    """It was noted by mistake."""
    try:
        outcomes.mark(_conversation(series, pk), Conversation.State.BOOKED, request.user)
    except RuleError as error:
        messages.error(request, str(error))
    return redirect("host_conversation", series.slug, pk)


@host_only
@require_POST
def host_link(request: "MemberRequest", series: ConversationSeries, pk: UUID) -> HttpResponse:
    def act(found, data) -> None:
        booking.set_link(found, data["link"])

    return _act(
        request,
        series,
        pk,
        "link_form",
        LinkForm,
        act,
        "The link is saved, and the person is told.",
    )


@host_only
@require_POST
def host_passed_on(request: "MemberRequest", series: ConversationSeries, pk: UUID) -> HttpResponse:
    """A record of passing on what suggests that somebody is at risk."""

    def act(found, data) -> None:
        at = wall_time.moment(data["day"], data["time"])
        host_notes.note_passed_on(
            found, at, request.user, to_whom=data["to_whom"], told=data["told"]
        )

    return _act(
        request,
        series,
        pk,
        "passed_on_form",
        PassedOnForm,
        act,
        "It is on record that you passed it on.",
    )


@host_only
@require_http_methods(["GET", "HEAD", "POST"])
def host_cancel(request: "MemberRequest", series: ConversationSeries, pk: UUID) -> HttpResponse:
    """I cannot: why, and what happens then. The person has first choice of new times."""
    found, form = _conversation(series, pk), CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            booking.cancel(found, Conversation.EndedBecause.HOST, **form.cleaned_data)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                f"Cancelled. We tell {found.person}, and keep the next free times for them.",
            )
            return redirect("host", series.slug)
    return render(
        request,
        "events/conversations/host/cancel.html",
        {"series": series, "conversation": found, "form": form},
    )
