"""Conversations that are open with certain people, for pages that lead there."""

from typing import Any

from django.db.models import QuerySet

from collective.models.person import Visitor
from events.models import ConversationSeries

SHOWN = ("slug", "title", "state", "opens_at", "ends_at")
NAMED = ("host__name", "host__email", "host__forgotten_at")


def with_hosts(
    visitor: Visitor, hosts: QuerySet[Any], calls: QuerySet[Any]
) -> list[ConversationSeries]:
    """Series that this visitor may book now: of these calls, with one of these people as host.

    Both are given by their keys.
    """
    visible = ConversationSeries.objects.visible_to(visitor).select_related("host")
    found = visible.filter(host__in=hosts, call__in=calls, call__finished_at=None)
    return [row for row in found.only(*SHOWN, *NAMED) if row.is_open]
