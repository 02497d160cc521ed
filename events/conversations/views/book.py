from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from collective.errors import RuleError
from collective.people.access import name_needed
from events import typed
from events.conversations import booking
from events.conversations.forms import BookingForm
from events.conversations.views.conversations import nearest, slot_or_404, visible_series
from events.models import Conversation, ConversationSeries, Slot
from payments.owing import expenses

if TYPE_CHECKING:
    from collective.models import Person
    from collective.people.requests import MemberRequest


@name_needed
@require_http_methods(["GET", "HEAD", "POST"])
def book_conversation(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """The form for one time.

    What is typed is kept by series: another time finds the same answers.
    """
    if not request.user.is_authenticated:
        return typed.keep_and_sign_in(request, BookingForm, slug)
    series = visible_series(request, slug)
    slot = slot_or_404(series, pk)
    form = BookingForm(request.POST or None, series=series, initial=_initial(request.user, series))
    if request.method == "POST" and form.is_valid():
        typed.save(request.user.pk, series, form)
        return redirect("check_booking", slug, pk)
    if request.method == "POST":
        typed.save(request.user.pk, series, form)
    return _answer(
        request,
        series,
        slot,
        "events/conversations/book.html",
        form=form,
        limits=expenses.limits(series.call),
        owner=typed.owner_of(request),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check_booking(request: "MemberRequest", slug: str, pk: UUID) -> HttpResponse:
    """Read it once more, then book. A second click finds the first one's conversation."""
    series = visible_series(request, slug)
    slot = slot_or_404(series, pk)
    if mine := Conversation.objects.visible_to(request.user).live().filter(slot=slot).first():
        return redirect(mine)
    form = BookingForm(typed.as_sent(request.user, series), series=series)
    if not form.is_valid():
        if form.errors:
            first = next(iter(form.errors.values()))[0]
            messages.error(request, f"Please look at your answers once more. {first}")
        return redirect("book_conversation", slug, pk)
    error = ""
    if request.method == "POST":
        try:
            conversation = booking.book(slot, request.user, **form.answers)
        except RuleError as refusal:
            error = str(refusal)
        else:
            typed.forget(request.user, series)
            return redirect(conversation)
    preview = Conversation(series=series, slot=slot, person=request.user, **form.answers)
    return _answer(
        request,
        series,
        slot,
        "events/conversations/check_booking.html",
        form=form,
        conversation=preview,
        error=error,
    )


def _initial(person: "Person", series: ConversationSeries):
    """What was typed before; else what the person answered for a conversation that was not held."""
    if kept := typed.initial(person, series):
        return kept
    before = (
        Conversation.objects.filter(person=person, series=series, removed_at=None)
        .order_by("-created_at")
        .first()
    )
    again = before and {**BookingForm.initial_for(before), "capacity": before.capacity}
    return again or {"who_rings": "host", "phone": person.phone_as_written}


def _answer(
    request: HttpRequest, series: ConversationSeries, slot: Slot, template: str, **context
) -> HttpResponse:
    """The page, or what is said instead: one is booked already, nobody can book, or the time is
    taken.
    """
    closed = _why_closed(request.user, series, slot)
    free = series.slots.free_to(request.user)
    taken = not closed and not free.filter(pk=slot.pk).exists()
    near = nearest(free, slot.starts_at) if taken else []
    if closed or taken:
        template = "events/conversations/slot_taken.html"
    return render(
        request,
        template,
        {
            "series": series,
            "slot": slot,
            "closed": closed,
            "near": near,
            "has_answers": "form" in context,
            **context,
        },
    )


def _why_closed(person: "Person", series: ConversationSeries, slot: Slot) -> str:
    try:
        booking.check_may_book(series, person, slot)
    except RuleError as error:
        return str(error)
    return ""
