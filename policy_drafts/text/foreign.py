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

from policy_drafts.text import clipboard_lists, languages, raised


class Why(StrEnum):
    """Why words are left out."""

    HIDDEN = "hidden"
    STRUCK = "struck"
    COMMENT = "comment"
    NO_SCRIPT = "no script"
    CHOICE = "choice"
    RAISED = "raised"  # they stand in the line


@dataclass(frozen=True)
class Gone:
    """Words that are left out, and why."""

    why: Why
    words: str


Styles = Mapping[str, str]  # {property: value}
Classes = Mapping[str, Styles]  # {class: its styles}

SIGNS = re.compile(
    r"<(?:s|del|strike|sup|sub|pre|ruby|input|select|textarea|noscript)[\s/>]|\s(?:style|hidden|start|lang)\b",
    re.IGNORECASE,
)
INLINE = {"span", "b", "strong", "i", "em", "u", "font", "s", "strike", "del", "ins", "sup", "sub"}
INLINE |= {"a", "br", "img", "small", "mark", "label", "abbr", "code", "kbd", "ruby", "rt", "rp"}
BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "blockquote"}
BLOCKS |= {"ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "details", "summary"}
BLOCKS |= {"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"}
CONTAINERS = {"section", "article", "main", "header", "footer", "aside", "nav", "form", "address"}
CONTAINERS |= {"fieldset", "legend", "center", "hgroup", "search", "dir", "menu", "caption"}
FIELDS = {"input", "select", "option", "textarea", "noscript"}
PROGRAMS = {"script", "style", "template", "iframe", "object", "embed", "svg", "math", "title"}
STRUCK = {"s", "strike", "del"}
NO_WORDS = {"hidden", "password", "file", "submit", "button", "reset", "image", "color", "range"}
TICKED, EMPTY = "☒", "☐"
MOST_START = 99  # a list does not begin beyond it
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})|/\*.*?\*/|<!--|-->", re.DOTALL)
NAME = re.compile(r"(?:[a-z0-9]+)?\.([\w-]+)", re.IGNORECASE)

_known = nh3.Cleaner(
    tags=INLINE | BLOCKS | CONTAINERS | FIELDS,
    attributes={
        "*": {
            "style",
            "class",
            "hidden",
            "lang",
            "id",
            "data-block",
            "start",
            "colspan",
            "rowspan",
            "scope",
        },
        "a": {"href", "name"},
        "img": {"src", "alt"},
        "input": {"type", "value", "checked"},
        "option": {"selected"},
    },
    clean_content_tags=PROGRAMS,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


def needs_it(html: str) -> bool:
    """Does a tag or a style in it say more than our own tags do?"""
    return SIGNS.search(html) is not None


def read(html: str) -> HtmlElement:
    """An <article> with what is known of any HTML, read as a browser reads it."""
    parser = lxml.html.HTMLParser(huge_tree=True)
    return lxml.html.fragment_fromstring(_known.clean(html), create_parent="article", parser=parser)


def classes_in(style_sheets: str) -> Classes:
    """{class: its styles} of the simple rules of a page's style sheets."""
    found: dict[str, Styles] = {}
    for names, body in RULE.findall(AT_RULE.sub("", style_sheets)):
        for name in names.split(","):
            if simple := NAME.fullmatch(name.strip()):
                found[simple[1]] = {**found.get(simple[1], {}), **_styles(body)}
    return found


def make_plain(root: HtmlElement, classes: Classes | None = None) -> list[Gone]:
    """Say by words and our tags what styles say; returns what was taken out."""
    styles = {element: _of(element, classes or {}) for element in root.iter()}
    gone = list(_take_out(root, styles))
    clipboard_lists.make(root)
    _mark(root, styles)
    _say_fields(root)
    _say_ruby(root)
    gone += [Gone(Why.RAISED, words) for words in raised.say(root)]
    _say_lines(root)
    _say_years(root)
    languages.spread(root)
    return gone


def _styles(text: str) -> Styles:
    pairs = (row.partition(":") for row in text.lower().split(";"))
    return {
        name.strip(): value.replace("!important", "").strip()
        for name, colon, value in pairs
        if colon
    }


def _of(element: HtmlElement, classes: Classes) -> Styles:
    """The styles that an element has by its classes and by itself."""
    found: dict[str, str] = {}
    if classes:
        for name in (element.get("class") or "").split():
            found |= classes.get(name, {})
    if style := element.get("style"):
        found |= _styles(style)
    return found


def _take_out(root: HtmlElement, styles: Mapping[HtmlElement, Styles]) -> Iterator[Gone]:
    """Take out what nobody would see, or would see struck out."""
    inside: set[HtmlElement] = set()  # of what is taken out
    for element in list(root.iter()):
        if element is root:
            continue
        if element.getparent() in inside:
            inside.add(element)
            continue
        if why := _why(element, styles[element]):
            inside.add(element)
            if words := " ".join(element.text_content().split()):
                yield Gone(why, words)
    for element in inside:
        if element.getparent() not in inside:
            element.drop_tree()


def _why(element: HtmlElement, style: Styles) -> Why | None:
    """Why an element does not come; None for one that does."""
    if _is_comment(element, style):
        return Why.COMMENT
    if element.tag == "noscript":
        return Why.NO_SCRIPT
    if element.get("hidden") is not None or _is_hidden(style):
        return Why.HIDDEN
    if element.tag in STRUCK or "line-through" in _decoration(style):
        return Why.STRUCK
    return None


def _is_hidden(style: Styles) -> bool:
    return (
        style.get("display") == "none"
        or style.get("mso-hide") == "all"
        or style.get("visibility") in ("hidden", "collapse")
    )


def _is_comment(element: HtmlElement, style: Styles) -> bool:
    """Is it a comment of Word's or Google Docs', or the anchor of one?"""
    if style.get("mso-element", "").startswith("comment"):
        return True
    names = {"msocommentreference", "msocomanchor", "msocomtxt", "msocommenttext"}
    if names & set((element.get("class") or "").lower().split()):
        return True
    if element.tag == "a":
        return (element.get("href") or "").startswith(("#cmnt", "#_msocom"))
    return False


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


def _say_fields(root: HtmlElement) -> None:
    """Fields of a form as the words that stand in them, ticked and empty boxes as signs."""
    for field in list(root.iter("input", "select", "textarea")):
        tail = field.tail or ""
        words = _words_of_field(field)
        field.clear()
        field.tag, field.text, field.tail = "span", f" {words} " if words else "", tail
        field.drop_tag()


def _words_of_field(field: HtmlElement) -> str:
    if field.tag == "textarea":
        return field.text_content()
    if field.tag == "select":
        options = list(field.iter("option"))
        chosen = [row for row in options if row.get("selected") is not None] or options[:1]
        return ", ".join(" ".join(row.text_content().split()) for row in chosen)
    kind = (field.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        return EMPTY if field.get("checked") is None else TICKED
    return "" if kind in NO_WORDS else field.get("value") or ""


def _say_ruby(root: HtmlElement) -> None:
    """The small letters above a word behind it, in brackets."""
    for bracket in list(root.iter("rp")):
        bracket.drop_tree()
    for small in list(root.iter("rt")):
        if words := small.text_content().strip():
            small.text = f" ({words})"
            for child in list(small):
                small.remove(child)


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
