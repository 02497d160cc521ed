"""Booking a conversation for somebody who rang up, and moving it: by the same rules as for everybody."""

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect

from collective import by_hand
from collective.admin.person_forms import FindPersonForm, NewPersonForm, found
from collective.errors import RuleError
from collective.models import Person
from events import booking
from events.admin.conversation_forms import BookForForm

HEARD_AT_ONCE = ["conversation_booked", "conversation_moved", "conversation_changed", "conversation_cancelled"]


def book(admin, request, series):
    """Who is it? Found by name, address or the whole phone number; or somebody new."""
    searches = "q" in request.POST
    form = FindPersonForm(request.POST if searches else None)
    new = NewPersonForm(request.POST if request.method == "POST" and not searches else None)
    if new.is_valid():
        if not request.user.has_perm("collective.add_person"):
            raise PermissionDenied
        person = new.save()
        admin.log_addition(request, person, "Added by phone")
        return redirect("admin:events_conversationseries_book_person", series.pk, person.pk)
    searched = form.is_valid()
    return admin.page(
        request, "admin/events/conversationseries/book.html", "Book for somebody", series=series, original=series,
        form=form, new=new, found=found(request, form) if searched else [], searched=searched,
    )  # fmt: skip


def book_person(admin, request, series, person_pk):
    """The time and the answers, asked on the phone."""
    person = get_object_or_404(Person.objects.known(), pk=person_pk)
    form = BookForForm(request.POST or None, series=series, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            conversation = booking.book(form.slot, person, by_staff=True, **form.answers)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            log(request, conversation, "Booked by phone")
            heard(request, conversation)
            messages.success(request, f"{person} has {conversation.slot}.")
            return redirect("admin:events_conversationseries_board", series.pk)
    return admin.page(
        request, "admin/events/conversationseries/book_person.html", f"Book for {person}", series=series,
        original=series, person=person, form=form, hears_it_now=on_the_phone(person),
    )  # fmt: skip


def log(request, conversation, words):
    """On record, where the person can read it."""
    LogEntry.objects.log_actions(request.user.pk, [conversation], CHANGE, change_message=words, single_object=True)


def on_the_phone(person):
    return person if person.reach_by == Person.ReachBy.PHONE else None


def heard(request, conversation):
    """Whoever is told by phone, and is on the phone, has heard it: no task is left for a colleague."""
    if request.POST.get("told") and on_the_phone(conversation.person):
        by_hand.told_at_once(conversation, request.user, HEARD_AT_ONCE)
