"""Two writers' changes of one section in one text, paragraph by paragraph; what both changed stands
there twice.
"""

from dataclasses import dataclass, field
from typing import Self

import lxml.html
from django.utils.safestring import SafeString

from policy_drafts.models.section import SectionState
from policy_drafts.text import blocks, diffs, markup

HOLDS_PARTS = {"ul", "ol", "dl", "blockquote"}


@dataclass
class Combined:
    """`html` is clean; `both` holds (theirs, mine) texts of what both changed: the writer chooses.

    `reordered`: both moved parts; they stand in the others' order.
    """

    html: str = ""
    both: list = field(default_factory=list)
    reordered: bool = False

    @property
    def doubled(self) -> list[SafeString]:
        """[both texts in one, by word]"""
        return [diffs.words_html(theirs, mine) for theirs, mine in self.both]


@dataclass
class Values:
    """Title, state and notes of a section: what the writers have besides the text."""

    title: str
    state: str
    notes: str

    @property
    def state_name(self) -> str:
        return dict(SectionState.choices).get(self.state, self.state)

    @classmethod
    def of(cls, row) -> Self:
        return cls(row.title, row.state, row.notes or "")

    @classmethod
    def typed(cls, values) -> Self:
        return cls(values["title"].strip(), values["state"], values.get("notes") or "")


def combine_values(base, mine, theirs) -> Values:
    """Each as whoever changed it; where both did, mine, and of notes both, theirs first."""
    found = {}
    for name in ("title", "state", "notes"):
        was, my, their = (getattr(row, name) for row in (base, mine, theirs))
        found[name] = their if my == was else my
        if name == "notes" and was not in (my, their) and my != their:
            found[name] = f"{their}\n\n{my}"
    return Values(**found)


class Part:
    """A paragraph, list, table or the like, or an item of a list: its element, HTML without uids,
    and words.
    """

    def __init__(self, element) -> None:
        element.tail = None
        self.element, self.tag = element, element.tag
        self.html = markup.without_marks(lxml.html.tostring(element, encoding="unicode"))
        self.text = " ".join(blocks.text_of(leaf) for leaf in blocks.leaves(element))


def _uids(element):
    return [leaf.get("data-block") for leaf in blocks.leaves(element)]


def _parts(parent, places: int, whose: str):
    """{key: Part} of what stands in an element, in order.

    The key is the one of the part of the base (`places`) of which its first known block comes; what
    is new has one of its own (`whose`).
    """
    found = {}
    for number, element in enumerate(parent):
        known = [
            places[uid] for uid in _uids(element) if uid in places and places[uid] not in found
        ]
        found[known[0] if known else f"{whose} {number}"] = Part(element)
    return found


def _places(parent):
    """{uid of a block: uid of the first block in its part}"""
    found = {}
    for element in parent:
        if uids := _uids(element):
            found |= dict.fromkeys(uids, uids[0])
    return found


def combine(base, mine, theirs) -> Combined:
    """Theirs with what I changed, added, moved or took out; all three are stored HTML whose uids go
    back to `base`.
    """
    result = Combined()
    result.html = markup.cleaned(
        _inside(result, markup.tree(base), markup.tree(mine), markup.tree(theirs))
    )
    return result


def _inside(result: Combined, base, mine, theirs) -> str:
    """The HTML of what stands in three elements, part by part."""
    places = _places(base)
    base, mine, theirs = (
        _parts(base, places, "base"),
        _parts(mine, places, "mine"),
        _parts(theirs, places, "theirs"),
    )
    order = _order(theirs, mine)
    if _moved(base, mine) and _moved(base, theirs):
        result.reordered = True
    elif _moved(base, mine):
        order = _order(mine, theirs)
    return "".join(_choose(result, base.get(key), mine.get(key), theirs.get(key)) for key in order)


def _moved(base, one) -> bool:
    """Do the parts that it shares with the base stand in another order?"""
    return [key for key in one if key in base] != [key for key in base if key in one]


def _order(first, second):
    """All keys: the first text's order, and what only the second has behind what stands before it
    there.
    """
    order, before = list(first), None
    for key in second:
        if key not in first:
            order.insert(order.index(before) + 1 if before else 0, key)
        before = key
    return order


def _choose(result, was, mine, there):
    """The HTML for one place; "" if it goes.

    What both changed is kept twice, theirs first; lists item by item.
    """
    if was is None or not (mine and there):
        return _of_one(result, was, mine, there)
    if mine.html in (was.html, there.html):
        return there.html
    if there.html == was.html:
        return mine.html
    if was.tag == mine.tag == there.tag and was.tag in HOLDS_PARTS:
        start = f' start="{there.element.get("start")}"' if there.element.get("start") else ""
        inside = _inside(result, was.element, mine.element, there.element)
        return f"<{was.tag}{start}>{inside}</{was.tag}>"
    result.both.append((there.text, mine.text))
    return there.html + mine.html


def _of_one(result, was, mine, there):
    """What is new, or what one took out: it stays only where the other changed it."""
    left = mine or there
    if was is not None and left.html == was.html:
        return ""
    if was is not None:
        result.both.append((there.text if there else "", mine.text if mine else ""))
    return left.html
