"""Each text in a paragraph of its own: what only frames texts goes, what stands loose gets one."""

import lxml.html
from lxml.html import HtmlElement

from policy_drafts.text import foreign

LISTS = {"ul", "ol", "li", "dl", "dt", "dd"}
TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
IS_BLOCK = {"p", "h3", "h4", "blockquote", "figure", "figcaption", "details", "summary"}
IS_BLOCK |= LISTS | TABLES
FRAMES = {"div", "hr", *foreign.CONTAINERS} - {"caption"}  # they part texts, and hold them
PARTS = IS_BLOCK | {"div", "h1", "h2", "h5", "h6", "pre"}
HOLDS_BLOCKS = {"div", "li", "blockquote", "dd", "td", "th", "article", "details", "figure"}
HOLDS_ITEMS = {"ul": "li", "ol": "li", "dl": "dd"}


def flatten(root: HtmlElement) -> None:
    """Take away what only frames texts; each loose text gets a paragraph of its own."""
    for frame in list(root.iterdescendants(*FRAMES)):
        frame.tag = "div"
    for element in _around_blocks(root):
        element.tag = "div"
    _in_paragraphs(root)
    for frame in list(root.iter("div")):
        frame.drop_tag()


def _around_blocks(root: HtmlElement) -> set[HtmlElement]:
    """The elements that mark words and stand around whole blocks."""
    found: set[HtmlElement] = set()
    for block in root.iter(*PARTS):
        parent = block.getparent()
        while parent is not None and parent.tag not in PARTS and parent is not root:
            found.add(parent)
            parent = parent.getparent()
    return found


def _in_paragraphs(parent: HtmlElement) -> None:
    """Wrap loose text and inline elements of what holds blocks into paragraphs."""
    for child in list(parent):
        _in_paragraphs(child)
    if parent.tag in HOLDS_BLOCKS or parent.tag in HOLDS_ITEMS:
        _refill(parent)


def _refill(parent: HtmlElement) -> None:
    """Take everything out and put it back: blocks as they are, what is loose in paragraphs."""
    text, pieces = parent.text, [(child, child.tail) for child in parent]
    for child, _ in pieces:
        parent.remove(child)
        child.tail = None
    parent.text = None
    loose = _put_text(parent, None, text)
    for child, tail in pieces:
        loose = _put_text(parent, _put(parent, loose, child), tail)


def _put(parent: HtmlElement, loose: HtmlElement | None, piece: HtmlElement) -> HtmlElement | None:
    """Append an element; returns the paragraph of loose pieces that is still open, or None."""
    if piece.tag in PARTS or (piece.tag == "img" and parent.tag not in HOLDS_ITEMS):
        parent.append(piece)
        return None
    loose = _paragraph(parent) if loose is None else loose
    loose.append(piece)
    return loose


def _put_text(
    parent: HtmlElement, loose: HtmlElement | None, text: str | None
) -> HtmlElement | None:
    """Append loose text; returns the paragraph that is still open, or None."""
    if not text or (loose is None and not text.strip()):
        return loose
    loose = _paragraph(parent) if loose is None else loose
    if len(loose):
        loose[-1].tail = (loose[-1].tail or "") + text
    else:
        loose.text = (loose.text or "") + text
    return loose


def _paragraph(parent: HtmlElement) -> HtmlElement:
    """A new paragraph at the end of the element, in an item of its own if that is a list."""
    made = lxml.html.Element("p")
    if language := parent.get("lang"):
        made.set("lang", language)
    if item := HOLDS_ITEMS.get(str(parent.tag)):
        parent.append(lxml.html.Element(item))
        parent[-1].append(made)
    else:
        parent.append(made)
    return made
