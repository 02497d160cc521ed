"""Asking to be forgotten, and stopping it: a page that shows what will happen, and a button."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from collective.errors import RuleError
from collective.models import DeletionRequest
from collective.people import asked_to_forget, forgetting
from collective.people.access import A_FRESH_ONE, signed_in_within
from collective.people.presses import press_only
from collective.people.requests import MemberRequest
from collective.safety.link_keys import is_key
from collective.templatetags.collective import long_day


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_to_delete(request: MemberRequest) -> HttpResponse:
    """Ask us to forget me: what goes, what stays and why; done a week later."""
    if request.method == "POST" and signed_in_within(request, A_FRESH_ONE):
        try:
            asked = asked_to_forget.ask(request.user)
        except RuleError:  # the page says what is in the way
            return redirect("ask_to_delete")
        day = long_day(asked.due_at) if asked.due_at else "that day"
        messages.success(request, f"We have your request. We will do it on {day}.")
        return redirect("data")
    context = {
        "told": forgetting.preview(request.user),
        "obstacles": forgetting.in_the_way(request.user),
        "asked": request.user.deletion_requests.open().first(),
        "is_fresh": signed_in_within(request, A_FRESH_ONE),
        "backup_days": settings.BACKUP_DAYS,
    }
    return render(request, "portal/ask_to_delete.html", context)


@login_required
@press_only("ask_to_delete")
def sign_in_again(request: MemberRequest) -> HttpResponse:
    """Sign in once more before asking: nobody else shall do it on a device that was left open."""
    logout(request)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': reverse('ask_to_delete')})}")


@require_http_methods(["GET", "HEAD", "POST"])
def stop_forgetting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop it, signed in or from the link in the mail; GET only shows."""
    found = _reachable(request, pk)
    if request.method == "POST":
        try:
            asked_to_forget.stop(found)
        except RuleError as error:
            messages.error(request, str(error))
        found.refresh_from_db()
    return render(request, "portal/stop_forgetting.html", {"asked": found})


def _reachable(request: HttpRequest, pk: UUID) -> DeletionRequest:
    """The request, for its person and for whoever holds the link. Raises Http404."""
    rows = DeletionRequest.objects.select_related("person").filter(public_id=pk)
    if not is_key(request.GET.get("key", ""), "forgetting", pk):
        rows = rows.filter(person=request.user) if request.user.is_authenticated else rows.none()
    found = rows.first()
    if found is None:
        raise Http404
    return found
