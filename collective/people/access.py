"""Who may do what, beyond what a queryset's `visible_to` answers."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from collective.people.requests import MemberRequest

A_WORKING_DAY = 12 * 3600  # seconds
A_FRESH_ONE = 900  # seconds

Admin = TypeVar("Admin")
Request = TypeVar("Request", bound=HttpRequest)
Rest = ParamSpec("Rest")
View = Callable[Concatenate[Request, Rest], HttpResponseBase]
AdminView = Callable[Concatenate[Admin, MemberRequest, Rest], HttpResponseBase]


def used_second_factor(request: HttpRequest, *, within: float) -> bool:
    """Was a second factor used in this session within so many seconds?

    Asked of the record itself: allauth's own `did_recently_reauthenticate` says yes to somebody who
    has no factor at all.
    """
    return _proved(request, within, method="mfa")


def proved_address(request: HttpRequest, email: str | None, *, within: float) -> bool:
    """Did they sign in with a code to this address, in this session, within so many seconds?"""
    return _proved(request, within, method="code", email=email)


def signed_in_within(request: HttpRequest, seconds: float) -> bool:
    """Did somebody prove within so many seconds that it is them, in this session?"""
    return _proved(request, seconds)


def _proved(request: HttpRequest, within: float, **what: str | None) -> bool:
    """Does this session have such a record of allauth's, from within so many seconds?"""
    records = get_authentication_records(request, request.user)
    times = [record["at"] for record in records if what.items() <= record.items()]
    return bool(times) and time.time() - max(times) < within


def fresh_second_factor_needed(view: AdminView[Admin, Rest]) -> AdminView[Admin, Rest]:
    """Before an admin page about money: a second factor of the last 15 minutes, asked for anew."""

    @wraps(view)
    def wrapper(
        admin: Admin, request: MemberRequest, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponseBase:
        if used_second_factor(request, within=A_FRESH_ONE):
            return view(admin, request, *args, **kwargs)
        messages.info(request, "Before this, we ask for your second step once more.")
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.path})}")

    return wrapper


def redirect_to_second_step(request: HttpRequest, back: str) -> HttpResponseRedirect:
    """To the second step, or to setting one up, and then back to this path."""
    page = "mfa_reauthenticate" if is_mfa_enabled(request.user) else "mfa_activate_totp"
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': back})}")


def is_staff_with_second_factor(request: HttpRequest) -> bool:
    """May this request enter the admin?"""
    user = request.user
    return user.is_active and user.is_staff and used_second_factor(request, within=A_WORKING_DAY)


def next_path(request: HttpRequest) -> str:
    """The page to go back to that the request names, never of another host; "" for none."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    is_path = path.startswith("/") and len(path) < 1000
    return path if is_path and url_has_allowed_host_and_scheme(path, {request.get_host()}) else ""


def name_needed(view: View[Request, Rest]) -> View[Request, Rest]:
    """Ask a newcomer what to call them first, then come back."""

    @wraps(view)
    def wrapper(request: Request, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.name:
            return redirect(f"{reverse('name')}?{urlencode({'next': request.get_full_path()})}")
        return view(request, *args, **kwargs)

    return wrapper
