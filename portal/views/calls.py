from uuid import UUID

from django.db.models import Exists, OuterRef, Value
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from collective.models import Activity, Call, CallPicture, Follow
from policy_drafts.models import Policy
from portal.apps import CARDS

MOST_CALLS = 20


def _cards(request: HttpRequest, calls: list[Call] | list[int]):
    """The ways to take part in these calls, by call: what has a child of its own (a session) as
    that child.
    """
    activities = (
        Activity.objects.visible_to(request.user)
        .with_following(request.user)
        .filter(call__in=calls)
    )
    cards = {}
    for activity in import_string(CARDS)(activities, request.user):
        cards.setdefault(activity.call_id, []).append(activity)
    return cards


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Open calls: what, when, how long, what is offered, places left."""
    calls = list(Call.objects.visible_to(request.user).open()[:MOST_CALLS])
    cards = _cards(request, calls)
    for found in calls:
        found.cards = cards.get(found.pk, [])
    return render(request, "portal/home.html", {"calls": calls})


@require_safe
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """One call: why, who leads it, how payments combine, and the ways to take part."""
    calls = Call.objects.visible_to(request.user).select_related("lead")
    if request.user.is_authenticated:
        mine = Follow.objects.filter(person=request.user, call=OuterRef("pk"))
        calls = calls.annotate(is_followed=Exists(mine))
    else:
        calls = calls.annotate(is_followed=Value(False))
    found = get_object_or_404(calls, slug=slug)
    found.cards = _cards(request, [found.pk]).get(found.pk, [])
    policies = Policy.objects.visible_to(request.user).filter(rounds__call=found)
    return render(
        request,
        "portal/call.html",
        {"call": found, "pictures": found.pictures.all(), "policies": policies},
    )


@require_safe
def picture(request: HttpRequest, pk: UUID) -> FileResponse:
    """A picture of a call that the visitor may see.

    Its address changes with the file, so it may be kept for long.
    """
    visible = Call.objects.visible_to(request.user)
    row = get_object_or_404(CallPicture.objects.filter(call__in=visible), pk=pk)
    response = FileResponse(row.file.open(), content_type="image/webp")
    patch_cache_control(response, private=True, max_age=86400)
    return response
