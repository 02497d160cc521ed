"""What does not come along, said to the writer in three groups and in plain English."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TypedDict

import lxml.etree
from lxml.html import HtmlElement

from policy_drafts.text import paragraphs
from policy_drafts.text.foreign import Gone, Why

WORD = re.compile(r"\w+")
SENTENCES = {
    Why.STRUCK: "Struck out in the file: “{}”",
    Why.COMMENT: "A comment: “{}”",
    Why.NO_SCRIPT: "Shown only where scripts are turned off: “{}”",
    Why.FORM: "A hint, a button or another choice of a form: “{}”",
    Why.MARGIN: "The line above or below each page: “{}”",
    Why.RAISED: "Raised or lowered letters stand in the line: “{}”",
}
MOST_LOST = 60  # words that are named in one line


class Group(StrEnum):
    """How much it matters to the writer."""

    WORDS = "words"  # they are missing
    FORM = "form"  # it changes
    REST = "rest"


class Named(TypedDict):
    """A thing that does not come along; `more` is folded away until somebody asks for it."""

    group: str
    words: str
    more: str


def named(group: Group, words: str, more: str = "") -> Named:
    """One thing that does not come along."""
    return {"group": group.value, "words": words, "more": more}


def counted(number: int, names: tuple[str, str]) -> str:
    """The number and its noun, of (one, several): "1 video", "2 videos"."""
    return f"{number} {names[number > 1]}"


def of_gone(gone: Sequence[Gone]) -> list[Named]:
    """What was taken out of a text; hidden words in one line, as they may be told in confidence."""
    found = [
        named(
            Group.FORM if row.why == Why.RAISED else Group.WORDS,
            SENTENCES[row.why].format(row.words),
        )
        for row in gone
        if row.why in SENTENCES
    ]
    if hidden := [row.words for row in gone if row.why == Why.HIDDEN]:
        passages = counted(len(hidden), ("hidden passage", "hidden passages"))
        found.append(
            named(Group.WORDS, f"{passages}, which nobody sees in the file", " … ".join(hidden))
        )
    return found


def lost(before: Iterable[str], after: Iterable[str]) -> list[Named]:
    """Words of a file that stand in none of its sections: nothing may be lost in silence."""
    missing = Counter(before) - Counter(after)
    words = list(missing.elements())
    lines = [words[at : at + MOST_LOST] for at in range(0, len(words), MOST_LOST)]
    return [named(Group.WORDS, f"We found no place for: “{' '.join(line)}”") for line in lines]


def spaced(element: HtmlElement) -> str:
    """The text in an element, with a space where one block ends and another begins."""
    found: list[str] = []
    for event, row in lxml.etree.iterwalk(element, events=("start", "end")):
        parts = row.tag == "br" or row.tag in paragraphs.PARTS
        text = row.text if event == "start" else row.tail if row is not element else ""
        found += [" " if parts else "", text or ""]
    return "".join(found)
