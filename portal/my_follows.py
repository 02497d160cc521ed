"""What somebody asked to be told of, each with what stops it: for My page and the mail settings."""

from typing import TypedDict

from django.conf import settings

from collective.messages import addresses
from collective.models import Follow, Person
from policy_drafts.models import DraftFollow

MOST_ROWS = 50


class Follows(TypedDict):
    follows: list[tuple[Follow, str]]  # with the path that stops it
    drafts: list[DraftFollow]


def of(person: Person) -> Follows:
    """Of a call that they follow whole, that alone."""
    rows = person.follows.select_related("activity__call", "call", "person")[:MOST_ROWS]
    whole = {row.call_id for row in rows if row.call_id}
    shown = [row for row in rows if row.call_id or row.its_call_id not in whole]
    return {
        "follows": [(row, _path_to_stop(row)) for row in shown],
        "drafts": list(person.draft_follows.select_related("policy")[:MOST_ROWS]),
    }


def _path_to_stop(row: Follow) -> str:
    if row.call_id:
        return addresses.stop_news(row).removeprefix(settings.SITE_URL)
    return addresses.path_with_key("stop_following", row.pk, purpose="follow")
