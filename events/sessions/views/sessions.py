from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from events.models import Registration, Session


@require_safe
def session(request: HttpRequest, slug: str) -> HttpResponse:
    """One session: when, where, what to expect, what is offered, and how to take part."""
    sessions = Session.objects.visible_to(request.user).with_counts().with_following(request.user)
    found = get_object_or_404(sessions.select_related("call"), slug=slug)
    mine = Registration.objects.visible_to(request.user).live().filter(session=found).first()
    return render(request, "events/sessions/session.html", {"session": found, "mine": mine})
