"""Whoever pressed a button and had to sign in first comes back to where it stood.

One middleware for every address: whatever asks for the sign-in, the second step or a name answers
with a redirect to that door, and names the address itself as the one to come back to.
"""

from collections.abc import Callable
from functools import cache

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from collective.people import interrupted
from collective.people.interrupted import Interrupted, Why
from collective.people.presses import page_of
from collective.views import once_more
from portal.views import away, errors

Respond = Callable[[HttpRequest], HttpResponse]
DOORS = ("account_login", "admin:login", "mfa_reauthenticate", "mfa_activate_totp", "name")


def lead_back_to_the_button(get_response: Respond) -> Respond:
    """Keep what was sent before a door that was shut, and lead back to it from there.

    It also gives 405 a page, and notes in the browser whose pages stand open there.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if away.wants_json(request):
            return response
        if door := _door(request, response):
            return _before_the_door(request, response, door)
        if response.status_code == 405:
            return errors.not_allowed(request, response)
        _note_owner(request, response)
        return response

    return middleware


def _before_the_door(request: HttpRequest, response: HttpResponse, door: str) -> HttpResponse:
    page = page_of(request.resolver_match)
    if request.method != "POST":
        return _leading_to(door, page) if page else response
    why = Why.STEP if request.user.is_authenticated else Why.SIGNED_OUT
    form = Interrupted.of(request, page or request.get_full_path(), why)
    if not once_more.has_text(request, form):
        return _leading_to(door, interrupted.by_way_of_words(form.page, why))

    def to_the_door(kept: str) -> HttpResponse:
        messages.info(request, why.kept)
        return _leading_to(door, kept)

    return once_more.keep_and_go(request, form, to_the_door)


def _door(request: HttpRequest, response: HttpResponse) -> str:
    """The path of the door to which this answer leads, to come back here; "" for none."""
    if not isinstance(response, HttpResponseRedirect):
        return ""
    path, _, query = response.url.partition("?")
    if path not in _doors() or path == request.path:
        return ""
    back = QueryDict(query).get("next", "")
    return path if back.partition("?")[0] == request.path else ""


@cache
def _doors() -> frozenset[str]:
    return frozenset(map(reverse, DOORS))


def _leading_to(door: str, page: str) -> HttpResponse:
    return HttpResponseRedirect(f"{door}?{urlencode({'next': page})}")


def _note_owner(request: HttpRequest, response: HttpResponse) -> None:
    """Whose pages stand open here; and what was kept goes once it was sent and taken."""
    if not request.session.accessed:
        return
    if request.user.is_authenticated:
        interrupted.note_owner(request, response)
        if (kept := interrupted.kept_before(request)) and response.status_code == 302:
            interrupted.forget(request.user, kept)
    elif request.resolver_match and request.resolver_match.view_name == "account_logout":
        interrupted.forget_owner(response)
