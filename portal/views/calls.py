from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef, Value
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from collective.models import Activity, Call, CallPicture, Person
from collective.models.person import Visitor
from collective.safety import uploads
from policy_drafts.drafts.of_calls import drafts_of
from portal.apps import CARDS

MOST_CALLS = 20


@dataclass
class Ways:
    """The ways to take part in a call, each as what it is: to come, and past."""

    ahead: list[Activity] = field(default_factory=list)
    past: list[Activity] = field(default_factory=list)


def _ways(visitor: Visitor, calls: Iterable[Call]) -> dict[int, Ways]:
    """The ways of these calls, by the call's key."""
    activities = Activity.objects.visible_to(visitor).with_following(visitor)
    ways: dict[int, Ways] = defaultdict(Ways)
    for activity in import_string(CARDS)(activities.filter(call__in=calls), visitor):
        of_call = ways[activity.call_id]
        (of_call.past if activity.is_past else of_call.ahead).append(activity)
    return ways


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Open calls: what, when, how long, what is offered, places left."""
    calls = list(Call.objects.visible_to(request.user).open()[:MOST_CALLS])
    ways = _ways(request.user, calls)
    return render(request, "portal/home.html", {"calls": [(row, ways[row.pk]) for row in calls]})


@require_safe
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """One call: why, who leads it, how payments combine, and the ways to take part."""
    calls = Call.objects.visible_to(request.user).select_related("lead")
    found = get_object_or_404(calls.annotate(is_followed=_is_followed(request.user)), slug=slug)
    context = {
        "call": found,
        "ways": _ways(request.user, [found])[found.pk],
        "pictures": found.pictures.all(),
        "drafts": drafts_of(found, request.user),
    }
    return render(request, "portal/call.html", context)


def _is_followed(visitor: Visitor) -> Exists | Value:
    """Does this visitor want to be told of the call's news?"""
    if not isinstance(visitor, Person):
        return Value(False)
    return Exists(visitor.follows.filter(call=OuterRef("pk")))


@require_safe
def picture(request: HttpRequest, pk: UUID) -> FileResponse:
    """A picture of a call that the visitor may see.

    Its address changes with the file, so it may be kept for long.
    """
    visible = Call.objects.visible_to(request.user)
    row = get_object_or_404(CallPicture.objects.filter(call__in=visible), pk=pk)
    response = FileResponse(uploads.opened(row.file), content_type="image/webp")
    patch_cache_control(response, private=True, max_age=86400)
    return response
