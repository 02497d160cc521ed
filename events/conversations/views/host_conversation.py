"""One conversation, as its host reads it, and what the host does with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from collective import clock
from collective.clock import LONDON
from collective.errors import RuleError
from collective.models import Page
from collective.people.presses import form_only, press_only
from collective.people.requests import MemberRequest
from collective.typed.worded import asks
from events.conversations import booking, host_notes, outcomes, ways_to_talk
from events.conversations.host_forms import (
    CancelForm,
    LinkForm,
    NoteForm,
    OutcomeForm,
    PassedOnForm,
)
from events.conversations.times import wall_time
from events.conversations.views.hosting import host_only
from events.models import Conversation, ConversationSeries
from payments.owing import offered

WHAT_TO_DO = "told-of-harm"  # the page that staff write for hosts


@dataclass(frozen=True)
class Part:
    """One of the forms on the page of a conversation."""

    name: str  # in the page's context
    form: type[forms.Form]
    done: str  # what is said afterwards


NOTE = Part("note_form", NoteForm, "Your note is saved.")
OUTCOME = Part("outcome_form", OutcomeForm, "Noted. You can change it here.")
LINK = Part("link_form", LinkForm, "The link is saved. If it is another one, the person is told.")
PASSED_ON = Part("passed_on_form", PassedOnForm, "It is on record that you passed it on.")


@host_only
@require_safe
def host_conversation(request: MemberRequest, series: ConversationSeries, pk: UUID) -> HttpResponse:
    """Who, how, what they told, and what became of it."""
    return _page(request, _conversation(series, pk))


def _conversation(series: ConversationSeries, pk: UUID) -> Conversation:
    rows = series.conversations.select_related("person", "slot", "payment").prefetch_related(
        "passed_on"
    )
    return get_object_or_404(rows, pk=pk)


def _page(request: HttpRequest, found: Conversation, **refused: forms.Form) -> HttpResponse:
    """One conversation with its forms; those that were refused come with what was typed."""
    return render(
        request,
        "events/conversations/host/conversation.html",
        {
            "series": found.series,
            "conversation": found,
            "slot": found.slot,
            "offered": offered.of(found),
            **_fresh_forms(found),
            **refused,
            "what_to_do": Page.objects.filter(slug=WHAT_TO_DO).first(),
        },
    )


def _fresh_forms(found: Conversation) -> dict[str, forms.Form]:
    now, note = timezone.localtime(clock.now(), LONDON), found.note or ""
    return {
        NOTE.name: NoteForm(initial={"note": note}),
        OUTCOME.name: OutcomeForm(initial={"state": found.state, "note": note}),
        LINK.name: LinkForm(initial={"link": found.video_link or ""}),
        PASSED_ON.name: PassedOnForm(initial={"day": now.date(), "time": f"{now:%H:%M}"}),
    }


def _act(
    request: HttpRequest,
    found: Conversation,
    part: Part,
    act: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    """Do what one form of the page asks, or show the page again with what is wrong."""
    form = part.form(request.POST)
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, part.done)
            return redirect("host_conversation", found.series.slug, found.pk)
    return _page(request, found, **{part.name: form, "form": form})


@host_only
@form_only("host_conversation", "slug", "pk")
@asks(NoteForm)
def host_note(request: MemberRequest, series: ConversationSeries, pk: UUID) -> HttpResponse:
    found = _conversation(series, pk)

    def act(data: dict[str, Any]) -> None:
        host_notes.keep_note(found, data["note"])

    return _act(request, found, NOTE, act)


@host_only
@form_only("host_conversation", "slug", "pk")
@asks(OutcomeForm)
def host_outcome(request: MemberRequest, series: ConversationSeries, pk: UUID) -> HttpResponse:
    found = _conversation(series, pk)

    def act(data: dict[str, Any]) -> None:
        if "note" in request.POST:
            host_notes.keep_note(found, data["note"])
        outcomes.mark(found, data["state"], request.user)

    return _act(request, found, OUTCOME, act)


@host_only
@press_only("host_conversation", "slug", "pk")
def host_undo_outcome(request: MemberRequest, series: ConversationSeries, pk: UUID) -> HttpResponse:
    """It was noted by mistake."""
    try:
        outcomes.mark(_conversation(series, pk), Conversation.State.BOOKED, request.user)
    except RuleError as error:
        messages.error(request, str(error))
    return redirect("host_conversation", series.slug, pk)


@host_only
@form_only("host_conversation", "slug", "pk")
@asks(LinkForm)
def host_link(request: MemberRequest, series: ConversationSeries, pk: UUID) -> HttpResponse:
    found = _conversation(series, pk)

    def act(data: dict[str, Any]) -> None:
        ways_to_talk.set_link(found, data["link"])

    return _act(request, found, LINK, act)


@host_only
@form_only("host_conversation", "slug", "pk")
@asks(PassedOnForm)
def host_passed_on(request: MemberRequest, series: ConversationSeries, pk: UUID) -> HttpResponse:
    """A record of passing on what suggests that somebody is at risk."""
    found = _conversation(series, pk)

    def act(data: dict[str, Any]) -> None:
        moment = wall_time.moment(data["day"], data["time"])
        host_notes.note_passed_on(
            found, moment, request.user, to_whom=data["to_whom"], told=data["told"]
        )

    return _act(request, found, PASSED_ON, act)


@host_only
@require_http_methods(["GET", "HEAD", "POST"])
@asks(CancelForm)
def host_cancel(request: MemberRequest, series: ConversationSeries, pk: UUID) -> HttpResponse:
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
                f"Cancelled. We tell {found.person}: they have first choice of new times.",
            )
            return redirect("host", series.slug)
    return render(
        request,
        "events/conversations/host/cancel.html",
        {"series": series, "conversation": found, "form": form},
    )
