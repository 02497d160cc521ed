"""The outermost look at each request: its id, and how long it took, by the name of its route."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from collective.seeing import counts, request_ids

METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
METRICS = "/metrics"


def see_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give each request its id, and count how long its answer took."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id = request_ids.of_request(request)
        if request.path_info == METRICS:  # whoever reads numbers may call us by any name
            request.META["HTTP_HOST"] = urlsplit(settings.SITE_URL).netloc
        began = time.perf_counter()
        response = get_response(request)
        took = time.perf_counter() - began
        method = request.method if request.method in METHODS else "other"
        counts.REQUESTS.labels(_route(request), method, response.status_code).observe(took)
        response[request_ids.HEADER] = request_id
        return response

    return middleware


def _route(request: HttpRequest) -> str:
    """The name of the route, never its address: that may hold a key."""
    if request.resolver_match:
        return request.resolver_match.view_name or "unnamed"
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"
