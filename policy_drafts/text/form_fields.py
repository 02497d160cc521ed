"""Fields of a form as the words that stand in them, ticked and empty boxes as signs."""

from collections.abc import Iterator

from lxml.html import HtmlElement

BUTTONS = {"submit", "button", "reset"}
NO_WORDS = {"hidden", "password", "file", "image", "color", "range", *BUTTONS}
TICKED, EMPTY = "☒", "☐"


def say(root: HtmlElement) -> list[str]:
    """Put its words in the place of each field; returns what a form says beside them."""
    beside = []
    for field in list(root.iter("input", "select", "textarea")):
        tail = field.tail or ""
        words = _words_of(field)
        beside += [row for row in map(_plain, _beside(field, words)) if row]
        field.clear()
        field.tag, field.text, field.tail = "span", f" {words} " if words else "", tail
        field.drop_tag()
    return beside


def _words_of(field: HtmlElement) -> str:
    """What was filled in."""
    if field.tag == "textarea":
        return field.text_content()
    if field.tag == "select":
        return ", ".join(_plain(_name(row)) for row in _chosen(field))
    kind = (field.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        return EMPTY if field.get("checked") is None else TICKED
    return "" if kind in NO_WORDS else field.get("value") or ""


def _beside(field: HtmlElement, words: str) -> Iterator[str]:
    """A hint in an empty field, the words on a button, choices that were not taken."""
    if field.tag == "select":
        chosen = _chosen(field)
        yield from (row.get("label") or "" for row in field.iter("optgroup"))
        yield from (_name(row) for row in field.iter("option") if row not in chosen)
    elif (field.get("type") or "").lower() in BUTTONS:
        yield field.get("value") or ""
    elif not words:
        yield field.get("placeholder") or ""


def _chosen(field: HtmlElement) -> list[HtmlElement]:
    options = list(field.iter("option"))
    return [row for row in options if row.get("selected") is not None] or options[:1]


def _name(option: HtmlElement) -> str:
    return option.text_content() or option.get("label") or ""


def _plain(words: str) -> str:
    return " ".join(words.split())
