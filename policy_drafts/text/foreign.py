"""HTML from elsewhere made plain, before it is cleaned of what is not ours.

Word, Google Docs and web pages say by a style what is bold, struck out, hidden, raised or an item.
What nobody would see there, or would see struck out, is taken out and handed back, so that a writer
can be told.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import lxml.html
import nh3
from lxml.html import HtmlElement

from policy_drafts.text import (
    clipboard_lists,
    form_fields,
    languages,
    page_styles,
    raised,
    struck,
)
from policy_drafts.text.page_styles import NO_RULES, Rules, Styles


class Why(StrEnum):
    """Why words are left out."""

    HIDDEN = "hidden"
    STRUCK = "struck"
    COMMENT = "comment"
    NO_SCRIPT = "no script"
    FORM = "form"  # a hint, a button or a choice that was not taken
    MARGIN = "margin"  # above or below each page
    RAISED = "raised"  # they stand in the line


@dataclass(frozen=True)
class Gone:
    """Words that are left out, and why."""

    why: Why
    words: str


SIGNS = re.compile(
    r"<(?:s|del|strike|sup|sub|pre|ruby|input|select|textarea|noscript|dialog)[\s/>]"
    r"|\s(?:style|hidden|start|popover|lang)\b",
    re.IGNORECASE,
)
INLINE = {"span", "b", "strong", "i", "em", "u", "font", "s", "strike", "del", "ins", "sup", "sub"}
INLINE |= {"a", "br", "img", "small", "mark", "label", "abbr", "code", "kbd", "ruby", "rt", "rp"}
BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "blockquote"}
BLOCKS |= {"ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "details", "summary"}
BLOCKS |= {"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"}
CONTAINERS = {"section", "article", "main", "header", "footer", "aside", "nav", "form", "address"}
CONTAINERS |= {
    "fieldset",
    "legend",
    "center",
    "hgroup",
    "search",
    "dir",
    "menu",
    "caption",
    "dialog",
}
FIELDS = {"input", "select", "option", "optgroup", "textarea", "noscript"}
PROGRAMS = {"script", "style", "template", "iframe", "object", "embed", "svg", "math", "title"}
STRIKE = re.compile(r"<(/?)(?:s|strike)(?=[ >])")  # which lxml ends where a paragraph begins
STRUCK = {"s", "strike", "del"}
COMMENTS = "#cmnt"  # of Google Docs
MOST_START = 999  # a list does not begin beyond it (markup's "start")
LONGEST_NUMBER = 9  # figures: a browser counts no further
_known = nh3.Cleaner(
    tags=INLINE | BLOCKS | CONTAINERS | FIELDS,
    attributes={
        "*": {
            "style",
            "class",
            "hidden",
            "open",
            "popover",
            "lang",
            "id",
            "data-block",
            "start",
            "colspan",
            "rowspan",
            "scope",
        },
        "a": {"href", "name"},
        "ol": {"type", "reversed"},
        "li": {"type", "value"},
        "div": {"title"},
        "img": {"src", "alt"},
        "input": {"type", "value", "checked", "placeholder"},
        "textarea": {"placeholder"},
        "option": {"selected", "label"},
        "optgroup": {"label"},
    },
    clean_content_tags=PROGRAMS,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


def needs_it(html: str) -> bool:
    """Does a tag or a style in it say more than our own tags do?"""
    return SIGNS.search(html) is not None


def read(html: str) -> HtmlElement:
    """An <article> with what is known of any HTML, read as a browser reads it.

    The small letters above a word stand behind it, in brackets.
    """
    parser = lxml.html.HTMLParser(huge_tree=True)
    text = STRIKE.sub(r"<\1del", _known.clean(html))
    root = lxml.html.fragment_fromstring(text, create_parent="article", parser=parser)
    _say_ruby(root)
    return root


def make_plain(root: HtmlElement, rules: Rules = NO_RULES) -> list[Gone]:
    """Say by words and our tags what styles say; returns what was taken out."""
    styles = {element: rules.styles_of(element) for element in root.iter()}
    gone = list(_take_out(root, styles))
    clipboard_lists.make(root)
    _mark(root, styles)
    gone += [Gone(Why.FORM, words) for words in form_fields.say(root)]
    for element in list(root.iter("rt", "ruby")):
        element.drop_tag()  # what is cleaned again has the words in brackets already
    gone += [Gone(Why.RAISED, words) for words in raised.say(root)]
    _say_lines(root)
    _say_years(root)
    languages.spread(root)
    return gone


def _take_out(root: HtmlElement, styles: Mapping[HtmlElement, Styles]) -> Iterator[Gone]:
    """Take out what nobody would see, or would see struck out."""
    inside: dict[HtmlElement, bool] = {}  # of what is taken out: was it struck out?
    for element in list(root.iter()):
        if element is root:
            continue
        parent = element.getparent()
        if parent is not None and parent in inside:
            inside[element] = inside[parent]
            continue
        if why := _why(element, styles):
            inside[element] = why == Why.STRUCK
            if words := " ".join(element.text_content().split()):
                yield Gone(why, words)
    if any(inside.values()):
        struck.keep_apart(root, inside, INLINE)
    for element in inside:
        if element.getparent() not in inside:
            element.drop_tree()


def _why(element: HtmlElement, styles: Mapping[HtmlElement, Styles]) -> Why | None:
    """Why an element does not come; None for one that does."""
    style = styles[element]
    if _is_comment(element, style):
        return Why.COMMENT
    if element.tag == "noscript":
        return Why.NO_SCRIPT
    if element.tag == "div" and element.get("title") in ("header", "footer"):  # LibreOffice's
        return Why.MARGIN
    inside = (styles[row] for row in element.iterdescendants())
    if _is_closed(element) or page_styles.hides(style, inside):
        return Why.HIDDEN
    if element.tag in STRUCK or "line-through" in _decoration(style):
        return Why.STRUCK
    return None


def _is_closed(element: HtmlElement) -> bool:
    """Is it a window that is not open, or hidden by an attribute?"""
    if element.tag == "dialog":
        return element.get("open") is None
    return element.get("hidden") is not None or element.get("popover") is not None


def _is_comment(element: HtmlElement, style: Styles) -> bool:
    """Is it a comment of Word's or Google Docs', or the anchor of one?"""
    if style.get("mso-element", "").startswith("comment"):
        return True
    names = {"msocommentreference", "msocomanchor", "msocomtxt", "msocommenttext"}
    if names & set((element.get("class") or "").lower().split()):
        return True
    if element.tag == "a":
        return (element.get("href") or "").startswith((COMMENTS, "#_msocom"))
    return _is_comment_below(element)


def _is_comment_below(element: HtmlElement) -> bool:
    """Is it a comment as Google Docs puts it below the text, which begins with a link back?"""
    if element.tag not in ("div", "p") or len(element) == 0 or (element.text or "").strip():
        return False
    first = element[0]
    if first.tag == "p":
        return _is_comment_below(first)
    return first.tag == "a" and (first.get("href") or "").startswith(f"{COMMENTS}_ref")


def begins_comment(link: HtmlElement) -> bool:
    """Does a link lead to a comment, or back from one?"""
    return (link.get("href") or "").startswith(COMMENTS)


def _decoration(style: Styles) -> str:
    return style.get("text-decoration", "") + style.get("text-decoration-line", "")


def _mark(root: HtmlElement, styles: Mapping[HtmlElement, Styles]) -> None:
    """Bold, italic, raised and lowered words by their tags, where a style says so."""
    for element in list(root.iter("span", "b", "i", "font", "strong", "em")):
        style = styles.get(element, {})
        weight = style.get("font-weight", "")
        if element.tag in ("b", "strong") and weight in ("normal", "400"):
            element.tag = "span"
        wanted = [
            "strong" if weight in ("bold", "bolder", "600", "700", "800", "900") else "",
            "em" if style.get("font-style") in ("italic", "oblique") else "",
            {"super": "sup", "sub": "sub"}.get(style.get("vertical-align", ""), ""),
        ]
        tags = [tag for tag in wanted if tag and tag != element.tag]
        if element.tag in ("span", "font") and tags:
            element.tag = tags.pop(0)
        for tag in tags:
            _put_inside(element, tag)


def _put_inside(element: HtmlElement, tag: str) -> None:
    """Put all that an element holds into another inside it."""
    made = lxml.html.Element(tag)
    made.text, element.text = element.text, None
    for child in list(element):
        made.append(child)
    element.append(made)


def _say_ruby(root: HtmlElement) -> None:
    """The small letters above a word behind it, in brackets."""
    for bracket in list(root.iter("rp")):
        bracket.drop_tree()
    for small in list(root.iter("rt")):
        words = small.text_content().strip()
        for child in list(small):
            small.remove(child)
        small.text = f" ({words})" if words else None


def _say_lines(root: HtmlElement) -> None:
    """The lines of a <pre> by line breaks."""
    for block in list(root.iter("pre")):
        for element in [block, *block.iterdescendants()]:
            _break_text(element)
            if element is not block:
                _break_tail(element)
        block.tag = "p"


def _say_years(root: HtmlElement) -> None:
    """Items whose number is no number of a list: "1986. A year" is a paragraph."""
    for made in list(root.iter("ol")):
        start = made.get("start") or ""
        if len(start) > LONGEST_NUMBER:
            made.attrib.pop("start")
            continue
        if not start.isdecimal() or int(start) <= MOST_START:
            continue
        for number, item in enumerate(list(made), int(start)):
            first = next((row for row in item.iter("p")), item)
            first.text = f"{number}. {(first.text or '').lstrip()}"
            item.tag = "div"
        made.tag = "div"


def _break_text(element: HtmlElement) -> None:
    first, *rest = (element.text or "").strip("\n").split("\n")
    element.text = first
    for place, line in enumerate(rest):
        made = lxml.html.Element("br")
        made.tail = line
        element.insert(place, made)


def _break_tail(element: HtmlElement) -> None:
    first, *rest = (element.tail or "").split("\n")
    element.tail = first
    for line in reversed(rest):
        made = lxml.html.Element("br")
        element.addnext(made)
        made.tail = line
