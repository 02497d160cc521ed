"""Who may open a host's pages: the host of that series, with a second factor of this working
day.
"""

from functools import wraps
from typing import TYPE_CHECKING

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode

from collective.people.access import A_WORKING_DAY, used_second_factor
from events.models import ConversationSeries

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest


def host_only(view):
    """Hand the host's own series to the view as its second argument.

    To everybody else there is no such page; the host is asked for the second step, or to set one
    up: what is told in confidence asks for more than a mail.
    """

    @login_required
    @wraps(view)
    def wrapper(request: "MemberRequest", slug: str, *args, **kwargs):
        mine = ConversationSeries.objects.hosted_by(request.user).select_related("call", "host")
        series = get_object_or_404(mine, slug=slug)
        if used_second_factor(request, within=A_WORKING_DAY):
            return view(request, series, *args, **kwargs)
        is_set_up = is_mfa_enabled(request.user)
        messages.info(
            request,
            "What people tell you is private, so we ask for your second step."
            if is_set_up
            else (
                "What people tell you is private, so these pages ask for a second step. You set it "
                "up once."
            ),
        )
        page = "mfa_reauthenticate" if is_set_up else "mfa_activate_totp"
        back = request.path if request.method != "POST" else reverse("host", args=[series.slug])
        return redirect(f"{reverse(page)}?{urlencode({'next': back})}")

    return wrapper
