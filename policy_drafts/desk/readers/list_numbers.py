"""Lists that begin where they began in the file, by the number that each item brings along."""

import re

import lxml.html
from lxml.html import HtmlElement

MARK = re.compile(r"in-file-n(\d+)")


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
