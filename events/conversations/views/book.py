from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from collective.errors import RuleError
from collective.models import Person
from collective.people.access import name_needed
from collective.people.requests import MemberRequest
from collective.typed.worded import asks
from events import typed
from events.conversations import booking
from events.conversations.forms import BookingForm
from events.conversations.views.conversations import slot_or_404, visible_series
from events.conversations.views.days import nearest
from events.models import Conversation, ConversationSeries, Slot
from payments.owing import expenses, offered
from payments.owing.offered import Offered


@name_needed
@require_http_methods(["GET", "HEAD", "POST"])
@asks(BookingForm)
def book_conversation(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """The form for one time.

    What is typed is kept by series: another time finds the same answers.
    """
    person = request.user
    if not person.is_authenticated:
        return typed.keep_and_sign_in(request, BookingForm, slug)
    series = visible_series(request, slug)
    slot = slot_or_404(series, pk)
    if mine := _booked(person, slot):
        return redirect(mine)
    offer, initial = offered.to(person, series), _initial(person, series)
    form = BookingForm(request.POST or None, series=series, offer=offer, initial=initial)
    if request.method == "POST":
        is_good = form.is_valid()
        typed.save(person.pk, series, form)
        if is_good:
            return redirect("check_booking", slug, pk)
    return _page_if_not_free(request, person, slot) or _form_page(request, slot, form, offer)


def _booked(person: Person, slot: Slot) -> Conversation | None:
    """This person's own booking of this time, to which "back" and a second press lead."""
    return Conversation.objects.visible_to(person).live().filter(slot=slot).first()


def _form_page(request: HttpRequest, slot: Slot, form: BookingForm, offer: Offered) -> HttpResponse:
    return render(
        request,
        "events/conversations/book.html",
        {
            "series": slot.series,
            "slot": slot,
            "form": form,
            "limits": expenses.limits(slot.series.call),
            "offered": offer,
            "owner": typed.owner_of(request),
        },
    )


def _initial(person: Person, series: ConversationSeries) -> dict[str, Any]:
    """What was typed before; else what the person answered for an earlier conversation."""
    if kept := typed.initial(person, series):
        return kept
    theirs = Conversation.objects.filter(person=person, series=series, removed_at=None)
    if before := theirs.order_by("-created_at").first():
        return {**BookingForm.initial_for(before), "capacity": before.capacity}
    return {"who_rings": Conversation.WhoRings.HOST, "phone": person.phone_as_written}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check_booking(request: MemberRequest, slug: str, pk: UUID) -> HttpResponse:
    """Read it once more, then book. A second click finds the first one's conversation."""
    series = visible_series(request, slug)
    slot = slot_or_404(series, pk)
    if mine := _booked(request.user, slot):
        return redirect(mine)
    form = BookingForm(typed.as_sent(request.user, series), series=series)
    if not form.is_valid():
        _say_what_is_wrong(request, form)
        return redirect("book_conversation", slug, pk)
    if request.method != "POST":
        return _check_page(request, slot, form)
    try:
        conversation = booking.book(slot, request.user, **form.answers)
    except RuleError as error:
        return _check_page(request, slot, form, str(error))
    typed.forget(request.user, series)
    return redirect(conversation)


def _check_page(
    request: MemberRequest, slot: Slot, form: BookingForm, error: str = ""
) -> HttpResponse:
    """The answers as they would be booked, and why they could not be."""
    if instead := _page_if_not_free(request, request.user, slot):
        return instead
    series = slot.series
    preview = Conversation(series=series, slot=slot, person=request.user, **form.answers)
    return render(
        request,
        "events/conversations/check_booking.html",
        {"series": series, "slot": slot, "form": form, "conversation": preview, "error": error},
    )


def _say_what_is_wrong(request: HttpRequest, form: BookingForm) -> None:
    """The first thing, if anything was typed."""
    if form.errors:
        first = next(iter(form.errors.values()))[0]
        messages.error(request, f"Please look at your answers once more. {first}")


def _page_if_not_free(request: HttpRequest, person: Person, slot: Slot) -> HttpResponse | None:
    """What is said instead: one is booked already, nobody can book, or the time is taken."""
    series = slot.series
    closed, near = _why_closed(person, slot), []
    if not closed:
        free = series.slots.free_to(person)
        if free.filter(pk=slot.pk).exists():
            return None
        near = nearest(free, slot.starts_at)
    return render(
        request,
        "events/conversations/slot_taken.html",
        {"series": series, "slot": slot, "closed": closed, "near": near, "has_answers": True},
    )


def _why_closed(person: Person, slot: Slot) -> str:
    """Why nobody, or not this person, can book now; "" where they can."""
    try:
        booking.check_may_book(slot.series, person, slot)
    except RuleError as error:
        return str(error)
    return ""
