"""Who may open the desk: the leads of that policy. To everybody else there is no such page."""

import uuid
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404

from policy_drafts.models import Policy


def lead_only(view):
    """Hand the policy to the view as its second argument."""

    @login_required
    @wraps(view)
    def wrapper(request, slug, *args, **kwargs):
        return view(request, get_object_or_404(Policy.objects.led_by(request.user), slug=slug), *args, **kwargs)

    return wrapper


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
