"""What others wrote into a Word file: tracked changes and comments, as notes.

The text is taken as it was before the tracked changes: each is a suggestion of its author's, to be
decided on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policy_drafts.desk.readers import word_changes
from policy_drafts.desk.readers.parts import Note
from policy_drafts.desk.readers.word_changes import SOMEBODY, words_in
from policy_drafts.desk.readers.word_package import Element, W
from policy_drafts.models import Heard

MOST_IN_AN_AUTHOR, MOST_ABOUT = 150, 500  # characters


@dataclass(frozen=True)
class Place:
    """Where a note stands: under which headings, the nearest last, and what it is about."""

    headings: Sequence[str] = ()
    about: str = ""


@dataclass(frozen=True)
class Remark:
    """A note whose section is not known yet."""

    channel: str
    author: str
    words: str
    headings: Sequence[str]

    def beside(self, titles: Mapping[str, str]) -> Note:
        """The note, beside the section that one of its headings begins; {bookmark: title}."""
        title = next((titles[row] for row in reversed(self.headings) if row in titles), "")
        return Note(channel=self.channel, author=self.author, words=self.words, title=title)


Places = Mapping[Element, Sequence[str]]  # {paragraph: the bookmarks of the headings up to it}


def changes(document: Element, places: Places) -> Iterator[Remark]:
    """A note for each tracked change: what it said, and what they suggest."""
    for change in word_changes.changes_in(document):
        headings = places.get(change.paragraphs[0], ())
        author = ", ".join(change.authors)[:MOST_IN_AN_AUTHOR]
        yield Remark(Heard.Channel.WORD_CHANGE, author, change.words, headings)


def comments(document: Element, comments: Element | None, places: Places) -> Iterator[Remark]:
    """A note for each comment, with the words that it is about."""
    if comments is None:
        return
    known = _places_of_comments(places)
    for row in comments.iter(f"{W}comment"):
        place = known.get(row.get(f"{W}id"), Place())
        about = f"\n\nAbout: {place.about[:MOST_ABOUT]}" if place.about else ""
        author = (row.get(f"{W}author") or SOMEBODY)[:MOST_IN_AN_AUTHOR]
        words = words_in(row) + about
        yield Remark(Heard.Channel.WORD_COMMENT, author, words, place.headings)


def _places_of_comments(places: Places) -> dict[str | None, Place]:
    """{key of a comment: where it begins}"""
    found: dict[str | None, Place] = {}
    for paragraph, headings in places.items():
        for mark in paragraph.iter(f"{W}commentReference", f"{W}commentRangeStart"):
            place = Place(headings, words_in(paragraph, inserted=False))
            found.setdefault(mark.get(f"{W}id"), place)
    return found
