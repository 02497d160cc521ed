"""Splitting a whole text into sections by its headings, and saying what does not come along."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from lxml.html import HtmlElement

from collective.typed.signs import clean_line
from policy_drafts.text import markup
from policy_drafts.text.bookmarks import read_bookmark

NUMBER = re.compile(r"^\d+(\.\d+)*[.)]?\s+(?=\S)")
LEVELS = ("h1", "h2", "h3", "h4", "h5", "h6")
NO_TITLE = "Without a heading"
MOST_IN_A_TITLE = 150  # characters


class Note(TypedDict):
    """What somebody else wrote into the file, and the title of the section where it stands."""

    channel: str
    author: str
    words: str
    title: str


class Picture(TypedDict):
    """A picture of the file, in base64, and its words."""

    data: str
    alt: str


@dataclass
class Part:
    """One section; for our own Word file also which section it was, in which version."""

    title: str
    html: str
    uid: str = ""
    version: int = 0


@dataclass
class Brought:
    """What a file holds, what will be left out of it, and pictures by their number."""

    sections: list[Part]
    notes: list[Note] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)


@dataclass
class _Chapter:
    """A heading, and what stands under it."""

    title: str = ""
    heading: HtmlElement | None = None
    elements: list[HtmlElement] = field(default_factory=list)


def counted(number: int, names: tuple[str, str]) -> str:
    """The number and its noun, of (one, several): "1 video", "2 videos"."""
    return f"{number} {names[number > 1]}"


def title_of(text: str) -> str:
    """A heading as a title: without its number, and not too long."""
    return clean_line(NUMBER.sub("", clean_line(text))[:MOST_IN_A_TITLE])


def sections_of(root: HtmlElement) -> list[Part]:
    """The sections that an element's children make.

    Each heading of the largest size that stands there twice (or of the largest, where none does)
    begins a section; what stands before the first has no heading of its own.
    """
    tops = [child for child in root if isinstance(child.tag, str)]  # a comment's tag is no text
    level = _level(tops)
    chapters = _chapters(tops, level)
    parts = [(chapter, _part(chapter, level)) for chapter in chapters]
    return [part for chapter, part in parts if chapter.title or part.html]


def _level(tops: Sequence[HtmlElement]) -> str | None:
    """The heading that begins a section: "h2"; None where there is no heading."""
    counts = {level: sum(child.tag == level for child in tops) for level in LEVELS}
    several = [level for level in LEVELS if counts[level] > 1]
    return next(iter(several or [level for level in LEVELS if counts[level]]), None)


def _chapters(tops: Iterable[HtmlElement], level: str | None) -> list[_Chapter]:
    found = [_Chapter()]
    for child in tops:
        words = clean_line(child.text_content())
        if child.tag == level and words:
            found.append(_Chapter(title_of(words), child))
        else:
            found[-1].elements.append(child)
    return found


def _part(chapter: _Chapter, level: str | None) -> Part:
    """The section, with clean HTML; the next smaller headings are its headings."""
    base = LEVELS.index(level) if level else 0
    for element in chapter.elements:
        for heading in element.iter(*LEVELS):
            heading.tag = "h3" if LEVELS.index(heading.tag) <= base + 1 else "h4"
    html = markup.cleaned("".join(map(markup.html_of, chapter.elements)))
    uid, version = _origin(chapter.heading)
    return Part(chapter.title or NO_TITLE, html, uid, version)


def _origin(heading: HtmlElement | None) -> tuple[str, int]:
    """(uid, version) of the section that our own Word file marked here, else ("", 0)."""
    anchors = [] if heading is None else heading.iter("a")
    found = (read_bookmark(anchor.get("id") or "") for anchor in anchors)
    return next(filter(None, found), ("", 0))
