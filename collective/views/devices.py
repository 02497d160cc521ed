from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from collective.people import browser_sessions
from collective.people.presses import press_only
from collective.people.requests import MemberRequest


@login_required
@require_safe
def devices(request: MemberRequest) -> HttpResponse:
    """Where I am signed in: with what, and when it was last used."""
    rows = [
        {"session": row, "is_this_one": browser_sessions.is_of(row, request.session)}
        for row in browser_sessions.of(request.user)
    ]
    return render(request, "collective/devices.html", {"rows": rows})


@login_required
@press_only("devices")
def sign_out_there(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Sign out one of them; for this one there is the usual page, which asks."""
    row = browser_sessions.find(request.user, pk)
    if row is None:
        raise Http404
    if browser_sessions.is_of(row, request.session):
        return redirect("account_logout")
    row.delete()
    messages.success(request, "You are signed out there.")
    return redirect("devices")


@login_required
@press_only("devices")
def sign_out_elsewhere(request: MemberRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    browser_sessions.end_others(request)
    messages.success(request, "You are signed out everywhere else.")
    return redirect("devices")
