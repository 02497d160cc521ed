"""What we hold about me: to read, and to take away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import strip_tags
from django.views.decorators.http import require_safe

from collective.people.requests import MemberRequest
from collective.templatetags.collective import clock_time, day, long_day, pounds
from portal.my_data import for_a_file, my_data

MOST_ROWS = 50  # of one sort on the page; the file has more
Fact = tuple[str, str]  # its name, and what it is, in words


@dataclass(frozen=True)
class Part:
    """Facts about one subject: of each row some, in the order in which they are told."""

    title: str
    rows: list[list[Fact]]
    has_more: bool = False


@login_required
@require_safe
def data(request: MemberRequest) -> HttpResponse:
    """What we hold about me, to read."""
    asked = request.user.deletion_requests.open().first()
    return render(request, "portal/data.html", {**to_read(my_data(request.user)), "asked": asked})


def to_read(held: dict[str, Any], most: int | None = MOST_ROWS) -> dict[str, Any]:
    """What a page shows of it: facts, parts with rows of facts, and what there is nothing of."""
    parts = {name: value for name, value in held.items() if isinstance(value, list | dict)}
    return {
        "facts": list(_facts({name: held[name] for name in held if name not in parts})),
        "parts": [_part(name, value, most) for name, value in parts.items() if value],
        "nothing": [name for name, value in parts.items() if not value],
    }


@login_required
@require_safe
def download(request: MemberRequest) -> JsonResponse:
    """The same as a file (UK GDPR, article 20)."""
    held = for_a_file(my_data(request.user))
    response = JsonResponse(held, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


def _part(name: str, value: list[Any] | dict[str, Any], most: int | None) -> Part:
    rows = value if isinstance(value, list) else [value]
    shown = [list(_facts(row if isinstance(row, dict) else {"": row})) for row in rows[:most]]
    return Part(_titled(name), shown, has_more=len(rows) > len(shown))


def _facts(row: dict[str, Any]) -> Iterator[Fact]:
    """Each thing that there is, by its name: pence as pounds."""
    for name, value in row.items():
        if name.endswith("pence"):
            name, value = name.removesuffix("pence").removesuffix(" in ") or "amount", pounds(value)
        if words := _in_words(value):
            yield _titled(name), words


def _titled(name: str) -> str:
    return name[:1].upper() + name[1:]


def _in_words(value: Any) -> str:
    """As a person reads it; nothing for what is not there."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {words}" for name, words in _facts(value))
    if isinstance(value, list):
        return "; ".join(filter(None, map(_in_words, value)))
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return f"{day(value)}, {clock_time(value)}"
    if isinstance(value, date):
        return long_day(value)
    return strip_tags(str(value)) if value else ""
