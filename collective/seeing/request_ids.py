"""The id that all log lines of one request, and of the tasks that it rang for, have in common."""

import re
import uuid
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.http import HttpRequest

HEADER = "X-Request-ID"
# What nginx ($request_id) and Caddy ({http.request.uuid}) write. No word can hide in it.
GOOD = re.compile(r"[0-9a-fA-F-]{16,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """The id of what this thread does; "" where it serves nobody."""
    return _current.get()


def use(request_id: object) -> str:
    """Take this id from now on, or a fresh one where it is none; returns it."""
    known = isinstance(request_id, str) and GOOD.fullmatch(request_id)
    taken = str(request_id) if known else uuid.uuid4().hex
    _current.set(taken)
    return taken


def of_request(request: HttpRequest) -> str:
    """The proxy's id, where a proxy of ours stands in front; else a fresh one. It is in use now."""
    header = request.META.get("HTTP_X_REQUEST_ID") if settings.TRUSTED_PROXIES else None
    return use(header)


def begin_task(task: Any = None, task_id: str = "", **_: object) -> None:
    """A task has the id of what rang for it, or its own (Celery's `task_prerun`)."""
    headers = getattr(getattr(task, "request", None), "headers", None) or {}
    use(headers.get("request_id") or task_id)
