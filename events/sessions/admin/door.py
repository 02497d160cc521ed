"""The page for somebody at the door: find them first, then note that they came, or add them."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from collective.admin.acts import ActAdmin
from collective.admin.person_forms import MOST_FOUND, FindPersonForm, all_found
from collective.errors import RuleError
from collective.models import Person
from collective.people import phones
from collective.people.alike import KnownAlready
from collective.people.requests import MemberRequest
from events.models import Registration, Session
from events.sessions import door
from events.sessions.admin.forms import CameForm, NewcomerForm

CAME = "came_%s"  # ids of one of two forms that ask the same
NOTED = "Noted as come without signing up"


def walk_in(admin: ActAdmin, request: MemberRequest, session: Session) -> HttpResponse:
    """Who is it? What is typed is searched first, by POST, as a number stands in no address."""
    if "person" in request.POST:
        return _note(admin, request, session)
    if request.method == "POST" and "q" not in request.POST:
        return _add(admin, request, session)
    form = FindPersonForm(request.POST or None)
    if not form.is_valid():
        return _page(admin, request, session, form=form)
    people = door.first_on_the_list(session, all_found(request, form), MOST_FOUND)
    return _page(
        admin,
        request,
        session,
        form=form,
        found=door.stand(session, people),
        came=CameForm(auto_id=CAME),
        new=NewcomerForm(initial=_typed(form.cleaned_data["q"])),
    )


def _typed(text: str) -> dict[str, str]:
    """What was looked for, where somebody new is written down."""
    if phones.read(text):
        return {"phone": text}
    return {"email" if "@" in text else "name": text}


def _note(admin: ActAdmin, request: MemberRequest, session: Session) -> HttpResponse:
    """Somebody whom we know came."""
    person = get_object_or_404(Person.objects.known(), pk=request.POST["person"])
    came = CameForm(request.POST)
    capacity = came.cleaned_data["capacity"] if came.is_valid() else Registration.Capacity.NOT_SURE
    try:
        registration = door.note_came(session, person, capacity=capacity, by=request.user)
    except RuleError as error:
        messages.error(request, str(error))
        return redirect("admin:events_session_walk_in", session.pk)
    return _noted(admin, request, session, registration)


def _add(admin: ActAdmin, request: MemberRequest, session: Session) -> HttpResponse:
    """Somebody new came; where we may know them, those people are shown first."""
    form = NewcomerForm(request.POST)
    people: list[Person] = []
    if form.is_valid():
        try:
            registration = door.note_newcomer(
                session,
                form.newcomer,
                is_somebody_else=form.cleaned_data["is_somebody_else"],
                capacity=form.cleaned_data["capacity"],
                by=request.user,
            )
        except KnownAlready as error:
            people = error.people
            form.add_error(None, str(error))
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            return _noted(admin, request, session, registration)
    capacity = form.cleaned_data.get("capacity")
    return _page(
        admin,
        request,
        session,
        form=FindPersonForm(),
        found=door.stand(session, people),
        came=CameForm(auto_id=CAME, initial={"capacity": capacity} if capacity else None),
        new=form,
    )


def _noted(
    admin: ActAdmin, request: MemberRequest, session: Session, registration: Registration
) -> HttpResponse:
    if registration.came_without_signing_up:
        admin.log_addition(request, registration, NOTED)
        words = f"{registration.person} is noted: came without signing up."
    else:
        admin.log_change(request, registration, "Attendance: took part")
        words = f"{registration.person} is noted as there, with the booking that they had."
    messages.success(request, words)
    return redirect("admin:events_session_attendance", session.pk)


def _page(
    admin: ActAdmin, request: MemberRequest, session: Session, form: Form, **found
) -> HttpResponse:
    if "new" in found and not found["found"]:
        del found["new"].fields["is_somebody_else"]  # than whom?
    return admin.page(
        request,
        "admin/events/session/walk_in.html",
        "Somebody is at the door",
        session=session,
        original=session,
        form=form,
        **found,
    )
