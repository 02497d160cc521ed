from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from events.models import Registration, Session
from payments.owing import offered


@require_safe
def session(request: HttpRequest, slug: str) -> HttpResponse:
    """One session: when, where, what to expect, what is offered, and how to take part."""
    sessions = Session.objects.visible_to(request.user).with_counts().with_following(request.user)
    found = get_object_or_404(sessions.select_related("call"), slug=slug)
    mine = (
        Registration.objects.visible_to(request.user)
        .live()
        .filter(session=found)
        .select_related("payment", "session__call", "person")
        .first()
    )
    offer = offered.of(mine) if mine else offered.to(request.user, found)
    context = {"session": found, "mine": mine, "offered": offer}
    return render(request, "events/sessions/session.html", context)
