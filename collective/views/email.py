from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collective.errors import RuleError
from collective.models import AddressChange, Person
from collective.models.sign_in import SignIn
from collective.pages.forms import BothCodesForm, NewAddressCodeForm, NewEmailForm
from collective.people import address_changes, browser_sessions, email_change, known_browsers
from collective.people.access import (
    A_FRESH_ONE,
    A_WORKING_DAY,
    proved_address,
    used_second_factor,
)
from collective.people.requests import MemberRequest
from collective.people.sign_in import visitor_address
from collective.safety.link_keys import is_key
from collective.templatetags.collective import clock_time, day
from collective.typed.worded import asks

CodesForm = NewAddressCodeForm | BothCodesForm


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@asks(NewEmailForm)
def change_email(request: MemberRequest) -> HttpResponse:
    """Another email address of one's own: the new one, then the codes that were sent.

    Staff need their second step, as the address is the way into the admin.
    """
    if request.user.is_staff and not used_second_factor(request, within=A_WORKING_DAY):
        return redirect(f"{reverse('admin:login')}?{urlencode({'next': request.path})}")
    waiting = address_changes.waiting(request.user)
    if request.method == "POST" and "stop" in request.POST and waiting:
        return _stop(request, waiting)
    asked = email_change.newest(request.user)
    new_form, code_form = _forms(request)
    form: Form = code_form if code_form.is_bound else new_form
    if request.method == "POST" and form.is_valid():
        try:
            return _ask_or_confirm(request, asked, form)
        except RuleError as error:
            form.add_error(None, str(error))
    context = {
        "form": form,
        "new_form": new_form,
        "code_form": code_form,
        "asked": asked,
        "signed_in_just_now": _signed_in_just_now(request),
        "waiting": waiting,
    }
    return render(request, "collective/change_email.html", context)


def _stop(request: MemberRequest, waiting: AddressChange) -> HttpResponseRedirect:
    try:
        address_changes.stop(waiting)
    except RuleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Your address stays as it is.")
    return redirect("change_email")


def _signed_in_just_now(request: MemberRequest) -> bool:
    """Has a code to the address that they have just let them in? Then no other is asked for."""
    return proved_address(request, request.user.email, within=A_FRESH_ONE)


def _forms(request: MemberRequest) -> tuple[NewEmailForm, CodesForm]:
    """The form for a new address and the one for its codes: what was sent fills one of them."""
    codes_form = NewAddressCodeForm if _signed_in_just_now(request) else BothCodesForm
    if "code" in request.POST:
        return NewEmailForm(), codes_form(request.POST)
    return NewEmailForm(request.POST or None), codes_form()


def _ask_or_confirm(
    request: MemberRequest, asked: SignIn | None, form: Form
) -> HttpResponseRedirect:
    if isinstance(form, NewEmailForm):
        email_change.ask(request.user, form.cleaned_data["email"], visitor_address(request))
        if not _signed_in_just_now(request):
            email_change.ask_old(request.user, visitor_address(request))
        return redirect("change_email")
    if asked is None:
        raise RuleError("This code can no longer be used. Ask for a new one below.")
    new, old = form.cleaned_data["code"], form.cleaned_data.get("old_code", "")
    if form.cleaned_data.get("cannot_read") and not old:
        return _change_later(request, asked, new)
    person = (
        email_change.change(asked, new, old)
        if isinstance(form, BothCodesForm)
        else email_change.change_after_sign_in(asked, new)
    )
    return _go_on(request, person)


def _change_later(request: MemberRequest, asked: SignIn, code: str) -> HttpResponseRedirect:
    change = address_changes.begin(asked, code)
    zone = request.user.zone
    when = f"{day(change.due_at, zone)} at {clock_time(change.due_at, zone)}"
    messages.success(request, f"On {when} your address becomes {change.email}.")
    return redirect("change_email")


def _go_on(request: MemberRequest, person: Person) -> HttpResponseRedirect:
    """Every session of theirs has ended: this one goes on."""
    browser_sessions.keep_this_one(request, person)
    words = f"From now on we write to {person.email}, and you sign in with it."
    messages.success(request, f"{words} Everywhere else you are signed out.")
    response = HttpResponseRedirect(reverse("me"))
    known_browsers.remember(request, response, person.email or "")
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_address_change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From the mail to the old address: the address stays as it is. A button does it."""
    if not is_key(request.GET.get("key", ""), "address change", pk):
        raise Http404
    change = AddressChange.objects.filter(pk=pk).select_related("person").first()
    refused = ""
    if request.method == "POST" and change:
        try:
            address_changes.stop_from_old_address(change)
        except RuleError as error:
            refused = str(error)
        change.refresh_from_db()
    context = {"change": change, "refused": refused}
    return render(request, "collective/stop_address_change.html", context)
