"""The markup of a policy's text: what may stand in it, cleaned on input and again when it is shown.

Whatever comes (the editor, Word, Google Docs, a web page, a script kiddie) ends as the same few
tags.
"""

import re
from copy import deepcopy
from functools import lru_cache

import lxml.html
import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from nh3 import Cleaner

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [3, 4]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "Blockquote": True,
    "HardBreak": True,
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
}
TAGS = {
    "p",
    "br",
    "strong",
    "em",
    "ul",
    "ol",
    "li",
    "h3",
    "h4",
    "a",
    "blockquote",
    "dl",
    "dt",
    "dd",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "figure",
    "figcaption",
    "img",
    "details",
    "summary",
}
SAME = {
    "b": "strong",
    "i": "em",
    "h1": "h3",
    "h2": "h3",
    "h5": "h4",
    "h6": "h4",
    "div": "p",
    "cite": "em",
}
PICTURE = re.compile(r"/policies/pictures/[0-9a-f-]{36}/")
ATTRIBUTES = {
    "a": {"href"},
    "ol": {"start"},
    "img": {"src", "alt"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}
GOES_WITH_ALL = {
    "script",
    "style",
    "template",
    "iframe",
    "object",
    "embed",
    "svg",
    "math",
    "noscript",
    "title",
    "head",
}
HOLDS_BLOCKS = {"li", "blockquote", "dd", "td", "th", "article", "details", "figure"}
HOLDS_ITEMS = {"ul": "li", "ol": "li", "dl": "dd"}
ONE_TEXT = ("h3", "h4", "p", "dt", "figcaption", "summary")  # what holds no block
REMEMBERED = 50_000  # characters of a section up to which its page is kept in memory
DEEPEST = 100  # elements inside each other; a deeper text keeps its words and loses its form
IS_BLOCK = {
    "p",
    "ul",
    "ol",
    "li",
    "h3",
    "h4",
    "blockquote",
    "dl",
    "dt",
    "dd",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "figure",
    "figcaption",
    "details",
    "summary",
}
MARKS = ("data-block", "data-from")


def _cleaner(*, marks=(), more=frozenset()) -> Cleaner:
    """A cleaner for our tags, with uids or without; `more` tags come in and are turned into
    ours.
    """
    attributes = {tag: {*ATTRIBUTES.get(tag, ()), *marks} for tag in TAGS}
    return nh3.Cleaner(
        tags=TAGS | more,
        attributes=attributes,
        clean_content_tags=GOES_WITH_ALL,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        attribute_filter=_only_ours,
    )


def _only_ours(tag, attribute, value):
    """Pictures are ours, spans of cells are numbers, marks are uids."""
    if (tag, attribute) == ("img", "src"):
        return value if PICTURE.fullmatch(value) else None
    if attribute in {"colspan", "rowspan", "start"}:
        return value if value.isdecimal() and 0 < int(value) < 1000 else None
    if attribute == "scope":
        return value if value in {"row", "col"} else None
    if attribute in MARKS:
        return value if re.fullmatch(r"[0-9a-f-]{36}", value) else None
    return value


_words_alone = nh3.Cleaner(tags={"p", "br", "h3", "h4"}, attributes={})
_input, _output, _from_elsewhere = _cleaner(), _cleaner(marks=MARKS), _cleaner(more=frozenset(SAME))


def tree(html: str):
    """An <article> that holds the HTML, which must be clean."""
    parser = lxml.html.HTMLParser(
        huge_tree=True
    )  # else libxml2 stops at 256 elements inside each other
    return lxml.html.fragment_fromstring(html or "", create_parent="article", parser=parser)


def _is_too_deep(html: str) -> bool:
    depth = deepest = 0
    for end, tag in re.findall(r"<(/?)([a-z0-9]+)", html):
        if tag not in {"br", "img"}:
            depth += -1 if end else 1
            deepest = max(depth, deepest)
    return deepest > DEEPEST


def inner(element):
    """The HTML that stands inside an element."""
    text = (element.text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text + "".join(lxml.html.tostring(child, encoding="unicode") for child in element)


def cleaned(html: str) -> str:
    """The HTML with nothing but what is allowed, in one shape: every text stands in a paragraph,
    heading or the like.

    Uids (`data-block`) that come along are dropped: they belong to the server.
    """
    html = _from_elsewhere.clean(without_nulls(html or ""))
    if _is_too_deep(html):
        html = _words_alone.clean(html)
    root = tree(html)
    for element in list(root.iter(*SAME)):
        _renamed(element, SAME[element.tag])
    for image in list(root.iter("img")):
        if not image.get("src"):
            image.drop_tree()
    for link in list(root.iter("a")):
        if not link.get("href"):  # an address that may not stand here was taken out: the words stay
            link.drop_tag()
    _in_paragraphs(root)
    _without_inner_blocks(root)
    _drop_empty(root)
    _drop_space(root)
    return _input.clean(inner(root))


def without_nulls(html: str) -> str:
    """PostgreSQL stores no NUL, and other control characters are no text."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", html)


def _renamed(element, tag: str) -> None:
    if tag == "p" and any(child.tag in IS_BLOCK or child.tag in SAME for child in element):
        element.drop_tag()  # a <div> around blocks is no paragraph
    else:
        element.tag = tag


def _in_paragraphs(parent) -> None:
    """Wrap loose text and inline elements of what holds blocks into paragraphs."""
    for child in list(parent):
        _in_paragraphs(child)
    if parent.tag not in HOLDS_BLOCKS and parent.tag not in HOLDS_ITEMS:
        return
    children, text = list(parent), parent.text
    for child in children:
        parent.remove(child)
    parent.text, loose = None, None
    for piece, tail in [(None, text), *((child, child.tail) for child in children)]:
        if piece is not None:
            piece.tail = None
            if piece.tag in IS_BLOCK or (piece.tag == "img" and parent.tag not in HOLDS_ITEMS):
                parent.append(piece)
                loose = None
            else:
                loose = _paragraph(parent) if loose is None else loose
                loose.append(piece)
        if tail and (tail.strip() or loose is not None):
            loose = _paragraph(parent) if loose is None else loose
            if len(loose):
                loose[-1].tail = (loose[-1].tail or "") + tail
            else:
                loose.text = (loose.text or "") + tail


def _paragraph(parent):
    made = lxml.html.Element("p")
    if item := HOLDS_ITEMS.get(parent.tag):
        parent.append(lxml.html.Element(item))
        parent[-1].append(made)
    else:
        parent.append(made)
    return made


def _without_inner_blocks(root) -> None:
    """A heading, term or caption holds one text: paragraphs in it become its lines."""
    for element in root.iter(*ONE_TEXT):
        for inner in [row for row in element.iterdescendants() if row.tag in IS_BLOCK]:
            if inner.getprevious() is not None or (inner.getparent().text or "").strip():
                inner.addprevious(lxml.html.Element("br"))
            after = inner.getnext()
            if (inner.tail or "").strip() or (after is not None and after.tag not in IS_BLOCK):
                inner.append(lxml.html.Element("br"))
            inner.drop_tag()


def _drop_empty(root) -> None:
    """Paragraphs and headings without a word: Word uses them as space.

    Cells and items keep their place.
    """
    for element in list(
        root.iter("p", "h3", "h4", "dt", "figcaption", "figure", "blockquote", "ul", "ol", "dl")
    ):
        if not element.text_content().strip() and element.find(".//img") is None:
            element.drop_tree()
    for element in root.iter("p", "h3", "h4", "dt"):
        while len(element) and element[-1].tag == "br" and not (element[-1].tail or "").strip():
            element.remove(element[-1])


def _drop_space(root) -> None:
    """Space between items, rows and cells: one shape, whoever wrote it."""
    for element in root.iter(
        "ul", "ol", "dl", "table", "thead", "tbody", "tr", "figure", "details"
    ):
        if not (element.text or "").strip():
            element.text = None
        for child in element:
            if not (child.tail or "").strip():
                child.tail = None


def pictures_in(html: str):
    """{key of a picture: the words for who cannot see it}, in order."""
    root = tree(_input.clean(html or ""))
    return {
        image.get("src").split("/")[-2]: image.get("alt") or ""
        for image in root.iter("img")
        if image.get("src")
    }


def with_words(html: str, words: str):
    """The HTML, its pictures described anew: {key of a picture: the words for who cannot see
    it}.
    """
    if not words:
        return html
    root = tree(cleaned(html))
    for image in root.iter("img"):
        key = image.get("src").split("/")[-2]
        if key in words:
            image.set("alt", words[key])
    return inner(root)


def safe(html: str) -> SafeString:
    """The HTML, cleaned once more and safe to show, with its uids."""
    return mark_safe(_output.clean(html or ""))


def without_marks(html: str) -> str:
    """The HTML as the editor gets it: without uids."""
    return _input.clean(html or "")


def for_reading(html: str):
    """The HTML with an address for each block (`id`), and tables that scroll by keyboard when they
    are too wide.
    """
    return _for_reading(html) if len(html) < REMEMBERED else _for_reading.__wrapped__(html)


@lru_cache(maxsize=500)  # a published section never changes, and is read often
def _for_reading(html: str):
    root = tree(_output.clean(html))
    for element in root.iter():
        uid = element.attrib.pop("data-block", None)
        element.attrib.pop("data-from", None)
        if uid:
            element.set("id", f"b-{uid}")
    for table in list(root.iter("table")):
        _scrollable(table)
    return mark_safe(inner(root))


def with_links(html: str):
    """The HTML of a page for reading, with a link to itself at the end of each block that has an
    address.
    """
    root = tree(html)
    for element in list(root.iter()):
        if (address := element.get("id")) and element.tag != "img":
            text = " ".join(element.text_content().split())[:40]
            link = lxml.html.Element(
                "a",
                {
                    "href": f"?links=1#{address}",
                    "class": "permalink",
                    "aria-label": f"Link to: {text}",
                },
            )
            link.text = "#"
            element.append(link)
    return mark_safe(inner(root))


def _scrollable(table) -> None:
    """WCAG 2.2, 2.1.1: what scrolls can be scrolled by keyboard."""
    first = next((row for row in table.iter("tr")), table)
    name = ", ".join(words for cell in first if (words := " ".join(cell.text_content().split())))
    label = f"Table: {name[:80]}" if name else "Table"
    frame = lxml.html.Element(
        "div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": label}
    )
    frame.tail, copy = table.tail, deepcopy(table)
    copy.tail = None
    table.getparent().replace(table, frame)
    frame.append(copy)


def figure(picture, alternative_text, long_description) -> str:
    """The HTML of a picture with its words."""
    caption = "<br>".join(
        escape(line) for line in long_description.strip().splitlines() if line.strip()
    )
    caption = f"<figcaption>{caption}</figcaption>" if caption else ""
    return (
        f'<figure><img src="{picture.get_absolute_url()}" '
        f'alt="{escape(alternative_text)}">{caption}</figure>'
    )


def ours(config, shared) -> None:
    """What django-prose-editor asks of an extension: its tags. We clean by our own list."""
    shared["tags"].update({"dl", "dt", "dd"})
