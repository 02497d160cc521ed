"""What a person reads when something is off: plain and kind, with the next step.

None of these asks the database, but where a button stands.
"""

import sys
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template import loader
from django.template.defaultfilters import filesizeformat
from django.urls import resolve

from collective.errors import broken_constraint
from collective.people import standing
from collective.people.interrupted import Interrupted, Why, by_way_of_words
from collective.people.presses import page_of
from collective.safety import emptied
from collective.views import once_more
from events import typed
from events.conversations.forms import BookingForm
from events.forms import KeptForm
from events.sessions.forms import SignUpForm
from policy_drafts.roles import lead
from portal.views import away

TITLES = {
    "400": "We could not read that",
    "403": "This page is not for this account",
    "404": "We cannot find that page",
    "405": "There is nothing to see at this address",
    "429": "That was tried too often",
    "413": "That is more than this page can take",
    "500": "Something went wrong on our side",
    "csrf": "Please send that again",
    "joined": "This record was joined with another one",
    "forgotten": "We hold nothing about this person any more",
}
WAIT_AFTER_TOO_MANY = 60  # seconds: the longest that django-allauth's "reauthenticate" counts
KEPT: dict[str, type[KeptForm]] = {"sign_up": SignUpForm, "book_conversation": BookingForm}


def _page(name: str, status: int, **more: str) -> HttpResponse:
    page = loader.render_to_string(f"errors/{name}.html", {"title": TITLES[name], **more})
    return HttpResponse(page, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("400", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("403", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    signs_in = settings.SESSION_COOKIE_NAME not in request.COOKIES and request.method == "GET"
    return _page("404", 404, next=request.get_full_path() if signs_in else "")


def not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """405 with where to go: the page on which the button stands, or the page itself."""
    page = page_of(request.resolver_match)
    if page and request.GET:
        page = f"{page}?{request.GET.urlencode()}"
    answer = _page("405", 405, page=page, path=request.get_full_path())
    answer["Allow"] = response["Allow"]
    return answer


def too_many(request: HttpRequest) -> HttpResponse:
    """A limit of django-allauth's, of ten a minute: what was typed is shown, and sent again later.

    A form's fields come back as they were, so that nothing has to be typed twice.
    """
    typed = [(name, value) for name, values in request.POST.lists() for value in values]
    words: dict[str, Any] = {
        "title": TITLES["429"],
        "typed": [pair for pair in typed if pair[0] != "csrfmiddlewaretoken"],
        "path": request.get_full_path(),
        "minutes": WAIT_AFTER_TOO_MANY // 60,
        "csrf_token": get_token(request),
    }
    page = loader.render_to_string("errors/429.html", words)
    return HttpResponse(page, status=429, headers={"Retry-After": str(WAIT_AFTER_TOO_MANY)})


def emptied_meanwhile(refusal: standing.Forgotten | IntegrityError) -> HttpResponse:
    """What came in for a record that was joined, or whose person was forgotten, in that moment."""
    if isinstance(refusal, standing.Forgotten):
        return _page("forgotten", 409)
    is_joined = broken_constraint(refusal) == emptied.JOINED
    return _page("joined" if is_joined else "forgotten", 409)


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    """More was sent than the page takes; to a script, and to a person, in words."""
    if away.wants_json(request):
        error = f"This is more than {filesizeformat(most)}, and too much to be kept or saved."
        return JsonResponse({"error": error}, status=413)
    return _page("413", 413, most=filesizeformat(most))


def server_error(request: HttpRequest) -> HttpResponse:
    """An error of ours; or 503, where the database was not there, wherever that was noticed.

    Django asks for this page around the view and around each middleware, with the error in hand.
    """
    error = sys.exception()
    if error is not None and away.is_away(error):
        return away.page(request, error)
    return _page("500", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token.

    One to sign up or to book says itself, signed, whose it is: what was typed is kept.
    """
    match = resolve(request.path_info)
    form = KEPT.get(match.url_name or "")
    if form and request.POST.get("owner"):
        return typed.keep_and_sign_in(request, form, match.kwargs["slug"])
    if match.url_name == "write_section" and "html" in request.POST:
        return lead.signed_out(request)
    if _is_from_here(request) and not away.wants_json(request) and request.user.is_authenticated:
        return _once_more(request)
    return _page("csrf", 403)


def _is_from_here(request: HttpRequest) -> bool:
    """Does the browser say that a page of ours sent it? A page that cannot say so is not ours."""
    origin = f"{request.scheme}://{request.get_host()}"
    site = request.headers.get("Sec-Fetch-Site")
    return site == "same-origin" or (site is None and request.headers.get("Origin") == origin)


def _once_more(request: HttpRequest) -> HttpResponse:
    """A page of ours from before they signed in again: its button is pressed once more.

    Nothing is done before they have seen it.
    """
    page = page_of(request.resolver_match) or request.get_full_path()
    form = Interrupted.of(request, page, Why.ANEW)
    if not once_more.has_text(request, form):
        return redirect(by_way_of_words(page, Why.ANEW))
    return once_more.keep_and_go(request, form, redirect)
