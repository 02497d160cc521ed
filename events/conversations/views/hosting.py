"""Who may open a host's pages: the series' own host, with a second factor of this working day."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from collective.people.access import A_WORKING_DAY, redirect_to_second_step, used_second_factor
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
        return _ask_for_second_step(request)

    return wrapper


def _ask_for_second_step(request: MemberRequest) -> HttpResponse:
    if is_mfa_enabled(request.user):
        words = "so we ask for your second step."
    else:
        words = "so these pages ask for a second step. You set it up once."
    messages.info(request, f"What people tell you is private, {words}")
    return redirect_to_second_step(request, request.get_full_path())
