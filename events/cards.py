"""The ways to take part as cards: those that are sessions with their places and the visitor's own state."""

from django.db import models
from django.db.models import OuterRef, Subquery

from events.models import Registration
from events.models.session import counts


def with_sessions(activities, person):
    """A list of these activities, each that is a session as its Session: with counts and the person's own state.

    One query: a page of cards asks no more, however many people signed up.
    """
    mine = Registration.objects.visible_to(person).live().filter(session=OuterRef("pk")).order_by().values("state")[:1]
    # Meta.ordering does not reach a query that counts
    rows = (
        activities.order_by("position", "starts_at", "title")
        .select_related("session")
        .annotate(**counts("session__registrations"), my_state=Subquery(mine, output_field=models.CharField()))
    )
    return [_as_session(row) for row in rows]


def _as_session(row):
    session = getattr(row, "session", None)
    if session is None:
        return row
    for name in ("held", "waiting", "my_state", "is_followed"):
        setattr(session, name, getattr(row, name))
    return session
