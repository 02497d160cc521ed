"""Two writers' changes of one section in one text, paragraph by paragraph.

What both changed stands there twice.
"""

from dataclasses import dataclass, field

from lxml.html import HtmlElement

from policy_drafts.text import blocks, markup
from policy_drafts.text.word_diffs import Both, both

HOLDS_PARTS = {"ul", "ol", "dl", "blockquote"}


@dataclass
class Combined:
    """`html` is clean; `both` holds (theirs, mine) texts of what both changed: the writer chooses.

    `reordered`: both moved parts; they stand in the others' order.
    """

    html: str = ""
    both: list[tuple[str, str]] = field(default_factory=list)
    reordered: bool = False

    @property
    def doubled(self) -> list[Both]:
        """Both texts of each, whole, the words that differ marked for the eyes."""
        return [both(theirs, mine) for theirs, mine in self.both]


class Part:
    """A paragraph, list or table, or an item of a list: its element, HTML without uids, words."""

    def __init__(self, element: HtmlElement) -> None:
        element.tail = None
        self.element, self.tag = element, markup.tag_of(element)
        self.html = markup.without_marks(markup.html_of(element))
        self.text = " ".join(blocks.text_of(leaf) for leaf in blocks.leaves(element))


Parts = dict[str, Part]  # by key, in order


def combine(base: str, mine: str, theirs: str) -> Combined:
    """Theirs with what I changed, added, moved or took out.

    All three are stored HTML whose uids go back to `base`.
    """
    result = Combined()
    html = _combine_inside(result, markup.tree(base), markup.tree(mine), markup.tree(theirs))
    result.html = markup.cleaned(html)
    return result


def _combine_inside(
    result: Combined, base: HtmlElement, mine: HtmlElement, theirs: HtmlElement
) -> str:
    """The HTML of what stands in three elements, part by part."""
    places = _places(base)
    was = _parts(base, places, "base")
    my, their = _parts(mine, places, "mine"), _parts(theirs, places, "theirs")
    order = _order(their, my)
    if _is_moved(was, my) and _is_moved(was, their):
        result.reordered = True
    elif _is_moved(was, my):
        order = _order(my, their)
    return "".join(_choose(result, was.get(key), my.get(key), their.get(key)) for key in order)


def _places(parent: HtmlElement) -> dict[str, str]:
    """{uid of a block: uid of the first block in its part}"""
    found: dict[str, str] = {}
    for element in parent:
        if uids := _uids(element):
            found |= dict.fromkeys(uids, uids[0])
    return found


def _uids(element: HtmlElement) -> list[str]:
    return [leaf.get("data-block", "") for leaf in blocks.leaves(element)]


def _parts(parent: HtmlElement, places: dict[str, str], whose: str) -> Parts:
    """{key: Part} of what stands in an element, in order.

    The key is the one of the part of the base (`places`) of which its first known block comes; what
    is new has one of its own (`whose`).
    """
    found: Parts = {}
    for number, element in enumerate(parent):
        known = (places[uid] for uid in _uids(element) if uid in places)
        key = next((key for key in known if key not in found), f"{whose} {number}")
        found[key] = Part(element)
    return found


def _is_moved(base: Parts, one: Parts) -> bool:
    """Do the parts that it shares with the base stand in another order?"""
    return [key for key in one if key in base] != [key for key in base if key in one]


def _order(first: Parts, second: Parts) -> list[str]:
    """All keys in the first text's order; what only the second has stands behind its neighbour."""
    order = list(first)
    before: str | None = None
    for key in second:
        if key not in first:
            order.insert(order.index(before) + 1 if before else 0, key)
        before = key
    return order


def _choose(result: Combined, was: Part | None, mine: Part | None, theirs: Part | None) -> str:
    """The HTML for one place; "" if it goes.

    What both changed is kept twice, theirs first; lists item by item.
    """
    if was is None or mine is None or theirs is None:
        return _choose_one(result, was, mine, theirs)
    if mine.html in (was.html, theirs.html):
        return theirs.html
    if theirs.html == was.html:
        return mine.html
    if was.tag == mine.tag == theirs.tag and was.tag in HOLDS_PARTS:
        inside = _combine_inside(result, was.element, mine.element, theirs.element)
        return f"<{was.tag}{_start(theirs)}>{inside}</{was.tag}>"
    result.both.append((theirs.text, mine.text))
    return theirs.html + mine.html


def _start(part: Part) -> str:
    """The attribute with which a list begins at another number than 1, or ""."""
    start = part.element.get("start")
    return f' start="{start}"' if start else ""


def _choose_one(result: Combined, was: Part | None, mine: Part | None, theirs: Part | None) -> str:
    """What is new, or what one took out: that stays only where the other changed it."""
    left = mine or theirs
    if left is None or (was is not None and left.html == was.html):
        return ""
    if was is not None:
        result.both.append((theirs.text if theirs else "", mine.text if mine else ""))
    return left.html
