"""Links as mail programs and people hand them on: with a full stop, a bracket, or an unseen sign.

A key is made of letters, digits, "-" and "_" (`collective/safety/link_keys.py`), and a path of
ours ends with a letter, a digit or "/". What hangs on behind, and what nobody sees, was never part
of the address. Nothing here looks at whether a key is right.
"""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve

from collective.typed.signs import without_hidden

Respond = Callable[[HttpRequest], HttpResponse]
HANGS_ON = " \t\r\n.,;:!)>]}\"'`*’‘“”«»›"
IS_CLEAN = re.compile(r"[A-Za-z0-9_/-]*")  # so is nearly every path: no more is asked of it


def mend_pasted_addresses(get_response: Respond) -> Respond:
    """Answer as if the link had come without what hangs on it, in its path or its key.

    The address is mended where it stands and leads nowhere else, so that it cannot redirect.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not IS_CLEAN.fullmatch(request.path_info):
            _mend_path(request)
        if "key=" in request.META.get("QUERY_STRING", ""):
            _mend_key(request)
        return get_response(request)

    return middleware


def mended(text: str) -> str:
    """The text without unseen signs, what hangs on behind it, and quotes before it."""
    return without_hidden(text).rstrip(HANGS_ON).lstrip(" <\"'“‘")


def _mend_path(request: HttpRequest) -> None:
    """Only where the mended path is one of ours."""
    path = "/".join(mended(part) for part in request.path_info.split("/"))
    if path == request.path_info:
        return
    ours = next((one for one in (path, f"{path}/") if _is_ours(one)), "")
    if ours:
        before = request.path.removesuffix(request.path_info)
        request.path_info, request.path = ours, before + ours


def _is_ours(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _mend_key(request: HttpRequest) -> None:
    query = request.GET.copy()
    keys = query.getlist("key")
    clean = [mended(key) for key in keys]
    if clean != keys:
        query.setlist("key", clean)
        request.META["QUERY_STRING"] = query.urlencode()
        request.GET = QueryDict(query.urlencode())
