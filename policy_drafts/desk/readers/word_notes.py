"""What others wrote into a Word file: tracked changes and comments, as notes.

The text is taken as it was before the tracked changes: each is a suggestion of its author's, to be
decided on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_drafts.desk.readers.parts import LEVELS, Note, title_of
from policy_drafts.desk.readers.word_package import Element, Package, W, parsed
from policy_drafts.models import Heard
from policy_drafts.text import blocks

COMMENTS = "word/comments.xml"
PUT_IN = (f"{W}ins", f"{W}moveTo")
TAKEN_OUT = (f"{W}del", f"{W}moveFrom")
HEADINGS = {f"heading{level[1]}" for level in LEVELS}
SOMEBODY = "Somebody"
MOST_IN_AN_AUTHOR, MOST_ABOUT = 150, 500  # characters


@dataclass(frozen=True)
class _Place:
    """Where a note stands: the headings up to there, and the words that it is about."""

    headings: Sequence[str] = ()
    about: str = ""


def notes_in(document: Element, package: Package, titles: set[str]) -> list[Note]:
    """Notes of tracked changes, then of comments, each beside one of the sections' titles."""
    return [*_changes(document, titles), *_comments(document, package, titles)]


def words_in(element: Element, *, deleted: bool = True, inserted: bool = True) -> str:
    """The words in an element, with or without what tracked changes took out or put in."""
    unwanted = (() if inserted else PUT_IN) + (() if deleted else TAKEN_OUT)
    words = []
    for row in element.iter(f"{W}t", f"{W}delText", f"{W}tab", f"{W}br"):
        if unwanted and next(row.iterancestors(*unwanted), None) is not None:
            continue
        words.append((row.text or "") if row.tag in (f"{W}t", f"{W}delText") else " ")
    return blocks.normalised("".join(words))


def style_of(paragraph: Element) -> str:
    """The name of a paragraph's style, or ""."""
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if style is None else style.get(f"{W}val", "")


def _paragraphs(document: Element) -> Iterator[tuple[Element, list[str]]]:
    """(paragraph, the headings up to it)"""
    headings: list[str] = []
    for row in document.iter(f"{W}p"):
        if style_of(row).lower().replace(" ", "") in HEADINGS:
            headings = [*headings, title_of(words_in(row, inserted=False))]
        yield row, headings


def _title(headings: Sequence[str], titles: set[str]) -> str:
    """The section's title, whatever smaller headings stand between."""
    return next((heading for heading in reversed(headings) if heading in titles), "")


def _changes(document: Element, titles: set[str]) -> Iterator[Note]:
    """A note for each paragraph that somebody changed: what it said, and what they suggest."""
    for row, headings in _paragraphs(document):
        marks = list(row.iter(*PUT_IN, *TAKEN_OUT))
        before, after = words_in(row, inserted=False), words_in(row, deleted=False)
        if marks and before != after:
            authors = dict.fromkeys(mark.get(f"{W}author") or SOMEBODY for mark in marks)
            yield Note(
                channel=Heard.Channel.WORD_CHANGE,
                author=", ".join(authors)[:MOST_IN_AN_AUTHOR],
                words=(
                    f"Instead of: {before or 'nothing'}\n\nSuggested: {after or 'to take it out'}"
                ),
                title=_title(headings, titles),
            )


def _comments(document: Element, package: Package, titles: set[str]) -> Iterator[Note]:
    if COMMENTS not in package:
        return
    places = _places_of_comments(document)
    for row in parsed(package[COMMENTS]).iter(f"{W}comment"):
        place = places.get(row.get(f"{W}id"), _Place())
        about = f"\n\nAbout: {place.about[:MOST_ABOUT]}" if place.about else ""
        yield Note(
            channel=Heard.Channel.WORD_COMMENT,
            author=(row.get(f"{W}author") or SOMEBODY)[:MOST_IN_AN_AUTHOR],
            words=words_in(row) + about,
            title=_title(place.headings, titles),
        )


def _places_of_comments(document: Element) -> dict[str | None, _Place]:
    """{key of a comment: where it begins}"""
    places: dict[str | None, _Place] = {}
    for row, headings in _paragraphs(document):
        for mark in row.iter(f"{W}commentReference", f"{W}commentRangeStart"):
            place = _Place(headings, words_in(row, inserted=False))
            places.setdefault(mark.get(f"{W}id"), place)
    return places


def reject_changes(document: Element) -> None:
    """Make the text as it was before the tracked changes."""
    for row in list(document.iter(*PUT_IN)):
        parent = _parent_of_words(row)
        if parent is not None:
            parent.remove(row)
    for row in list(document.iter(*TAKEN_OUT)):
        parent = _parent_of_words(row)
        if parent is not None:
            _put_back(row, parent)


def _parent_of_words(mark: Element) -> Element | None:
    """What holds a tracked change of words; None for one of a paragraph's end or of its look."""
    parent = mark.getparent()
    return None if parent is None or parent.tag == f"{W}rPr" else parent


def _put_back(mark: Element, parent: Element) -> None:
    """Put what was taken out in the place of its mark."""
    for text in mark.iter(f"{W}delText"):
        text.tag = f"{W}t"
    place = parent.index(mark)
    for offset, child in enumerate(list(mark)):
        parent.insert(place + offset, child)
    parent.remove(mark)
