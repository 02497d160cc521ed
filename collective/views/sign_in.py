from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collective.errors import RuleError
from collective.models import SignIn
from collective.pages.forms import CodeForm, EmailForm
from collective.people.access import next_path
from collective.people.sign_in import ask_for_code, check_code, enter, visitor_address

SESSION_KEY = "sign_in"


def _with_next(name: str, request: HttpRequest) -> str:
    path = next_path(request)
    return reverse(name) + (f"?{urlencode({'next': path})}" if path else "")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The one door: an email address."""
    if request.user.is_authenticated:
        return redirect(next_path(request) or "me")
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            request.session[SESSION_KEY] = str(
                ask_for_code(form.cleaned_data["email"], visitor_address(request)).pk
            )
        except RuleError as error:
            form.add_error("email", str(error))
        else:
            return HttpResponseRedirect(_with_next("code", request))
    return render(request, "account/sign_in.html", {"form": form, "next": next_path(request)})


def _asked(request: HttpRequest) -> SignIn | None:
    key = request.session.get(SESSION_KEY)
    return SignIn.objects.filter(pk=key, person=None).first() if key else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The six digits."""
    asked = _asked(request)
    if asked is None or request.user.is_authenticated:
        return HttpResponseRedirect(_with_next("account_login", request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = check_code(asked, form.cleaned_data["code"])
        except RuleError as error:
            form.add_error("code", str(error))
        else:
            del request.session[SESSION_KEY]
            return enter(request, person, next_path(request) or None)
    context = {"form": form, "asked": asked, "next": next_path(request)}
    return render(request, "account/code.html", context)


@never_cache
@require_POST
def new_code(request: HttpRequest) -> HttpResponse:
    """Send another code to the same address.

    The older one stays good until its time, or a right one, ends it.
    """
    asked = _asked(request)
    if asked is None:
        return redirect("account_login")
    try:
        request.session[SESSION_KEY] = str(ask_for_code(asked.email, visitor_address(request)).pk)
    except RuleError as error:
        form = CodeForm({"code": ""})
        form.errors["code"] = form.error_class([str(error)])
        return render(request, "account/code.html", {"form": form, "asked": asked, "next": ""})
    return HttpResponseRedirect(
        _with_next("code", request) + ("&" if "next" in request.GET else "?") + "again=1"
    )


@require_safe
def not_staff(request: HttpRequest) -> HttpResponse:
    """Somebody signed in with an account that is not staff wanted to enter the admin."""
    return render(request, "account/not_staff.html", status=403)
