"""What must always hold of everything: each app's rules, asked of the database."""

from collective.background import invariants as of_people
from collective.background.invariants import Broken
from events.conversations import invariants as of_conversations
from events.sessions import invariants as of_places
from payments import invariants as of_payments
from policy_drafts import invariants as of_policies

PARTS = (of_people, of_places, of_conversations, of_payments, of_policies)


def broken() -> Broken:
    """[(what must hold, keys of rows for which it does not)]; empty if all is well."""
    return [row for part in PARTS for row in part.broken()]
