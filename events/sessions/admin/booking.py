"""Booking for somebody who rang up: find or add the person, then ask what the sign-up form asks."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from collective import clock
from collective.admin.acts import ActAdmin
from collective.admin.person_forms import find_or_add
from collective.errors import RuleError
from collective.messages import by_hand
from collective.models import Person
from collective.people.requests import MemberRequest
from events.models import Registration, Session
from events.sessions import places
from events.sessions.admin.registrations import HEARD_AT_ONCE
from events.sessions.forms import SignUpForm
from payments.owing import offered


def book(admin: ActAdmin, request: MemberRequest, session: Session) -> HttpResponse:
    """Who is it? Where nobody can be booked, the board says why."""
    try:
        places.check_booking(session)
    except RuleError as error:
        messages.error(request, str(error))
        return redirect("admin:events_session_board", session.pk)
    person, context = find_or_add(admin, request)
    if person:
        return redirect("admin:events_session_book_person", session.pk, person.pk)
    return admin.page(
        request,
        "admin/events/session/book.html",
        "Book for somebody",
        session=session,
        original=session,
        **context,
    )


def book_person(
    admin: ActAdmin, request: MemberRequest, session: Session, person_pk: UUID
) -> HttpResponse:
    """The answers, asked on the phone; then a place or a spot on the list.

    The rules are the same as for everybody.
    """
    person = get_object_or_404(Person.objects.known(), pk=person_pk)
    if live := session.registrations.live().filter(person=person).first():
        return _on_it_already(request, live)
    offer = offered.to(person, session)
    form = SignUpForm(request.POST or None, session=session, offer=offer)
    form.fields["agree"].label = "They know the ways of working, and agree to them"
    if request.method == "POST" and form.is_valid():
        try:
            registration = places.book(session, person, **form.agreed(clock.now()))
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            return _booked(admin, request, session, registration)
    return admin.page(
        request,
        "admin/events/session/book_person.html",
        f"Book for {person}",
        session=session,
        original=session,
        person=person,
        form=form,
        hears_it_now=person if person.reach_by == Person.ReachBy.PHONE else None,
    )


def _on_it_already(request: MemberRequest, live: Registration) -> HttpResponse:
    state = live.get_state_display().lower()
    messages.info(request, f"{live.person} is on this session already: {state}.")
    return redirect("admin:events_registration_change", live.pk)


def _booked(
    admin: ActAdmin, request: MemberRequest, session: Session, registration: Registration
) -> HttpResponseRedirect:
    admin.log_change(request, registration, "Booked by phone")
    if request.POST.get("told") and registration.person.reach_by == Person.ReachBy.PHONE:
        by_hand.told_at_once(registration, request.user, HEARD_AT_ONCE)
    if registration.state == Registration.State.WAITING:
        position = registration.position
        words = f"{registration.person} is on the waiting list, at position {position}."
        tab = "?show=waiting"
    else:
        words, tab = f"{registration.person} has a place.", ""
    messages.success(request, words)
    return redirect(reverse("admin:events_session_board", args=[session.pk]) + tab)
