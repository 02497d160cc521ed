"""Pages on which staff change one registration: its place on the list, what was answered."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect

from collective.admin.acts import ActAdmin
from collective.errors import RuleError
from collective.people.requests import MemberRequest
from events.forms import CapacityForm
from events.models import Registration
from events.sessions import answers as answering
from events.sessions import waiting_list
from events.sessions.admin.forms import MoveOnListForm
from events.sessions.forms import AnswersForm
from payments.owing import offered


def move_on_list(
    admin: ActAdmin, request: MemberRequest, registration: Registration
) -> HttpResponse:
    """Another position on the waiting list, with a reason."""
    form = MoveOnListForm(request.POST or None, initial={"position": registration.position})
    if request.method == "POST" and form.is_valid():
        try:
            moved = waiting_list.move(registration, **form.cleaned_data)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            admin.log_change(request, registration, "Moved on the waiting list")
            messages.success(request, f"{moved.person} is at position {moved.position} now.")
            return redirect(admin.back_from_act(registration) + "?show=waiting")
    page = _Page("Move on the waiting list", form, "Move")
    return page.shown(admin, request, registration)


def answers(admin: ActAdmin, request: MemberRequest, registration: Registration) -> HttpResponse:
    """Correct, with the person, what they answered: capacity, companion, what helps."""
    if not request.user.has_perm("events.view_access_needs"):
        raise PermissionDenied
    before = AnswersForm.initial_for(registration)
    form = AnswersForm(
        request.POST or None,
        session=registration.session,
        offer=offered.of(registration),
        initial=before,
    )
    if request.method != "POST":
        admin.log_change(request, registration, "Looked at the answers")
    elif form.is_valid():
        try:
            answering.change(registration, **form.answers)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            admin.log_change(request, registration, "Corrected the answers")
            messages.success(request, f"The answers of {registration.person} are saved.")
            return redirect(admin.change_url(registration))
    return _Page("Correct the answers", form, "Save").shown(admin, request, registration)


def capacity(admin: ActAdmin, request: MemberRequest, registration: Registration) -> HttpResponse:
    """In which capacity they took part, as they say it.

    The payment follows until it is approved.
    """
    form = CapacityForm(request.POST or None, offer=offered.of(registration))
    if request.method == "POST" and form.is_valid():
        try:
            answering.correct_capacity(registration, form.cleaned_data["capacity"], request.user)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            admin.log_change(request, registration, "Corrected in which capacity they take part")
            messages.success(request, f"Noted for {registration.person}.")
            return redirect(admin.change_url(registration))
    return _Page("In which capacity", form, "Save").shown(admin, request, registration)


@dataclass(frozen=True)
class _Page:
    """A page with one form and one button."""

    title: str
    form: forms.Form
    button: str

    def shown(
        self, admin: ActAdmin, request: MemberRequest, registration: Registration
    ) -> HttpResponse:
        return admin.page(
            request,
            "admin/events/registration/form.html",
            self.title,
            registration=registration,
            form=self.form,
            button=self.button,
            original=registration,
        )
