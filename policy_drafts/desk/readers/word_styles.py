"""The styles of a Word file: what each paragraph and run is by its own marks and by its style.

A style is known by its name ("heading 1"), which is the same in each language; its key is not.
"""

import re
from functools import cached_property

import lxml.etree

from policy_drafts.desk.readers.word_package import Element, W

HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
OFF = ("0", "false", "off", "none")
DEEPEST = 6
MOST_BASES = 20  # styles that are based on each other; some files go round in a circle


class Styles:
    """The styles of a file, by their keys."""

    def __init__(self, styles: Element | None) -> None:
        rows = [] if styles is None else styles.iter(f"{W}style")
        self.rows: dict[str, Element] = {}
        for row in rows:
            self.rows.setdefault(row.get(f"{W}styleId") or "", row)
        self._known: dict[tuple[str, str], Element | None] = {}

    @cached_property
    def default(self) -> str:
        """The key of the style of paragraphs that name none."""
        for key, row in self.rows.items():
            is_default = row.get(f"{W}default") in ("1", "true", "on")
            if row.get(f"{W}type") == "paragraph" and is_default:
                return key
        return ""

    def simple(self) -> bytes:
        """The names of the styles alone, which is all that mammoth asks of them."""
        made = lxml.etree.Element(f"{W}styles", nsmap={"w": W[1:-1]})
        for key, row in self.rows.items():
            kind = row.get(f"{W}type") or "paragraph"
            style = lxml.etree.SubElement(made, f"{W}style")
            style.set(f"{W}type", kind)
            style.set(f"{W}styleId", key)
            lxml.etree.SubElement(style, f"{W}name").set(f"{W}val", self.name(key))
        return lxml.etree.tostring(made)

    def name(self, key: str) -> str:
        """The name of a style; its key where the file says nothing of it."""
        row = self.rows.get(key)
        name = None if row is None else row.find(f"{W}name")
        return key if name is None else name.get(f"{W}val", key)

    def found(self, key: str, path: str) -> Element | None:
        """A property of a style, its own or of the style that it is based on."""
        if (key, path) not in self._known:
            self._known[key, path] = self._look(key, path)
        return self._known[key, path]

    def _look(self, key: str, path: str) -> Element | None:
        for _ in range(MOST_BASES):
            row = self.rows.get(key)
            if row is None:
                return None
            if (property_ := row.find(path)) is not None:
                return property_
            key = value_of(row.find(f"{W}basedOn"))
        return None

    def style_of(self, paragraph: Element) -> str:
        """The key of a paragraph's style."""
        return value_of(paragraph.find(f"{W}pPr/{W}pStyle")) or self.default

    def name_of(self, paragraph: Element) -> str:
        """The name of a paragraph's style."""
        return self.name(self.style_of(paragraph))

    def level(self, paragraph: Element) -> int:
        """1 for a heading of the largest size; 0 for what is no heading."""
        key = self.style_of(paragraph)
        own = paragraph.find(f"{W}pPr/{W}outlineLvl")
        if own is None and (level := self._level_by_name(key)):
            return level
        outline = self.found(key, f"{W}pPr/{W}outlineLvl") if own is None else own
        said = value_of(outline)
        return int(said) + 1 if said.isdecimal() and int(said) < DEEPEST else 0

    def _level_by_name(self, key: str) -> int:
        for _ in range(MOST_BASES):
            if found := HEADING.fullmatch(self.name(key)):
                return min(int(found[1]), DEEPEST)
            row = self.rows.get(key)
            if row is None:
                break
            key = value_of(row.find(f"{W}basedOn"))
        if found := re.fullmatch(r"heading([1-9])", key, re.IGNORECASE):
            return min(int(found[1]), DEEPEST)
        return 0

    def has(self, run: Element, paragraph: Element | None, mark: str) -> bool:
        """Is a mark like "vanish" on for a run: by itself, by its style, or by its paragraph's?"""
        own = run.find(f"{W}rPr/{W}{mark}")
        if own is None:
            key = value_of(run.find(f"{W}rPr/{W}rStyle"))
            own = self.found(key, f"{W}rPr/{W}{mark}") if key else None
        if own is None and paragraph is not None:
            own = self.found(self.style_of(paragraph), f"{W}rPr/{W}{mark}")
        return own is not None and value_of(own) not in OFF


def value_of(element: Element | None) -> str:
    """The value that an element of Word's has, or ""."""
    return "" if element is None else element.get(f"{W}val", "")


def property_of(paragraph: Element, name: str) -> Element:
    """A paragraph's property, made where there is none."""
    holder = paragraph.find(f"{W}pPr")
    if holder is None:
        holder = paragraph.makeelement(f"{W}pPr", {})
        paragraph.insert(0, holder)
    found = holder.find(f"{W}{name}")
    if found is None:
        found = holder.makeelement(f"{W}{name}", {})
        holder.insert(0, found)
    return found


def run_of(words: str, like: Element) -> Element:
    """A new run with these words."""
    made, text = like.makeelement(f"{W}r", {}), like.makeelement(f"{W}t", {})
    text.text = words
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    made.append(text)
    return made


def put_first(paragraph: Element, element: Element) -> None:
    """Put an element before all words of a paragraph."""
    properties = paragraph.find(f"{W}pPr")
    paragraph.insert(0 if properties is None else 1, element)


def bookmark(paragraph: Element, name: str) -> None:
    """Put a bookmark before the words of a paragraph; it is there in the HTML as well."""
    put_first(paragraph, paragraph.makeelement(f"{W}bookmarkStart", {f"{W}name": name}))
