from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from collective.errors import RuleError
from collective.people.requests import MemberRequest
from collective.typed.worded import asks
from events import calendar
from events.by_key import by_owner_or_key, signed_in_or_with_key
from events.conversations import booking, confidential, leaving, outcomes, ways_to_talk
from events.conversations.forms import AnswersOfBookingForm
from events.conversations.views.conversations import slot_or_404
from events.conversations.views.days import choice_of_times, nearest
from events.forms import CapacityForm
from events.models import Conversation
from payments.owing import offered

RELATED = ("series__call", "series__host", "slot", "person", "payment")


def _reachable(request: HttpRequest, pk: UUID) -> tuple[Conversation, str]:
    """(conversation, key): the owner's, or the one that a mail's link opens; "" for no key."""
    rows = Conversation.objects.select_related(*RELATED)
    return by_owner_or_key(request, rows, pk, "booking")


def _mine(request: MemberRequest, pk: UUID) -> Conversation:
    rows = Conversation.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(rows, pk=pk)


def _back_to(found: Conversation, key: str) -> HttpResponse:
    return redirect(reverse("booking", args=[found.pk]) + key)


@signed_in_or_with_key
@require_safe
def booking_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How things stand with one conversation.

    The link of a mail shows nothing that was told: mail is forwarded.
    """
    found, key = _reachable(request, pk)
    context: dict[str, Any] = {
        "conversation": found,
        "series": found.series,
        "slot": found.slot,
        "key": key,
        "is_owner": not key,
        "offered": offered.of(found),
    }
    if not key:
        context["seen_by"] = confidential.looks_at(found)
    if not found.is_upcoming and found.state != Conversation.State.HELD:
        context["kept"] = list(found.series.slots.kept_for(found.person).order_by("starts_at"))
    return render(request, "events/conversations/booking.html", context)


@signed_in_or_with_key
@require_safe
def move_booking(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another time: days, then times. The present one stays until a new one is taken."""
    found, key = _reachable(request, pk)
    return render(
        request,
        "events/conversations/move.html",
        {
            "conversation": found,
            "series": found.series,
            "key": key,
            "person": found.person,
            "choice": choice_of_times(request, found.other_times()),
        },
    )


@signed_in_or_with_key
@require_http_methods(["GET", "HEAD", "POST"])
def move_booking_to(request: HttpRequest, pk: UUID, slot_pk: UUID) -> HttpResponse:
    """One question more, then it is moved.

    The new time is taken before the old one is given back.
    """
    found, key = _reachable(request, pk)
    slot = slot_or_404(found.series, slot_pk)
    context: dict[str, Any] = {
        "conversation": found,
        "series": found.series,
        "person": found.person,
        "key": key,
        "slot": slot,
    }
    if not found.is_upcoming:
        return render(request, "events/conversations/move.html", context)
    if request.method == "POST":
        try:
            booking.move(found, slot)
        except RuleError as refusal:
            found.refresh_from_db()
            context["error"] = str(refusal)
            context["near"] = nearest(found.other_times(), slot.starts_at)
        else:
            messages.success(request, "Your conversation has the new time.")
            return _back_to(found, key)
    return render(request, "events/conversations/move_to.html", context)


@signed_in_or_with_key
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_booking(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A page that asks once more, and no reason."""
    found, key = _reachable(request, pk)
    if request.method == "POST":
        try:
            _give_up(found, key)
        except RuleError as error:
            messages.error(request, str(error))
        return _back_to(found, key)
    return render(
        request,
        "events/conversations/cancel_booking.html",
        {"conversation": found, "series": found.series, "key": key},
    )


def _give_up(found: Conversation, key: str) -> None:
    """At once for the owner; by a link so that it can be taken back."""
    if key:
        leaving.give_up_by_link(found)
    else:
        booking.cancel(found, Conversation.EndedBecause.PERSON)


@signed_in_or_with_key
@require_http_methods(["GET", "HEAD", "POST"])
def take_back_booking(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was given up by a link is kept after all: a page that asks, a button that does it."""
    found, key = _reachable(request, pk)
    if request.method == "POST":
        try:
            leaving.take_back(found)
        except RuleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Done. Your conversation is booked, as before.")
        return _back_to(found, key)
    context = {"conversation": found, "series": found.series, "key": key}
    return render(request, "events/conversations/take_back_booking.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@asks(AnswersOfBookingForm)
def booking_answers(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Phone or video, the number, the topics, what helps. Only for the person, signed in."""
    found = _mine(request, pk)
    if not found.is_upcoming:
        return redirect(found)
    form = AnswersOfBookingForm(
        request.POST or None, series=found.series, initial=AnswersOfBookingForm.initial_for(found)
    )
    if request.method == "POST" and form.is_valid():
        try:
            ways_to_talk.change_answers(found, **form.answers)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "We have saved your answers.")
            return redirect(found)
    return render(
        request,
        "events/conversations/booking_answers.html",
        {"conversation": found, "series": found.series, "form": form},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@asks(CapacityForm)
def booking_capacity(request: MemberRequest, pk: UUID) -> HttpResponse:
    """In which capacity I take, or took, part: until the payment is approved."""
    found = _mine(request, pk)
    if not (found.is_live and found.can_correct_capacity):
        return redirect(found)
    form = CapacityForm(
        request.POST or None, offer=offered.of(found), initial={"capacity": found.capacity}
    )
    if request.method == "POST" and form.is_valid():
        try:
            outcomes.correct_capacity(found, form.cleaned_data["capacity"], request.user)
        except RuleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "We have noted how you take part.")
        return redirect(found)
    return render(
        request, "events/conversations/booking_capacity.html", {"conversation": found, "form": form}
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def forget_booking(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Remove what I told, before its time: it cannot be undone."""
    found = _mine(request, pk)
    if found.is_on or found.removed_at:
        return redirect(found)
    if request.method == "POST":
        try:
            confidential.forget_now(found)
        except RuleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Your number, your topics and what helps you are removed.")
        return redirect(found)
    return render(request, "events/conversations/forget_booking.html", {"conversation": found})


@signed_in_or_with_key
@require_safe
def booking_calendar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The conversation as a calendar file."""
    found, _ = _reachable(request, pk)
    method = "REQUEST" if found.is_live else "CANCEL"
    file = calendar.invitation(calendar.of_conversation(found), method)
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="conversation.ics"'
    return response
