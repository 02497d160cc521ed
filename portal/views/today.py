"""Staff's first page, inside the admin."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from collective import taken
from collective.errors import RuleError
from collective.models import Call, Person
from collective.people import access
from collective.people.presses import press_only
from collective.people.requests import MemberRequest
from portal.today.calls import one_of
from portal.today.sections import is_for, sections

MOST_CALLS = 30


def index_context(request: HttpRequest) -> dict[str, Any]:
    """What Today shows: to each group of staff, what it works with."""
    reader = request.user
    if not isinstance(reader, Person):
        return {"sections": []}
    calls = list(Call.objects.open().order_by("title", "pk")[:MOST_CALLS])
    call = one_of(calls, request.GET.get("call"))
    found = sections(reader, call)
    return {
        "sections": [section for section in found if section.lines],
        "nothing": [section.title for section in found if not section.lines],
        "calls": calls if found else [],
        "call": call,
        "title": f"Today: {call}" if call else "Today",
    }


@press_only("admin:index")
def take(request: MemberRequest) -> HttpResponse:
    """ "I do this" on a line of Today, and back."""
    key = request.POST.get("line", "")
    if not is_for(request.user, key):
        raise PermissionDenied
    if request.POST.get("how") == "back":
        taken.put_back(key)
    elif key:
        try:
            taken.take(key, request.user, instead_of=request.POST.get("instead_of"))
        except RuleError as error:
            messages.error(request, str(error))
    return redirect(access.next_path(request) or reverse("admin:index"))
