"""The ways to take part as cards: sessions with their places, conversations with their times, and
one's own state.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Subquery

from events.models import Conversation, Registration, Slot
from events.models.session import counts

if TYPE_CHECKING:
    from collective.models import Person

ADDED = ("held", "waiting", "my_state", "is_followed", "has_free_times", "is_mine")


def with_children(activities, person: "Person"):
    """A list of these activities, each as what it is (a Session, a ConversationSeries): with
    counts, whether there are free times, and the person's own state.

    One query: a page of cards asks no more, however many people signed up.
    """
    mine = (
        Registration.objects.visible_to(person)
        .live()
        .filter(session=OuterRef("pk"))
        .order_by()
        .values("state")[:1]
    )
    booked = Conversation.objects.visible_to(person).upcoming().filter(series=OuterRef("pk"))
    # Meta.ordering does not reach a query that counts
    rows = (
        activities.order_by("position", "starts_at", "title")
        .select_related("session", "conversationseries__host")
        .annotate(
            **counts("session__registrations"),
            my_state=Subquery(mine, output_field=models.CharField()),
            has_free_times=Exists(Slot.objects.free_to(person).filter(series=OuterRef("pk"))),
            is_mine=Exists(booked),
        )
    )
    return [_as_child(row) for row in rows]


def _as_child(row):
    child = getattr(row, "session", None) or getattr(row, "conversationseries", None)
    if child is None:
        return row
    for name in ADDED:
        setattr(child, name, getattr(row, name))
    return child
