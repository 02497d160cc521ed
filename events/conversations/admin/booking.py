"""Booking a conversation for somebody who rang up: by the same rules as for everybody."""

from uuid import UUID

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect

from collective.admin.acts import ActAdmin
from collective.admin.person_forms import find_or_add
from collective.errors import RuleError
from collective.messages import by_hand
from collective.models import Person
from collective.people.requests import MemberRequest
from events.conversations import booking, kinds
from events.conversations.admin.forms import BookForForm
from events.models import Conversation, ConversationSeries
from payments.owing import offered

HEARD_AT_ONCE = [kinds.BOOKED, kinds.MOVED, kinds.CHANGED, kinds.CANCELLED]


def book(admin: ActAdmin, request: MemberRequest, series: ConversationSeries):
    """Who is it?"""
    person, context = find_or_add(admin, request)
    if person:
        return redirect("admin:events_conversationseries_book_person", series.pk, person.pk)
    return admin.page(
        request,
        "admin/events/conversationseries/book.html",
        "Book for somebody",
        series=series,
        original=series,
        **context,
    )


def book_person(
    admin: ActAdmin, request: MemberRequest, series: ConversationSeries, person_pk: UUID
):
    """The time and the answers, asked on the phone."""
    person = get_object_or_404(Person.objects.known(), pk=person_pk)
    offer = offered.to(person, series)
    form = BookForForm(request.POST or None, series=series, person=person, offer=offer)
    if request.method == "POST" and form.is_valid():
        try:
            conversation = booking.book(form.slot, person, by_staff=True, **form.answers)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            admin.log_change(request, conversation, "Booked by phone")
            note_what_was_heard(request, conversation)
            messages.success(request, f"{person} has {conversation.slot}.")
            return redirect("admin:events_conversationseries_board", series.pk)
    return admin.page(
        request,
        "admin/events/conversationseries/book_person.html",
        f"Book for {person}",
        series=series,
        original=series,
        person=person,
        form=form,
        hears_it_now=on_the_phone(person),
    )


def on_the_phone(person: Person) -> Person | None:
    """The person, if they are told things by phone: they may be on it now."""
    return person if person.reach_by == Person.ReachBy.PHONE else None


def note_what_was_heard(request: MemberRequest, conversation: Conversation) -> None:
    """Somebody on the phone, who is told things by phone, has heard it: no task is left."""
    if request.POST.get("told") and on_the_phone(conversation.person):
        by_hand.told_at_once(conversation, request.user, HEARD_AT_ONCE)
