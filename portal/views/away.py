"""What a person reads while the database does not answer: a page that asks it nothing.

What they had sent is shown back, so that nothing is lost, and can be sent again with a button.
"""

import logging
import re

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from collective.seeing.away import is_away
from collective.typed import worded
from collective.typed.sent import Sent

__all__ = ["is_away", "page", "wants_json"]

logger = logging.getLogger(__name__)
TRY_AGAIN_AFTER = 10  # seconds
TITLE = "We cannot reach our records just now"
SHORT = "We cannot reach our records just now. Please try again in a minute."
NOTED = "collective.database_away"  # in request.META: the line of this request is in the log
SECRET = re.compile(
    r"(^|[-_])(code|pin|otp|key)s?($|[-_])|pass(word|phrase)|secret|token|credential", re.IGNORECASE
)
UNREADABLE = (
    MultiPartParserError,
    RequestDataTooBig,
    SuspiciousOperation,
    UnreadablePostError,
    OSError,
)


def page(request: HttpRequest, error: BaseException) -> HttpResponse:
    """The answer (503), in the caller's kind, with one line in the log for each request."""
    if NOTED not in request.META:
        request.META[NOTED] = True
        words = "%s %s: the database does not answer (%s)"
        logger.warning(words, request.method, request.path, type(error).__name__)
    response = _json() if wants_json(request) else _html(request)
    response["Retry-After"] = str(TRY_AGAIN_AFTER)
    vars(response)["_has_been_logged"] = True  # as Django's own log_response notes it
    add_never_cache_headers(response)
    return response


def wants_json(request: HttpRequest) -> bool:
    """Does a program ask: a script of ours, the admin's, or another server?"""
    accepts = request.headers.get("Accept", "")
    if "application/json" in accepts and "text/html" not in accepts:
        return True
    is_script = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    return is_script or request.content_type == "application/json"


def _json() -> HttpResponse:
    return JsonResponse({"error": SHORT}, status=503)


def _html(request: HttpRequest) -> HttpResponse:
    sent = _sent(request)
    typed = sent.typed
    kept = [row for row in typed if not SECRET.search(row.name)]
    has_sent = bool(typed or sent.along)
    files = [getattr(file, "name", "") for file in request.FILES.values()] if has_sent else []
    context = {
        "title": TITLE,
        "path": request.get_full_path(),
        "is_form": request.method == "POST",
        "typed": kept,
        "along": sent.along,
        "files": files,
        "can_send": bool(kept) and len(kept) == len(typed) and not files,
    }
    return HttpResponse(render_to_string("errors/503.html", context), status=503)


def _sent(request: HttpRequest) -> Sent:
    """What the form sent, field by field; nothing if another site sent it, or it is unreadable."""
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site") == "cross-site":
        return Sent([], [])
    try:
        return Sent.of(request.POST, worded.form_of(request.resolver_match))
    except UNREADABLE:
        return Sent([], [])
