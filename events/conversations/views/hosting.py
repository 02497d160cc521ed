"""Who may open a host's pages: the series' own host, with a second factor of this working day."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode

from collective.people.access import A_WORKING_DAY, used_second_factor
from collective.people.requests import MemberRequest
from events.models import ConversationSeries

Rest = ParamSpec("Rest")
HostView = Callable[Concatenate[MemberRequest, ConversationSeries, Rest], HttpResponse]
SlugView = Callable[Concatenate[MemberRequest, str, Rest], HttpResponse]


def host_only(view: HostView[Rest]) -> SlugView[Rest]:
    """Give the host's own series to the view as its second argument.

    To everybody else there is no such page; the host is asked for the second step, or to set one
    up: what is told in confidence asks for more than a mail.
    """

    @login_required
    @wraps(view)
    def wrapper(
        request: MemberRequest, slug: str, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponse:
        mine = ConversationSeries.objects.hosted_by(request.user).select_related("call", "host")
        series = get_object_or_404(mine, slug=slug)
        if used_second_factor(request, within=A_WORKING_DAY):
            return view(request, series, *args, **kwargs)
        return _ask_for_second_step(request, series)

    return wrapper


def _ask_for_second_step(request: MemberRequest, series: ConversationSeries) -> HttpResponse:
    if is_mfa_enabled(request.user):
        page, words = "mfa_reauthenticate", "so we ask for your second step."
    else:
        page, words = (
            "mfa_activate_totp",
            "so these pages ask for a second step. You set it up once.",
        )
    messages.info(request, f"What people tell you is private, {words}")
    back = request.path if request.method != "POST" else reverse("host", args=[series.slug])
    return redirect(f"{reverse(page)}?{urlencode({'next': back})}")
