from collections.abc import Callable
from typing import Any

import pghistory
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from pghistory.middleware import HistoryMiddleware as PgHistoryMiddleware

from collective.people import browser_sessions, standing
from collective.safety import emptied
from portal import limits
from portal.views.errors import bad_request, emptied_meanwhile, too_large

Respond = Callable[[HttpRequest], HttpResponse]
NO_PROXY_IS_TRUSTED = """This site is not set up yet.

For whoever runs it: a proxy stands in front, and TRUSTED_PROXIES is 0, so no page can be shown.
Set TRUSTED_PROXIES=1 (or how many proxies of yours there are), and start the web server again.
"""


def say_that_no_proxy_is_trusted(get_response: Respond) -> Respond:
    """Tell whoever runs this why no page comes: what a proxy says of HTTPS is not believed here.

    Only in place where TRUSTED_PROXIES is 0 and the address https, so that each page would lead to
    itself. The header is a reason to speak, and is trusted for nothing.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        is_of_a_proxy = "HTTP_X_FORWARDED_PROTO" in request.META
        if is_of_a_proxy and not request.is_secure() and not request.path.startswith("/health/"):
            return HttpResponse(NO_PROXY_IS_TRUSTED, status=503, content_type="text/plain")
        return get_response(request)

    return middleware


def refuse_what_is_too_large(get_response: Respond) -> Respond:
    """Answer 413 to a body that is larger than its page takes, before anything of it is kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if (length := _length_of(request)) > limits.A_PAGE:
            most = limits.most_bytes(request.path_info)
            if length > most:
                return too_large(request, most)
        return get_response(request)

    return middleware


def _length_of(request: HttpRequest) -> int:
    """How long the body is said to be; Django reads no further than that."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if length.isascii() and length.isdecimal() else 0


def refuse_what_no_browser_sends(get_response: Respond) -> Respond:
    """Answer 400 to NUL characters in cookies and query strings, which PostgreSQL cannot hold."""

    def middleware(request: HttpRequest) -> HttpResponse:
        queries = [text for name, values in request.GET.lists() for text in (name, *values)]
        if any("\x00" in text for text in (*request.COOKIES.values(), *queries)):
            return bad_request(request)
        return get_response(request)

    return middleware


def keep_private_pages_out_of_caches(get_response: Respond) -> Respond:
    """What somebody signed in, or with a key in the address, was shown is stored nowhere else.

    No search engine keeps a page with a key either, wherever the address was found.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "key" in request.GET:
            response["X-Robots-Tag"] = "noindex, nofollow"
        if response.has_header("Cache-Control"):
            return response
        if "key" in request.GET or request.user.is_authenticated:
            add_never_cache_headers(response)
        return response

    return middleware


def let_used_sessions_last(get_response: Respond) -> Respond:
    """A session ends two weeks after it was last used, not two weeks after signing in.

    What is the same for everybody, as a style sheet, asks for no session, and may be kept for all.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.session.accessed and request.user.is_authenticated:
            browser_sessions.note_use(request)
        return response

    return middleware


class EmptiedMeanwhile:
    """What came in for a record while it was emptied is answered in our words.

    The rule or the database has refused it (`collective/people/standing.py`,
    `collective/safety/emptied.py`), so nothing was half saved.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, standing.Forgotten) or emptied.is_refusal(exception):
            return emptied_meanwhile(exception)
        return None


class HistoryMiddleware(PgHistoryMiddleware):
    """Says in each history row who did it, and by which route: by its name, without any key."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().get_context(request)
        del context["url"]
        return context

    @staticmethod
    def process_view(request: HttpRequest, *view_and_arguments: object) -> None:
        if request.method == "POST" and request.resolver_match:
            pghistory.context(route=request.resolver_match.view_name)
