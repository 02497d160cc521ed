"""Where a point stands in its lists, which no word of it says: how deep, with a number or not."""

from collections.abc import Mapping
from typing import NamedTuple

from policy_drafts.text import markup


class ListPlace(NamedTuple):
    """How many lists are around a point, of what kind the innermost is, and how that begins."""

    depth: int
    tag: str
    start: str  # said at the first point of a numbered list alone


def said(before: str, now: str) -> Mapping[str, str]:
    """{uid: what is different} of the points that stand otherwise in the stored HTML of now."""
    if before == now or "<li" not in before or "<li" not in now:
        return {}
    were = _places(before)
    found = {}
    for uid, place in _places(now).items():
        if (was := were.get(uid)) and was != place:
            found[uid] = _difference(was, place)
    return found


def _difference(was: ListPlace, now: ListPlace) -> str:
    if was.depth != now.depth:
        return "at another level of its list"
    if was.tag != now.tag:
        return "with a number now" if now.tag == "ol" else "with no number now"
    return "with another number"


def _places(html: str) -> dict[str, ListPlace]:
    found = {}
    for item in markup.tree(html).iter("li"):
        around = list(item.iterancestors("ul", "ol"))
        if not around:
            continue
        is_first = item.getprevious() is None and around[0].tag == "ol"
        start = (around[0].get("start") or "1") if is_first else ""
        for element in item:
            if uid := element.get("data-block"):
                found[uid] = ListPlace(len(around), markup.tag_of(around[0]), start)
    return found
