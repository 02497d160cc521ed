from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collective.errors import RuleError
from collective.models.sign_in import SignIn
from collective.pages.forms import CodeForm, NewEmailForm
from collective.people import email_change
from collective.people.access import A_WORKING_DAY, used_second_factor
from collective.people.requests import MemberRequest
from collective.people.sign_in import visitor_address


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_email(request: MemberRequest) -> HttpResponse:
    """Another email address of one's own: the new one, then the code that was sent to it.

    Staff need their second step, as the address is the way into the admin.
    """
    if request.user.is_staff and not used_second_factor(request, within=A_WORKING_DAY):
        return redirect(f"{reverse('admin:login')}?{urlencode({'next': request.path})}")
    asked = email_change.newest(request.user)
    new_form, code_form = _forms(request)
    form = code_form if code_form.is_bound else new_form
    if request.method == "POST" and form.is_valid():
        try:
            return _ask_or_confirm(request, asked, form)
        except RuleError as error:
            form.add_error(None, str(error))
    context = {"form": form, "new_form": new_form, "code_form": code_form, "asked": asked}
    return render(request, "collective/change_email.html", context)


def _forms(request: MemberRequest) -> tuple[NewEmailForm, CodeForm]:
    """The form for a new address and the one for its code: what was sent fills one of them."""
    if "code" in request.POST:
        return NewEmailForm(), CodeForm(request.POST)
    return NewEmailForm(request.POST or None), CodeForm()


def _ask_or_confirm(
    request: MemberRequest, asked: SignIn | None, form: Form
) -> HttpResponseRedirect:
    if isinstance(form, NewEmailForm):
        email_change.ask(request.user, form.cleaned_data["email"], visitor_address(request))
        return redirect("change_email")
    if asked is None:
        raise RuleError("This code can no longer be used. Ask for a new one below.")
    person = email_change.confirm(asked, form.cleaned_data["code"])
    messages.success(request, f"From now on we write to {person.email}, and you sign in with it.")
    return redirect("me")
