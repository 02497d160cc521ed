"""Who may open the desk: the leads of that policy. To everybody else there is no such page."""

import uuid
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render

from policy_drafts.models import Policy


def lead_only(view):
    """Hand the policy to the view as its second argument."""

    @login_required
    def led(request, slug, *args, **kwargs):
        return view(request, get_object_or_404(Policy.objects.led_by(request.user), slug=slug), *args, **kwargs)

    @wraps(view)
    def wrapper(request, slug, *args, **kwargs):
        if request.method == "POST" and not request.user.is_authenticated and request.POST.get("html"):
            return signed_out(request)
        return led(request, slug, *args, **kwargs)

    return wrapper


def signed_out(request):
    """Somebody saved after their sign-in had ended: what they typed stays before them, to copy or to save."""
    context = {"title": request.POST.get("title", ""), "html": request.POST["html"], "next": request.path}
    return render(request, "policy_drafts/desk/signed_out.html", context, status=403)


def section_of(policy, pk):
    """A section of this policy that is not removed, or 404."""
    section = get_object_or_404(policy.sections.live().select_related("edited_by"), pk=pk)
    section.policy = policy
    return section


def as_uuid(text):
    """The key that a form sent, or None for what is none."""
    try:
        return uuid.UUID(text)
    except (ValueError, TypeError, AttributeError):
        return None
