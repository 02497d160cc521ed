"""Splitting a whole text into sections by its headings, and saying what does not come along."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TypedDict

import lxml.html
from lxml.html import HtmlElement

from collective.errors import RuleError
from collective.typed.signs import clean_line
from policy_drafts.desk.outline import MOST_SECTIONS
from policy_drafts.desk.readers import contents_lists, our_files
from policy_drafts.desk.readers.footnotes import Footnotes
from policy_drafts.desk.readers.named import WORD, Named, lost, spaced
from policy_drafts.desk.readers.numbers import without_numbers
from policy_drafts.text import markup, paragraphs
from policy_drafts.text.bookmarks import read_bookmark

LEVELS = ("h1", "h2", "h3", "h4", "h5", "h6")
NO_TITLE = "Without a heading"
MOST_IN_A_TITLE = 150  # characters
TOO_MANY = (
    f"This file has more than {MOST_SECTIONS} sections, and a policy has at most so many. Please "
    "use fewer headings of the largest size, or bring it in in parts."
)


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
    marks: list[str] = field(default_factory=list)  # bookmarks of its heading


@dataclass
class Brought:
    """What a file holds, what does not come along, and pictures by their number.

    Where there is no heading `by_bold_lines` are the sections that its bold lines would make.
    """

    sections: list[Part]
    by_bold_lines: list[Part] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)


@dataclass
class _Chapter:
    """A heading, and what stands under it."""

    words: str = ""  # of the heading
    heading: HtmlElement | None = None
    title: str = ""
    elements: list[HtmlElement] = field(default_factory=list)


def brought(root: HtmlElement, notes: Footnotes) -> Brought:
    """What the HTML of a file holds; its footnotes stand at the end of their own sections.

    Raises RuleError for more sections than a policy may have.
    """
    paragraphs.flatten(root)
    ours = [*our_files.take_out_notice(root), *our_files.take_out_first_page(root)]
    named = [*ours, *contents_lists.take_out(root, _level(list(root)))]
    bold = deepcopy(root)
    has_bold_lines = not any(child.tag in LEVELS for child in root) and _make_headings(bold)
    by_bold_lines = _sections(bold, deepcopy(notes))[0] if has_bold_lines else []
    sections, lost_words = _sections(root, notes)
    return Brought(sections, by_bold_lines, named=[*named, *lost_words])


def _sections(root: HtmlElement, notes: Footnotes) -> tuple[list[Part], list[Named]]:
    """(the sections that an element's children make, words for which there was no place)

    Each heading of the largest size that stands there twice (or of the largest, where none does)
    begins a section; what stands before the first has no heading of its own.
    """
    tops = [child for child in root if isinstance(child.tag, str)]  # a comment's tag is no text
    level = _level(tops)
    chapters = _chapters(tops, level)
    before = words_of(tops, *(row for note in notes.notes.values() for row in note))
    for chapter in chapters:
        chapter.elements += notes.of(chapter.elements)
    chapters[-1].elements += notes.left()
    chapters = [row for row in chapters if row.title or _has_content(row)]
    if len(chapters) > MOST_SECTIONS:
        raise RuleError(TOO_MANY)
    contents_lists.link([row.heading for row in chapters], [row.elements for row in chapters])
    found = [_part(chapter, level) for chapter in chapters]
    after = [word for part in found for word in WORD.findall(f"{part.title} {_text(part)}")]
    numbers = [row.words.removesuffix(row.title) for row in chapters]
    return found, lost(before, [*after, *WORD.findall(" ".join(numbers))])


def _has_content(chapter: _Chapter) -> bool:
    return any(
        element.text_content().strip() or element.tag == "img" or element.find(".//img") is not None
        for element in chapter.elements
    )


def words_of(elements: Iterable[HtmlElement], *more: HtmlElement) -> list[str]:
    """All words in the elements, in order."""
    return WORD.findall(" ".join(map(spaced, [*elements, *more])))


def _text(part: Part) -> str:
    return spaced(markup.tree(part.html))


def _make_headings(root: HtmlElement) -> bool:
    """Make headings of lines in bold type, if there are two or more, and not too many."""
    lines = [child for child in root if child.tag == "p" and _is_bold(child)]
    for line in lines:
        line.tag = "h1"
    return 1 < len(lines) < MOST_SECTIONS


def _is_bold(paragraph: HtmlElement) -> bool:
    """Does a short paragraph consist of bold words alone?"""
    words = clean_line(paragraph.text_content())
    bold = "".join(row.text_content() for row in paragraph.iter("strong", "b"))
    return 0 < len(words) <= MOST_IN_A_TITLE and clean_line(bold) == words


def _level(tops: Sequence[HtmlElement]) -> str | None:
    """The heading that begins a section: "h2"; None where there is no heading."""
    counts = {level: sum(child.tag == level for child in tops) for level in LEVELS}
    several = [level for level in LEVELS if counts[level] > 1]
    return next(iter(several or [level for level in LEVELS if counts[level]]), None)


def _chapters(tops: Iterable[HtmlElement], level: str | None) -> list[_Chapter]:
    found = [_Chapter()]
    for child in tops:
        words = (
            clean_line(markup.without_nulls(" ".join(_lines(child)))) if child.tag == level else ""
        )
        if words:
            found.append(_Chapter(words, child))
        else:
            found[-1].elements.append(child)
    for chapter, words in zip(found, without_numbers([row.words for row in found]), strict=True):
        chapter.title, rest = _cut(words)
        if rest:
            chapter.elements.insert(0, _paragraph(rest))
    return found


def _lines(heading: HtmlElement) -> list[str]:
    """The words of a heading, line by line."""
    copy = deepcopy(heading)
    for line_end in list(copy.iter("br")):
        line_end.tail = f"\n{line_end.tail or ''}"
    return copy.text_content().split("\n")


def _cut(words: str) -> tuple[str, str]:
    """(a title that is not too long, the words of the heading that go on in the text)"""
    if len(words) <= MOST_IN_A_TITLE:
        return words, ""
    at = words.rfind(" ", 0, MOST_IN_A_TITLE + 1)
    at = MOST_IN_A_TITLE if at < MOST_IN_A_TITLE // 2 else at
    return words[:at].strip(), words[at:].strip()


def _paragraph(words: str) -> HtmlElement:
    made = lxml.html.Element("p")
    made.text = words
    return made


def _part(chapter: _Chapter, level: str | None) -> Part:
    """The section, with clean HTML; the next smaller headings are its headings."""
    base = LEVELS.index(level) if level else 0
    for element in chapter.elements:
        for heading in element.iter(*LEVELS):
            heading.tag = "h3" if LEVELS.index(heading.tag) <= base + 1 else "h4"
    html = markup.cleaned_with_marks("".join(map(markup.html_of, chapter.elements)))
    marks = _marks(chapter.heading)
    uid, version = next(filter(None, map(read_bookmark, marks)), ("", 0))
    return Part(chapter.title or NO_TITLE, html, uid, version, marks)


def _marks(heading: HtmlElement | None) -> list[str]:
    """The bookmarks of a heading; one of our own Word file says which section it was."""
    return [] if heading is None else [row.get("id") or "" for row in heading.iter("a")]
