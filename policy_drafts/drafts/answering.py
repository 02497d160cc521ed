"""How a reader can answer a draft: the conversations that are open with those who write it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from collective.models import Activity
from collective.models.person import Visitor
from policy_drafts.models import Policy

AsksTalks = Callable[[Visitor, QuerySet[Any], QuerySet[Any]], Iterable[Activity]]
_asks_talks: list[AsksTalks] = []


def register_talks(asks: AsksTalks) -> None:
    """Add `asks(visitor, hosts, calls)`: open conversations with one of these people, by keys.

    Only whoever keeps conversations knows them, and stands beside policies.
    """
    _asks_talks.append(asks)


def talks_about(policy: Policy, visitor: Visitor) -> list[Activity]:
    """Conversations with its leads that this visitor may book, in the calls about this policy."""
    leads, calls = policy.roles.writing().values("person"), policy.rounds.values("call")
    return [row for asks in _asks_talks for row in asks(visitor, leads, calls)]
