"""Who may open the desk: the leads of that policy. To everybody else there is no such page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from collective.people.requests import MemberRequest
from policy_drafts.models import Policy, Section

FORM_LASTS = 60 * 24 * 3600  # seconds: as long as a sign-in, for a forgotten tab
SALT = "section-form"
SENT_ON = ("title", "html", "state", "notes", "started_from", "page", "owner")

P = ParamSpec("P")


def lead_only(
    view: Callable[Concatenate[MemberRequest, Policy, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, str, P], HttpResponse]:
    """Open the view to the policy's leads, with the policy as its second argument."""

    @login_required
    def led(request: Any, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        policy = get_object_or_404(Policy.objects.led_by(request.user), slug=slug)
        return view(request, policy, *args, **kwargs)

    @wraps(view)
    def wrapper(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        saves = request.method == "POST" and "html" in request.POST
        if saves and not request.user.is_authenticated:
            return signed_out(request)
        return led(request, slug, *args, **kwargs)

    return wrapper


def owner_of(request: HttpRequest) -> str:
    """Whose form this is, signed."""
    return signing.dumps(str(request.user.pk), salt=SALT)


def signed_out(request: HttpRequest) -> HttpResponse:
    """Show what somebody typed and saved after their sign-in had ended, or with an older form.

    It can be saved from there where the form was ours: its owner is signed.
    """
    typed = {name: request.POST.get(name, "") for name in SENT_ON}
    return render(
        request,
        "policy_drafts/desk/signed_out.html",
        {
            "typed": typed,
            "also": request.POST.getlist("also"),
            "is_ours": _is_ours(request),
            "next": request.path,
            "state": dict(Section.State.choices).get(typed["state"], ""),
        },
        status=403,
    )


def _is_ours(request: HttpRequest) -> bool:
    """Is the form that was sent one of this person's, or of anybody's who is signed out now?"""
    try:
        owner = signing.loads(request.POST.get("owner", ""), salt=SALT, max_age=FORM_LASTS)
    except signing.BadSignature:
        return False
    return not request.user.is_authenticated or owner == str(request.user.pk)


def section_of(policy: Policy, pk: UUID, *, removed: bool = False) -> Section:
    """A section of this policy, or 404; one that was taken out only where asked for."""
    rows = policy.sections.all() if removed else policy.sections.live()
    section = get_object_or_404(rows.select_related("edited_by"), pk=pk)
    section.policy = policy
    return section
