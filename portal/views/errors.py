"""What a person reads when something is off: plain and kind, with the next step.

None of these asks the database.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.urls import resolve

from events import typed
from events.conversations.forms import BookingForm
from events.forms import KeptForm
from events.sessions.forms import SignUpForm
from policy_drafts.roles import lead

TITLES = {
    "400": "We could not read that",
from portal.views import away
    "403": "This page is not for this account",
    "404": "We cannot find that page",
    "500": "Something went wrong on our side",
    "csrf": "Please send that again",
}
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


def server_error(request: HttpRequest) -> HttpResponse:
    return _page("500", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token.

    One to sign up or to book says itself, signed, whose it is: what was typed is kept.
    """
    match = resolve(request.path_info)
    form = KEPT.get(match.url_name or "")
    if form and request.POST.get("owner"):
        return typed.keep_and_sign_in(request, form, match.kwargs["slug"])
    """An error of ours; or 503, where the database was not there, wherever that was noticed.

    Django asks for this page around the view and around each middleware, with the error in hand.
    """
    error = sys.exception()
    if error is not None and away.is_away(error):
        return away.page(request, error)
    if match.url_name == "write_section" and "html" in request.POST:
        return lead.signed_out(request)
    return _page("csrf", 403)
