from collections.abc import Sequence
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from collective.errors import RuleError
from collective.models import SignIn
from collective.pages.forms import CodeForm, EmailForm
from collective.people import asked_here, known_browsers
from collective.people.access import next_path
from collective.people.presses import press_only
from collective.people.sign_in import ask_for_code, check_code, enter, visitor_address
from collective.people.sign_in_limits import MailHeld
from collective.safety.link_keys import is_key


def _with_next(name: str, request: HttpRequest) -> str:
    path = next_path(request)
    return reverse(name) + (f"?{urlencode({'next': path})}" if path else "")


def _ask(request: HttpRequest, email: str, proof: SignIn.Proof | None = None) -> None:
    """Send a code that can be typed in this browser. Raises MailHeld past the limits."""
    proof = proof or known_browsers.proof_in(request, email)
    asked_here.remember(request, ask_for_code(email, visitor_address(request), proof))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The one door: an email address."""
    if request.user.is_authenticated:
        return redirect(next_path(request) or "me")
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _ask(request, form.cleaned_data["email"])
        except MailHeld as held:
            return _code_page(request, asked_here.of(request), held=str(held))
        return HttpResponseRedirect(_with_next("code", request))
    return render(request, "account/sign_in.html", {"form": form, "next": next_path(request)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The six digits: each code counts that this browser asked for and that still lives."""
    asked = asked_here.of(request)
    if request.user.is_authenticated or not (asked or request.POST.get("code")):
        return HttpResponseRedirect(_with_next("account_login", request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _enter(request, asked, form.cleaned_data["code"])
        except RuleError as error:
            form.add_error("code", str(error))
    return _code_page(request, asked, form)


def _enter(request: HttpRequest, asked: Sequence[SignIn], typed: str) -> HttpResponse:
    if not asked:
        raise RuleError("We have sent no code to this browser yet. Ask for one below.")
    person = check_code(asked, typed)
    asked_here.forget(request)
    response = enter(request, person, next_path(request) or None)
    if person.email:
        known_browsers.remember(request, response, person.email)
    return response


def _code_page(
    request: HttpRequest, asked: Sequence[SignIn], form: CodeForm | None = None, *, held: str = ""
) -> HttpResponse:
    """The field for the code, always; above it, whether one is on its way."""
    context = {
        "form": form or CodeForm(),
        "asked": asked[0] if asked else None,
        "held": held,
        "next": next_path(request),
    }
    return render(request, "account/code.html", context)


@never_cache
@press_only("code")
def new_code(request: HttpRequest) -> HttpResponse:
    """Send another code to the same address.

    The older one stays good until its time, or a right one, ends it.
    """
    asked = asked_here.of(request)
    if not asked:
        return HttpResponseRedirect(_with_next("account_login", request))
    try:
        _ask(request, asked[0].email)
    except MailHeld as held:
        return _code_page(request, asked, held=str(held))
    return HttpResponseRedirect(
        _with_next("code", request) + ("&" if next_path(request) else "?") + "again=1"
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_code(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whoever opens the link in a mail gets a code for this browser, whatever strangers have asked.

    It also takes away the daily limit of wrong codes. Opening it does nothing; the button does.
    """
    if not is_key(request.GET.get("key", ""), "own code", pk):
        raise Http404
    asked = SignIn.objects.filter(pk=pk, person=None).first()
    held = ""
    if request.method == "POST" and asked:
        try:
            _ask(request, asked.email, SignIn.Proof.LINK)
            return redirect("code")
        except MailHeld as error:
            held = str(error)
    return render(request, "account/own_code.html", {"asked": asked, "held": held})


@require_safe
def not_staff(request: HttpRequest) -> HttpResponse:
    """Somebody signed in with an account that is not staff wanted to enter the admin."""
    return render(request, "account/not_staff.html", status=403)
