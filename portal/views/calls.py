from collections import defaultdict
from collections.abc import Iterable
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
from policy_drafts.models import Policy
from portal.apps import CARDS

MOST_CALLS = 20
Cards = dict[int, list[Activity]]


def _cards(visitor: Visitor, calls: Iterable[Call]) -> Cards:
    """The ways to take part in these calls, by the call's key: each as what it is."""
    activities = Activity.objects.visible_to(visitor).with_following(visitor)
    cards: Cards = defaultdict(list)
    for activity in import_string(CARDS)(activities.filter(call__in=calls), visitor):
        cards[activity.call_id].append(activity)
    return cards


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Open calls: what, when, how long, what is offered, places left."""
    calls = list(Call.objects.visible_to(request.user).open()[:MOST_CALLS])
    cards = _cards(request.user, calls)
    with_cards = [(row, cards.get(row.pk, [])) for row in calls]
    return render(request, "portal/home.html", {"calls": with_cards})


@require_safe
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """One call: why, who leads it, how payments combine, and the ways to take part."""
    calls = Call.objects.visible_to(request.user).select_related("lead")
    found = get_object_or_404(calls.annotate(is_followed=_is_followed(request.user)), slug=slug)
    context = {
        "call": found,
        "cards": _cards(request.user, [found]).get(found.pk, []),
        "pictures": found.pictures.all(),
        "policies": Policy.objects.visible_to(request.user).filter(rounds__call=found),
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
