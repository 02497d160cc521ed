from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from collective.errors import RuleError
from events import calendar
from events.by_key import by_owner_or_key, signed_in_or_with_key
from events.conversations import booking, confidential, outcomes
from events.conversations.forms import AnswersOfBookingForm
from events.conversations.views.conversations import choice_of_times, nearest, slot_or_404
from events.models import Conversation
from events.sessions.forms import CapacityForm

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest

RELATED = ("series__call", "series__host", "slot", "person", "payment")


def reachable(request: HttpRequest, pk: UUID):
    return by_owner_or_key(request, Conversation.objects.select_related(*RELATED), pk, "booking")


def _back_to(found, key: str) -> HttpResponseRedirect:
    return redirect(reverse("booking", args=[found.pk]) + key)


def _mine(request: HttpRequest, pk: UUID) -> Conversation:
    return get_object_or_404(
        Conversation.objects.visible_to(request.user).select_related(*RELATED), pk=pk
    )


@signed_in_or_with_key
@require_safe
def booking_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How things stand with one conversation.

    A link from a mail shows nothing that was told: mail is forwarded.
    """
    found, key = reachable(request, pk)
    context = {
        "conversation": found,
        "series": found.series,
        "slot": found.slot,
        "key": key,
        "is_owner": not key,
    }
    if not key:
        context["seen_by"] = confidential.seen_by(found)
    if not found.is_upcoming and found.state != Conversation.State.HELD:
        context["kept"] = list(found.series.slots.kept_for(found.person).order_by("starts_at"))
    return render(request, "events/conversations/booking.html", context)


@signed_in_or_with_key
@require_safe
def move_booking(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another time: days, then times. The present one stays until a new one is taken."""
    found, key = reachable(request, pk)
    slots = found.series.slots.free_to(found.person, moving=found)
    return render(
        request,
        "events/conversations/move.html",
        {
            "conversation": found,
            "series": found.series,
            "key": key,
            "person": found.person,
            "choice": choice_of_times(request, slots),
        },
    )


@signed_in_or_with_key
@require_http_methods(["GET", "HEAD", "POST"])
def move_booking_to(request: HttpRequest, pk: UUID, slot_pk: UUID) -> HttpResponse:
    """One question more, then it is moved: the new time is taken before the old one is given
    back.
    """
    found, key = reachable(request, pk)
    slot, error, near = slot_or_404(found.series, slot_pk), "", []
    if not found.is_upcoming:
        return render(
            request,
            "events/conversations/move.html",
            {"conversation": found, "series": found.series, "key": key},
        )
    if request.method == "POST":
        try:
            booking.move(found, slot)
        except RuleError as refusal:
            error = str(refusal)
            found.refresh_from_db()
            near = nearest(found.series.slots.free_to(found.person, moving=found), slot.starts_at)
        else:
            messages.success(request, "Your conversation has the new time.")
            return _back_to(found, key)
    return render(
        request,
        "events/conversations/move_to.html",
        {
            "conversation": found,
            "series": found.series,
            "person": found.person,
            "slot": slot,
            "key": key,
            "error": error,
            "near": near,
        },
    )


@signed_in_or_with_key
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_booking(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A page that asks once more, and no reason."""
    found, key = reachable(request, pk)
    if request.method == "POST":
        try:
            booking.cancel(found, Conversation.EndedBecause.PERSON)
        except RuleError as error:
            messages.error(request, str(error))
        return _back_to(found, key)
    return render(
        request,
        "events/conversations/cancel_booking.html",
        {"conversation": found, "series": found.series, "key": key},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def booking_answers(request: "MemberRequest", pk: UUID) -> HttpResponse:
    """Phone or video, the number, the topics, what helps. Only for the person, signed in."""
    found = _mine(request, pk)
    if not found.is_upcoming:
        return redirect(found)
    form = AnswersOfBookingForm(
        request.POST or None, series=found.series, initial=AnswersOfBookingForm.initial_for(found)
    )
    if request.method == "POST" and form.is_valid():
        try:
            booking.change_answers(found, **form.answers)
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
def booking_capacity(request: "MemberRequest", pk: UUID) -> HttpResponse:
    """In which capacity I take, or took, part: until the payment is approved."""
    found = _mine(request, pk)
    if not (found.is_live and found.can_correct_capacity):
        return redirect(found)
    form = CapacityForm(
        request.POST or None, session=found.series, initial={"capacity": found.capacity}
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
def forget_booking(request: "MemberRequest", pk: UUID) -> HttpResponse:
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
    found, _ = reachable(request, pk)
    method = "REQUEST" if found.is_live else "CANCEL"
    file = calendar.invitation(calendar.of_conversation(found), method)
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="conversation.ics"'
    return response
