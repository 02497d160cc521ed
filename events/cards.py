"""The ways to take part as cards, with the reader's own state.

Sessions come with their places, conversations with their times.
"""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from collective.models import Activity, Person
from events.models import Conversation, Registration, Slot
from events.models.session import counts

ADDED = ("held", "waiting", "my_state", "is_followed", "has_free_times", "is_mine")


def with_children(activities: QuerySet[Activity], person: Person | AnonymousUser) -> list[Activity]:
    """A list of these activities, each as what it is (a Session, a ConversationSeries).

    Each has its counts, whether there are free times, and the person's own state. One query: a
    page of cards asks no more, however many people signed up.
    """
    live = Registration.objects.visible_to(person).live().staying()
    mine = live.filter(session=OuterRef("pk")).order_by().values("state")[:1]
    booked = (
        Conversation.objects.visible_to(person)
        .upcoming()
        .filter(leaves_at=None, series=OuterRef("pk"))
    )
    free = Slot.objects.free_to(person).filter(series=OuterRef("pk"))
    # Meta.ordering does not reach a query that counts
    in_order = activities.order_by("position", "starts_at", "title")
    rows = in_order.select_related("session", "conversationseries__host").annotate(
        **counts("session__registrations"),
        my_state=Subquery(mine, output_field=models.CharField()),
        has_free_times=Exists(free),
        is_mine=Exists(booked),
    )
    return [_as_child(row) for row in rows]


def _as_child(row: Activity) -> Activity:
    """The row as what it is, with what was asked for beside it."""
    child = getattr(row, "session", None) or getattr(row, "conversationseries", None)
    if child is None:
        return row
    for name in ADDED:
        setattr(child, name, getattr(row, name))
    return child
