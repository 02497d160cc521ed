"""Who may open the desk: the leads of that policy. To everybody else there is no such page."""

import uuid
from functools import wraps
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from policy_drafts.models import Policy, Section

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest

FORM_LASTS = (
    60 * 24 * 3600
)  # seconds: as long as a sign-in, so that a forgotten tab can still be sent
SALT = "section-form"


def lead_only(view):
    """Hand the policy to the view as its second argument."""

    @login_required
    def led(request: "MemberRequest", slug: str, *args, **kwargs):
        return view(
            request,
            get_object_or_404(Policy.objects.led_by(request.user), slug=slug),
            *args,
            **kwargs,
        )

    @wraps(view)
    def wrapper(request: HttpRequest, slug: str, *args, **kwargs):
        if (
            request.method == "POST"
            and not request.user.is_authenticated
            and "html" in request.POST
        ):
            return signed_out(request)
        return led(request, slug, *args, **kwargs)

    return wrapper


def owner_of(request: HttpRequest) -> str:
    """Whose form this is, signed."""
    return signing.dumps(str(request.user.pk), salt=SALT)


def signed_out(request: HttpRequest) -> HttpResponse:
    """Somebody saved after their sign-in had ended, or with a form from before it: what they typed
    stays before them.

    It can be saved from here where the form was ours: its owner is signed.
    """
    try:
        owner = signing.loads(request.POST.get("owner", ""), salt=SALT, max_age=FORM_LASTS)
    except signing.BadSignature:
        owner = ""
    is_ours = owner == str(request.user.pk) if request.user.is_authenticated else bool(owner)
    names = ("title", "html", "state", "notes", "started_from", "page", "owner")
    typed = {name: request.POST.get(name, "") for name in names}
    return render(
        request,
        "policy_drafts/desk/signed_out.html",
        {
            "typed": typed,
            "also": request.POST.getlist("also"),
            "is_ours": is_ours,
            "next": request.path,
            "state": dict(Section.State.choices).get(typed["state"], ""),
        },
        status=403,
    )


def section_of(policy: Policy, pk: UUID, *, removed: bool = False):
    """A section of this policy, or 404; one that was taken out only where asked for."""
    rows = policy.sections.all() if removed else policy.sections.live()
    section = get_object_or_404(rows.select_related("edited_by"), pk=pk)
    section.policy = policy
    return section


def as_uuid(text: str) -> UUID | None:
    """The key that a form sent, or None for what is none."""
    try:
        return uuid.UUID(text)
    except (ValueError, TypeError, AttributeError):
        return None
