"""The markup of a policy's text: what may stand in it, cleaned on input and again when it is shown.

Whatever comes (from the editor, Word, Google Docs, a web page or an attacker) ends as the same few
tags.
"""

import re
from collections.abc import Iterable
from typing import Any

import lxml.html
import nh3
from django.utils.safestring import SafeString, mark_safe
from lxml.html import HtmlElement
from nh3 import Cleaner

from collective.typed.signs import OF_WORDS_TYPEFACES
from policy_drafts.text import foreign, languages, paragraphs, tables, white_space
from policy_drafts.text.limits import is_too_deep
from policy_drafts.text.paragraphs import FRAMES, IS_BLOCK
from policy_drafts.text.tags import ONE_TEXT

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
TAGS = IS_BLOCK | {"br", "strong", "em", "a", "img"}
SAME = {
    "b": "strong",
    "i": "em",
    "h1": "h3",
    "h2": "h3",
    "h5": "h4",
    "h6": "h4",
    "cite": "em",
    "caption": "p",
}
PICTURE = re.compile(r"/policies/pictures/[0-9a-f-]{36}/")
UID = re.compile(r"[0-9a-f-]{36}")
ATTRIBUTES = {
    "a": {"href"},
    "ol": {"start"},
    "img": {"src", "alt"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}
LINE_BREAKS = re.compile("[\x0b\x0c]")  # of Word, and of a page
# control characters, halves of a sign, what stands for no sign (Unicode, Noncharacter), and what
# turns the letters after it round, so that a text says something else than it shows
NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202d\u202e]")
GOES_WITH_ALL = foreign.PROGRAMS | {"noscript", "head"}
GOES_EMPTY = ("p", "h3", "h4", "dt", "figcaption", "figure", "blockquote", "ul", "ol", "dl")
NO_SPACE = ("ul", "ol", "dl", "table", "thead", "tbody", "tr", "figure", "details")
MARKS = ("data-block", "data-from")


def _cleaner(*, marks: Iterable[str] = (), more: Iterable[str] = ()) -> Cleaner:
    """A cleaner for our tags, with uids or without; `more` tags come in to be turned into ours."""
    attributes = {tag: {*ATTRIBUTES.get(tag, ()), "lang", *marks} for tag in TAGS}
    attributes |= {tag: {"lang"} for tag in more}
    return nh3.Cleaner(
        tags=TAGS.union(more),
        attributes=attributes,
        clean_content_tags=GOES_WITH_ALL,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        attribute_filter=_only_ours,
    )


def _only_ours(tag: str, attribute: str, value: str) -> str | None:
    """The value, or None where it may not stand: foreign pictures, odd spans, what is no uid."""
    if (tag, attribute) == ("img", "src"):
        return value if PICTURE.fullmatch(value) else None
    if attribute in {"colspan", "rowspan"}:
        return str(tables.read_span(value))
    if attribute == "start":
        return value if value.isdecimal() and 0 < int(value) < 1000 else None
    if attribute == "scope":
        return value if value in {"row", "col"} else None
    if attribute == "lang":
        return languages.tidy(value) if tag in ONE_TEXT else value
    if attribute in MARKS:
        return value if UID.fullmatch(value) else None
    return value


_words_alone = nh3.Cleaner(tags={"p", "br", "h3", "h4"}, attributes={})
_input, _output = _cleaner(), _cleaner(marks=MARKS)
_from_elsewhere = _cleaner(more={*SAME, *FRAMES})
_from_elsewhere_with_marks = _cleaner(marks=MARKS, more={*SAME, *FRAMES})


def tree(html: str) -> HtmlElement:
    """An <article> that holds the HTML: clean, or as a library wrote it."""
    # without huge_tree libxml2 stops at 256 elements inside each other
    parser = lxml.html.HTMLParser(huge_tree=True)
    return lxml.html.fragment_fromstring(html or "", create_parent="article", parser=parser)


def tag_of(element: HtmlElement) -> str:
    """The name of an element's tag."""
    return str(element.tag)


def html_of(element: HtmlElement) -> str:
    """The HTML of an element, with the text that follows it."""
    return lxml.html.tostring(element, encoding="unicode")


