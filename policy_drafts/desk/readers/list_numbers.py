"""Lists that begin where they began in the file, by the number that each item brings along."""

import re

import lxml.html
from lxml.html import HtmlElement

LISTS = ("ul", "ol")
GOES_ON = re.compile(r"in-file-goes-on-(\d)")
MARK = re.compile(r"in-file-n(\d+)")


def join(root: HtmlElement) -> None:
    """Put a paragraph that goes on with an item into it, and what of its list stands behind."""
    for paragraph in list(root.iter("p")):
        found = GOES_ON.fullmatch(paragraph.get("class") or "")
        made = paragraph.getprevious()
        if found is None or made is None or made.tag not in LISTS or len(made) == 0:
            continue
        _last_item(made, int(found[1])).append(paragraph)
        following = made.getnext()
        if following is not None and _goes_on(made, following):
            made.extend(list(following))
            following.drop_tree()


def _last_item(made: HtmlElement, depth: int) -> HtmlElement:
    """The item that stands last, at most so deep."""
    item = made[-1]
    inner = item[-1] if len(item) else None
    if depth > 1 and inner is not None and inner.tag in LISTS and len(inner):
        return _last_item(inner, depth - 1)
    return item


def _goes_on(made: HtmlElement, following: HtmlElement) -> bool:
    """Is it the rest of the list, by its kind and its number?"""
    number = int(made.get("start") or 1) + len(made)
    is_next = following.tag == "ul" or int(following.get("start") or 1) == number
    return following.tag == made.tag and is_next


def set_starts(root: HtmlElement) -> None:
    """Part each list where its numbers do not go on, and say where each part begins."""
    for made in list(root.iter("ol")):
        _part(made)


def _part(made: HtmlElement) -> None:
    current, expected = made, 0
    for place, item in enumerate(list(made)):
        number = _take_number(item) or expected or 1
        if place == 0:
            _start(made, number)
        elif number != expected:
            current = _after(current)
            _start(current, number)
        if current is not made:
            current.append(item)
        expected = number + 1


def _after(made: HtmlElement) -> HtmlElement:
    """A new list behind another."""
    parted = lxml.html.Element("ol")
    made.addnext(parted)
    return parted


def _start(made: HtmlElement, number: int) -> None:
    if number != 1:
        made.set("start", str(number))


def _take_number(item: HtmlElement) -> int | None:
    """The number of an item, whose mark goes."""
    for link in item.iter("a"):
        if next(link.iterancestors("li"), None) is not item:
            continue
        if found := MARK.fullmatch(link.get("id") or ""):
            link.drop_tag()
            return int(found[1])
    return None
