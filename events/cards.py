"""The ways to take part as cards, with the reader's own state.

Sessions come with their places, conversations with their times, and each with what the reader is
offered for it.
"""

from django.db.models import Exists, OuterRef, QuerySet

from collective.models import Activity
from collective.models.person import Visitor
from events.models import Conversation, Registration, Session, Slot
from events.models.session import counts
from payments.owing import offered

ADDED = ("held", "waiting", "is_followed", "has_free_times", "is_mine")


def with_children(activities: QuerySet[Activity], person: Visitor) -> list[Activity]:
    """A list of these activities, each as what it is (a Session, a ConversationSeries).

    Each has its counts, whether there are free times, the person's own state, and what they are
    offered. A page of cards asks as many queries as one card, however many people signed up.
    """
    booked = Conversation.objects.visible_to(person).upcoming().filter(series=OuterRef("pk"))
    free = Slot.objects.free_to(person).filter(series=OuterRef("pk"))
    # Meta.ordering does not reach a query that counts
    in_order = activities.order_by("position", "starts_at", "title")
    rows = in_order.select_related("call", "session", "conversationseries__host").annotate(
        **counts("session__registrations"),
        has_free_times=Exists(free),
        is_mine=Exists(booked),
    )
    cards = [_as_child(row) for row in rows]
    _add_what_is_theirs(cards, person)
    return cards


def _add_what_is_theirs(cards: list[Activity], person: Visitor) -> None:
    """Each card gets `my_state`, "" for none, and `offered`: by their booking if there is one."""
    to_each = offered.to_each(person, cards)
    theirs = Registration.objects.visible_to(person).live().select_related("payment")
    of_cards = theirs.filter(session__in=[card.pk for card in cards])
    mine = {row.session_id: row for row in of_cards}
    for card in cards:
        row = mine.get(card.pk)
        if row and isinstance(card, Session):
            row.session = card
        card.my_state = row.state if row else ""  # type: ignore[attr-defined]
        card.offered = offered.of(row) if row else to_each[card]  # type: ignore[attr-defined]


def _as_child(row: Activity) -> Activity:
    """The row as what it is, with what was asked for beside it."""
    child = getattr(row, "session", None) or getattr(row, "conversationseries", None)
    if child is None:
        return row
    child.call = row.call
    for name in ADDED:
        setattr(child, name, getattr(row, name))
    return child