def inner(element: HtmlElement) -> str:
    """The HTML that stands inside an element."""
    text = (element.text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text + "".join(html_of(child) for child in element)


def cleaned(html: str) -> str:
    """The HTML with nothing but what is allowed, in one shape: every text stands in a block.

    Uids (`data-block`) that come along are dropped: they belong to the server.
    """
    return _cleaned(html, _from_elsewhere, _input)


def cleaned_with_marks(html: str) -> str:
    """The same, with the uids that a reader of a file gave, so that links lead to blocks."""
    return _cleaned(html, _from_elsewhere_with_marks, _output)


def _cleaned(html: str, first: Cleaner, last: Cleaner) -> str:
    html = _made_plain(without_nulls(html or ""))
    html = without_nulls(first.clean(html))
    if is_too_deep(html):  # it keeps its words and loses its form
        html = _words_alone.clean(html)
    root = tree(html)
    _drop_hollow(root)
    says_languages = ' lang="' in html
    if says_languages:
        languages.spread(root)
    paragraphs.flatten(root)
    _rename(root)
    _without_inner_blocks(root)
    for element in root.iter(*ONE_TEXT):
        white_space.fold(element)
    _drop_empty(root)
    _order_marks(root)
    _drop_space(root)
    tables.tidy(root)
    if says_languages:
        languages.settle(root)
    return last.clean(inner(root))


def safe(html: str) -> SafeString:
    """The HTML, cleaned once more and safe to show, with its uids."""
    return mark_safe(_output.clean(html or ""))


def without_marks(html: str) -> str:
    """The HTML as the editor gets it: without uids."""
    return _input.clean(html or "")


def without_nulls(html: str) -> str:
    """The text without what is no text: PostgreSQL stores no NUL, XML no control character.

    Nor does XML have U+FFFE and U+FFFF. A line break of Word or a page break is a space. A sign
    that only a typeface of Word's draws becomes one that every typeface has.
    """
    return NO_TEXT.sub("", LINE_BREAKS.sub(" ", html)).translate(OF_WORDS_TYPEFACES)


def words_alone(html: str) -> str:
    """HTML that is too deep, with its words and no form."""
    return _words_alone.clean(html)


def _made_plain(html: str) -> str:
    """HTML from elsewhere with what its styles say in tags, as far as it needs it.

    What nobody would see goes unsaid here: a reader of files, or the editor as it is pasted, has
    named it. It never comes back as plain words, which would say what was struck out or hidden.
    """
    if not foreign.needs_it(html) or is_too_deep(html):
        return html
    root = foreign.read(html)
    foreign.make_plain(root)
    return inner(root)


def _rename(root: HtmlElement) -> None:
    """Call by our names what others call otherwise."""
    for element in list(root.iter(*SAME)):
        element.tag = SAME[tag_of(element)]


def _order_marks(root: HtmlElement) -> None:
    """Mark bold and italic words once, in one order, as the editor does."""
    for element in list(root.iter("em", "strong")):
        if next(element.iterancestors(tag_of(element)), None) is not None:
            element.drop_tag()
    for element in root.iter("em"):
        is_strong = len(element) == 1 and element[0].tag == "strong"
        if is_strong and not (element.text or element[0].tail):
            element.tag, element[0].tag = "strong", "em"


def _drop_hollow(root: HtmlElement) -> None:
    """Drop pictures and links whose address may not stand here; the words of a link stay."""
    for image in list(root.iter("img")):
        if not image.get("src"):
            image.drop_tree()
    for link in list(root.iter("a")):
        if not link.get("href"):
            link.drop_tag()


def _without_inner_blocks(root: HtmlElement) -> None:
    """Make lines of the blocks in what holds one text: a heading, term, caption or paragraph."""
    for element in root.iter(*ONE_TEXT):
        for block in [row for row in element.iterdescendants() if row.tag in IS_BLOCK]:
            _as_line(block)


def _as_line(block: HtmlElement) -> None:
    """Put line breaks where the block began and ended, and take the block away, not its words."""
    parent, after = block.getparent(), block.getnext()
    if block.getprevious() is not None or (parent is not None and (parent.text or "").strip()):
        block.addprevious(lxml.html.Element("br"))
    if (block.tail or "").strip() or (after is not None and after.tag not in IS_BLOCK):
        block.append(lxml.html.Element("br"))
    block.drop_tag()


def _drop_empty(root: HtmlElement) -> None:
    """Drop paragraphs and headings without a word, which Word uses as space.

    Cells and items keep their place. Line breaks at the end of a text go as well.
    """
    for element in list(root.iter(*GOES_EMPTY)):
        if not element.text_content().strip() and element.find(".//img") is None:
            element.drop_tree()
    for element in root.iter("p", "h3", "h4", "dt"):
        while len(element) and element[-1].tag == "br" and not (element[-1].tail or "").strip():
            element.remove(element[-1])


def _drop_space(root: HtmlElement) -> None:
    """Drop the space between items, rows and cells: one shape, whoever wrote it."""
    for element in root.iter(*NO_SPACE):
        if not (element.text or "").strip():
            element.text = None
        for child in element:
            if not (child.tail or "").strip():
                child.tail = None


def add_our_tags(config: Any, shared: dict[str, Any]) -> None:
    """Say our tags to django-prose-editor, as it asks of an extension. We clean by our own list."""
    shared["tags"].update({"dl", "dt", "dd"})
