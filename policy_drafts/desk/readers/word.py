"""Word files: made plain, then read by mammoth; what others wrote into it becomes notes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import lxml.etree

from collective.errors import RuleError
from policy_drafts.desk.readers import (
    footnotes,
    list_numbers,
    word_changes,
    word_languages,
    word_notes,
    word_numbers,
    word_tidy,
)
from policy_drafts.desk.readers.named import Group, Named, counted, lost, named, of_gone
from policy_drafts.desk.readers.parts import WORD, Brought, brought, words_of
from policy_drafts.desk.readers.word_changes import words_in
from policy_drafts.desk.readers.word_html import as_html, markup_tree
from policy_drafts.desk.readers.word_package import (
    Element,
    Package,
    W,
    is_xml,
    main_part,
    parsed,
    related,
    unpacked,
)
from policy_drafts.desk.readers.word_styles import Styles, bookmark, property_of, value_of
from policy_drafts.text import foreign
from policy_drafts.text.limits import is_longer
from policy_drafts.text.notices import is_notice

MOST_PARAGRAPHS = MOST_CELLS = 20_000  # in a file, with those in tables
SHORT_PARTS = ("styles", "numbering", "comments", "footnotes", "endnotes")
NOT_READ = {
    "object": ("embedded object", "embedded objects"),
    "chart": ("chart", "charts"),
    "relIds": ("diagram", "diagrams"),
}
OUR_PAGE_LINE = re.compile(r"(?i).*(not published|draft \d+), page( \d+)?")


def read(content: bytes) -> Brought:
    """Read a .docx.

    Raises RuleError for what is none, is broken, or unpacks to too much.
    """
    file = _File(unpacked(content))
    _check_length(file.document)
    head = [*_not_read(file.document), *_margins(file.package)]
    for text in file.texts:
        word_tidy.simplify(text)
    places = _mark_headings(file)
    remarks = [
        *word_notes.changes(file.document, places),
        *word_notes.comments(file.document, file.part("comments"), places),
    ]
    head += [*_passing(file), *_looks(file.document)]
    for text in file.texts:
        word_changes.reject(text)
        word_languages.mark(text, file.styles)
    _drop_notice(file.document)
    plain = [word_tidy.make_plain(text, file.styles) for text in file.texts]
    head += [*_titles(file), *(row for rows, _ in plain for row in rows)]
    head += word_numbers.say(file.document, file.part("numbering"), file.styles)
    found = _sections(file)
    gone = [row for _, rows in plain for row in rows]
    titles = {mark: part.title for part in found.sections for mark in part.marks}
    found.notes = [remark.beside(titles) for remark in remarks]
    found.named = _once([*of_gone(gone), *head, *found.named])
    return found


def _once(rows: Iterable[Named]) -> list[Named]:
    """Each thing that does not come along, said once."""
    return list({(row["group"], row["words"]): row for row in rows}.values())


@dataclass
class _File:
    """The parts of a Word file, each as a tree."""

    package: Package
    trees: dict[str, Element] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.main = main_part(self.package)
        self.document = parsed(self.package[self.main])
        self.trees[self.main] = self.document
        for kind in SHORT_PARTS:
            name = self.name_of(kind)
            if name:
                self.trees[name] = parsed(self.package[name])

    def name_of(self, kind: str) -> str:
        """The name of the part that holds, for instance, the footnotes."""
        usual = f"word/{kind}.xml"
        return related(self.package, self.main, kind) or (usual if usual in self.package else "")

    def part(self, kind: str) -> Element | None:
        """A part by its kind."""
        return self.trees.get(self.name_of(kind))

    @cached_property
    def styles(self) -> Styles:
        """The styles of the file."""
        return Styles(self.part("styles"))

    @property
    def texts(self) -> list[Element]:
        """The text, and the notes to it."""
        rows = [self.document, self.part("footnotes"), self.part("endnotes")]
        return [row for row in rows if row is not None]

    def written(self) -> Package:
        """The package with the trees as they are now, and the little else that mammoth needs."""
        simple = {"numbering": word_numbers.simple(), "styles": self.styles.simple()}
        made = {
            name: simple.get(kind) or lxml.etree.tostring(self.trees[name])
            for kind in ("", "footnotes", "endnotes", "numbering", "styles")
            if (name := self.name_of(kind) if kind else self.main)
        }
        kept = {name: data for name, data in self.package.items() if name not in self.trees}
        return {**kept, **made}


def _check_length(document: Element) -> None:
    """Raises RuleError for a text that is too long to be read at once."""
    for tag, most, words in (
        (f"{W}p", MOST_PARAGRAPHS, "paragraphs"),
        (f"{W}tc", MOST_CELLS, "table cells"),
    ):
        if is_longer(document.iter(tag), most):
            raise RuleError(
                f"This file has more than {most:,} {words}. Please bring it in in parts."
            )


def _mark_headings(file: _File) -> dict[Element, tuple[str, ...]]:
    """Give each heading a bookmark and the style that mammoth knows.

    Returns {paragraph: the bookmarks of the headings up to it}.
    """
    found: dict[Element, tuple[str, ...]] = {}
    headings: tuple[str, ...] = ()
    for number, paragraph in enumerate(file.document.iter(f"{W}p")):
        if file.styles.level(paragraph):
            name = f"in-file-h{number}"
            bookmark(paragraph, name)
            headings = (*headings[-20:], name)
        found[paragraph] = headings
    return found


def _sections(file: _File) -> Brought:
    """The sections as mammoth reads them, with the words for which there was no place."""
    for paragraph in file.document.iter(f"{W}p"):
        level = file.styles.level(paragraph)
        if level and value_of(paragraph.find(f"{W}pPr/{W}pStyle")) != f"Heading{level}":
            property_of(paragraph, "pStyle").set(f"{W}val", f"Heading{level}")
    before = [word for text in file.texts for word in _words(text)]
    text = as_html(file.written())
    root = markup_tree(text.html)
    word_languages.say(root)
    list_numbers.set_starts(root)
    after = words_of([root])
    notes = footnotes.take_out(root)
    gone = foreign.make_plain(root)
    found = brought(root, notes)
    found.pictures = text.pictures
    found.named = [*of_gone(gone), *lost(before, after), *text.not_known, *found.named]
    return found


def _words(text: Element) -> list[str]:
    """All words of a text or of the notes to it that people wrote."""
    rows = [row for row in text.iter(f"{W}p") if next(row.iterancestors(f"{W}p"), None) is None]
    return WORD.findall("\n".join(map(words_in, rows)))


def _not_read(document: Element) -> list[Named]:
    """What does not come along: "2 charts"."""
    names = [lxml.etree.QName(row).localname for row in document.iter()]
    return [
        named(Group.REST, counted(names.count(tag), words))
        for tag, words in NOT_READ.items()
        if names.count(tag)
    ]


def _passing(file: _File) -> list[Named]:
    """Name what was put in and taken out again before anybody decided on it."""
    return [
        named(Group.WORDS, f"Put in and taken out again by suggestions: “{words}”")
        for text in file.texts
        for words in word_changes.passing_in(text)
    ]


def _looks(document: Element) -> list[Named]:
    """Suggestions that change only how words look, in one line for each author."""
    authors = word_changes.looks_in(document)
    return [
        named(
            Group.FORM,
            f"{counted(authors.count(author), ('suggestion', 'suggestions'))} of {author}’s "
            "for how words look",
        )
        for author in dict.fromkeys(authors)
    ]


def _titles(file: _File) -> list[Named]:
    """Take out the title of the document, and name it."""
    found = []
    for paragraph in list(file.document.iter(f"{W}p")):
        if file.styles.name_of(paragraph).lower() == "title":
            if title := words_in(paragraph).replace("\n", " "):
                said = f"The title of the document: “{title}” (the policy has its own)"
                found.append(named(Group.REST, said))
            _drop(paragraph)
    return found


def _drop_notice(document: Element) -> None:
    """Take out the notice that we write into a working copy."""
    for paragraph in list(document.iter(f"{W}p")):
        if is_notice(words_in(paragraph)):
            _drop(paragraph)


def _drop(paragraph: Element) -> None:
    parent = paragraph.getparent()
    if parent is not None:
        parent.remove(paragraph)


def _margins(package: Package) -> list[Named]:
    names = [
        name for name in package if name.startswith(("word/header", "word/footer")) and is_xml(name)
    ]
    lines = dict.fromkeys(" ".join(words_in(parsed(package[name])).split()) for name in names)
    return [
        named(Group.WORDS, f"The line above or below each page: “{line}”")
        for line in lines
        if any(sign.isalpha() for sign in line) and not OUR_PAGE_LINE.fullmatch(line)
    ]
