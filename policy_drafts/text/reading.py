"""A policy's text for reading: an address for each block, tables that scroll, links to itself."""

from copy import deepcopy
from functools import lru_cache

import lxml.html
from django.utils.safestring import SafeString, mark_safe
from lxml.html import HtmlElement

from policy_drafts.text import directions, markup, tables

REMEMBERED = 50_000  # characters of a section up to which its page is kept in memory


def for_reading(html: str) -> SafeString:
    """The HTML with an address (`id`) for each block, and tables that scroll by keyboard.

    A text in Arabic or Hebrew says that it is read from right to left.
    """
    return _remembered(html) if len(html) < REMEMBERED else _for_reading(html)


@lru_cache(maxsize=500)  # a published section never changes, and is read often
def _remembered(html: str) -> SafeString:
    return _for_reading(html)


def _for_reading(html: str) -> SafeString:
    root = markup.tree(markup.safe(html))
    tables.tidy(root)
    directions.mark(root)
    for element in root.iter():
        uid = element.attrib.pop("data-block", None)
        element.attrib.pop("data-from", None)
        if uid:
            element.set("id", f"b-{uid}")
    for table in list(root.iter("table")):
        _make_scrollable(table)
    return mark_safe(markup.inner(root))


def with_links(html: str) -> SafeString:
    """The HTML of a page for reading, with a link at the end of each block that has an address."""
    root = markup.tree(html)
    for element in list(root.iter()):
        if (address := element.get("id")) and element.tag != "img":
            element.append(_link_to(address, _words(element)[:40]))
    return mark_safe(markup.inner(root))


def _link_to(address: str, words: str) -> HtmlElement:
    attributes = {
        "href": f"?links=1#{address}",
        "class": "permalink",
        "aria-label": f"Link to: {words}",
    }
    link = lxml.html.Element("a", attributes)
    link.text = "#"
    return link


def _make_scrollable(table: HtmlElement) -> None:
    """Put a table in a frame that scrolls by keyboard (WCAG 2.2, 2.1.1)."""
    parent = table.getparent()
    if parent is None:
        return
    first_row = next((row for row in table.iter("tr")), table)
    name = ", ".join(words for cell in first_row if (words := _words(cell)))
    label = f"Table: {name[:80]}" if name else "Table"
    attributes = {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": label}
    frame = lxml.html.Element("div", attributes)
    copy = deepcopy(table)
    frame.tail, copy.tail = table.tail, None
    parent.replace(table, frame)
    frame.append(copy)


def _words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
