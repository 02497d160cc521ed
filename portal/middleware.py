from collections.abc import Callable

import pghistory
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from pghistory.middleware import HistoryMiddleware as PgHistoryMiddleware

from portal.views.errors import bad_request


def refuse_what_no_browser_sends(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 400 to NUL characters in cookies and query strings: PostgreSQL cannot hold them, no
    person types them.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        values = [
            *request.COOKIES.values(),
            *(text for pair in request.GET.lists() for text in (pair[0], *pair[1])),
        ]
        if any("\x00" in value for value in values):
            return bad_request(request)
        return get_response(request)

    return middleware


def keep_private_pages_out_of_caches(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """What was shown to somebody signed in, or for a key in the address, is stored nowhere on the
    way.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if (request.user.is_authenticated or "key" in request.GET) and not response.has_header(
            "Cache-Control"
        ):
            add_never_cache_headers(response)
        return response

    return middleware


class HistoryMiddleware(PgHistoryMiddleware):
    """Says in each history row who did it and by which route: the route's name, as addresses can
    hold ids.
    """

    def get_context(self, request: HttpRequest):
        context = super().get_context(request)
        del context["url"]
        return context

    @staticmethod
    def process_view(request: HttpRequest, view, args, kwargs) -> None:
        if request.method == "POST" and request.resolver_match:
            pghistory.context(route=request.resolver_match.view_name)
