"""Lists of a page that Google Docs wrote: all beside each other, their level in a class.

`lst-kix_abc-1` is a list of the second level; "start" among the classes says that it begins anew.
"""

import re

from lxml.html import HtmlElement

LEVEL = re.compile(r"lst-kix_\w+-(\d)")
LISTS = ("ul", "ol")


def nest(root: HtmlElement) -> None:
    """Put each list into the item to which it belongs, or let it go on in the list before it."""
    for made in list(root.iter(*LISTS)):
        level, before = _level(made), made.getprevious()
        if level is None or before is None or _level(before) is None:
            continue
        if (before.tail or "").strip():
            continue
        lists = _open_in(before)
        if len(lists) > level and _goes_on(lists[level], made):
            _move(made, lists[level])
        elif 0 < level <= len(lists):
            last = lists[level - 1][-1]
            made.tail = None
            last.append(made)


def _level(element: HtmlElement) -> int | None:
    """The level of a list of Google's, from 0; None for any other element."""
    found = LEVEL.search(element.get("class") or "") if element.tag in LISTS else None
    return int(found[1]) if found and len(element) else None


def _open_in(outer: HtmlElement) -> list[HtmlElement]:
    """The list, the one at the end of its last item, and so on."""
    found = [outer]
    while len(found[-1]) and len(found[-1][-1]) and found[-1][-1][-1].tag in LISTS:
        found.append(found[-1][-1][-1])
    return found


def _goes_on(before: HtmlElement, made: HtmlElement) -> bool:
    """Is it the same list, of which a part of another level stood between?"""
    were, are = ((row.get("class") or "").split() for row in (before, made))
    return before.tag == made.tag and "start" not in are and set(are) <= set(were)


def _move(made: HtmlElement, into: HtmlElement) -> None:
    for item in list(made):
        into.append(item)
    parent = made.getparent()
    if parent is not None:
        parent.remove(made)
