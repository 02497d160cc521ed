from collections.abc import Callable
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collective.errors import RuleError
from collective.people import interrupted
from collective.people.access import (
    A_WORKING_DAY,
    next_path,
    redirect_to_second_step,
    used_second_factor,
)
from collective.people.interrupted import Interrupted, Why
from collective.people.presses import button_of
from collective.people.requests import MemberRequest

GONE = "That was sent meanwhile, or it is more than a day old. Your page shows what we have."


@require_safe
def press_again(request: HttpRequest) -> HttpResponse:
    """On to the page on which the button stands, with the words that say to press it."""
    asked = request.GET.get("why", "")
    why = Why(asked) if asked in Why.values else Why.SIGNED_OUT
    messages.info(request, f"{why.label}: press it once more.")
    return redirect(next_path(request) or "me")


@never_cache
@login_required
@require_safe
def once_more(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What I sent while I was signed out, with a button that sends it once more.

    Where a second step is set up it is asked for: the form may have stood behind it.
    """
    found = interrupted.find(request.user, pk)
    if found is None:
        messages.info(request, GONE)
        return redirect("me")
    needs_step = found.why == Why.STEP or is_mfa_enabled(request.user)
    if needs_step and not used_second_factor(request, within=A_WORKING_DAY):
        return redirect_to_second_step(request, request.path)
    return render(request, "collective/once_more.html", {"form_sent": found, "key": pk})


def has_text(request: HttpRequest, form: Interrupted) -> bool:
    """Is there more than the press of a button?"""
    button = button_of(request.resolver_match)
    return form.is_typed and (button is None or button.has_form)


def keep_and_go(
    request: HttpRequest, form: Interrupted, go: Callable[[str], HttpResponse]
) -> HttpResponse:
    """Keep the form for its owner and go to the path that shows it; else show it at once."""
    owner = interrupted.owner_in(request)
    try:
        row = interrupted.keep(owner, form, again=interrupted.kept_before(request))
    except RuleError:
        context = {"form_sent": form, "is_shown_at_once": True}
        return render(request, "collective/once_more.html", context, status=403)
    return go(reverse("once_more", args=[row.pk]))
