"""What others wrote into a Word file: tracked changes and comments, as notes.

The text is taken as it was before the tracked changes: each is a suggestion of its author's, to be
decided on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policy_drafts.desk.readers import word_changes
from policy_drafts.desk.readers.parts import Note
from policy_drafts.desk.readers.word_changes import SOMEBODY, words_in
from policy_drafts.desk.readers.word_file import Where, WordFile, notes_in
from policy_drafts.desk.readers.word_package import Element, W
from policy_drafts.models import Heard

MOST_IN_AN_AUTHOR, MOST_ABOUT = 150, 500  # characters
REFERENCES = {
    "footnote": (f"{W}footnoteReference",),
    "endnote": (f"{W}endnoteReference",),
    "comment": (f"{W}commentReference", f"{W}commentRangeStart"),
}


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


Places = dict[Element, Sequence[str]]  # {paragraph: the bookmarks of the headings up to it}
Known = Mapping[tuple[str, str], Place]  # {(kind, key) of a note or comment: where it begins}


def places_of_notes(file: WordFile, places: Places) -> Known:
    """Where each footnote and comment begins; paragraphs of footnotes are added to `places`."""
    found: dict[tuple[str, str], Place] = {}
    _add_places(found, places)
    inside: Places = {}
    for tree in file.of(Where.NOTE):
        for note in notes_in(tree):
            place = found.get(_key(note), Place())
            inside |= dict.fromkeys(note.iter(f"{W}p"), place.headings)
    _add_places(found, inside)
    places |= inside
    for tree in file.of(Where.COMMENT):
        for row in tree.iter(f"{W}comment"):
            place = found.get(_key(row), Place())
            places |= dict.fromkeys(row.iter(f"{W}p"), place.headings)
    return found


def _add_places(found: dict[tuple[str, str], Place], places: Places) -> None:
    for paragraph, headings in places.items():
        for kind, tags in REFERENCES.items():
            for mark in paragraph.iter(*tags):
                place = Place(headings, words_in(paragraph, inserted=False))
                found.setdefault((kind, mark.get(f"{W}id") or ""), place)


def _key(owner: Element) -> tuple[str, str]:
    return str(owner.tag).removeprefix(W), owner.get(f"{W}id") or ""


def changes(file: WordFile, places: Places) -> Iterator[Remark]:
    """A note for each tracked change: what it said, what they suggest, and where."""
    for text in file.texts:
        end = "" if text.where == Where.TEXT else f"\n\nThis is in {text.where}."
        for change in word_changes.changes_in(text.tree):
            headings = places.get(change.paragraphs[0], ())
            author = ", ".join(change.authors)[:MOST_IN_AN_AUTHOR]
            yield Remark(Heard.Channel.WORD_CHANGE, author, f"{change.words}{end}", headings)


def comments(file: WordFile, known: Known) -> Iterator[Remark]:
    """A note for each comment, with the words that it is about."""
    for row in [row for tree in file.of(Where.COMMENT) for row in tree.iter(f"{W}comment")]:
        place = known.get(_key(row), Place())
        about = f"\n\nAbout: {place.about[:MOST_ABOUT]}" if place.about else ""
        author = (row.get(f"{W}author") or SOMEBODY)[:MOST_IN_AN_AUTHOR]
        yield Remark(Heard.Channel.WORD_COMMENT, author, words_in(row) + about, place.headings)
