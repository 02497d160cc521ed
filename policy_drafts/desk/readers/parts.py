"""Splitting a whole text into sections by its headings, and saying what does not come along."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import lxml.html

from policy_drafts.text import markup

if TYPE_CHECKING:
    from policy_drafts.models import Section

NUMBER = re.compile(r"^\d+(\.\d+)*[.)]?\s+(?=\S)")
LEVELS = ("h1", "h2", "h3", "h4", "h5", "h6")
NO_TITLE = "Without a heading"


def counted(number: int, names) -> str:
    """ "1 video", "2 videos": `names` are (one, several)."""
    return f"{number} {names[number > 1]}"


@dataclass
class Part:
    """One section: title, clean HTML, and for our own Word file which section it was, in which
    version.
    """

    title: str
    html: str
    uid: str = ""
    version: int = 0


@dataclass
class Brought:
    """What a file holds: sections, notes of others in it, what will be left out, and pictures by
    their number.
    """

    sections: list
    notes: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    pictures: list = field(default_factory=list)


def sections_of(root) -> list[Part]:
    """[Part] of an element's children.

    Each heading of the largest size that stands there twice (or of the largest, where none does)
    begins a section; what stands before the first has no heading of its own.
    """
    tops = [child for child in root if isinstance(child.tag, str)]
    level = _level(tops)
    found = [("", [], "")]
    for child in tops:
        title = " ".join(child.text_content().split())
        if child.tag == level and title:
            found.append((NUMBER.sub("", title)[:150], [], _mark(child)))
        else:
            found[-1][1].append(child)
    parts = [Part(title, _html(children, level), *_read(mark)) for title, children, mark in found]
    return [
        Part(row.title or NO_TITLE, row.html, row.uid, row.version)
        for row in parts
        if row.title or row.html
    ]


def _level(tops) -> str | None:
    counts = {level: sum(child.tag == level for child in tops) for level in LEVELS}
    several = [level for level in LEVELS if counts[level] > 1]
    return next(iter(several or [level for level in LEVELS if counts[level]]), None)


def _html(children, level: str | None) -> str:
    """Clean HTML of a section's elements: the next smaller headings are its headings."""
    base = LEVELS.index(level) if level else 0
    for child in children:
        for heading in child.iter(*LEVELS):
            heading.tag = "h3" if LEVELS.index(heading.tag) <= base + 1 else "h4"
    return markup.cleaned(
        "".join(lxml.html.tostring(child, encoding="unicode") for child in children)
    )


MARK = re.compile(r"s_([0-9a-f]{32})_v(\d{1,6})$")


def mark_of(section: "Section") -> str:
    """The name of the bookmark that our Word file gives a section's heading (Word allows 40
    characters).
    """
    return f"s_{section.pk.hex}_v{section.lock_version}"


def _mark(heading):
    return next(
        (row.get("id") for row in heading.iter("a") if MARK.search(row.get("id") or "")), ""
    )


def _read(mark: str):
    found = MARK.search(mark)
    return (found[1], int(found[2])) if found else ("", 0)
