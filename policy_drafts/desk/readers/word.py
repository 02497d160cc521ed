"""Word files: made plain, then read by mammoth; what others wrote into it becomes notes."""

from collections.abc import Iterable, Sequence
from itertools import chain

import lxml.etree

from collective.errors import RuleError
from policy_drafts.desk.readers import (
    footnotes,
    list_numbers,
    word_changes,
    word_drawings,
    word_languages,
    word_notes,
    word_numbers,
    word_tidy,
)
from policy_drafts.desk.readers.named import Group, Named, counted, lost, named, of_gone
from policy_drafts.desk.readers.our_files import TITLE, is_page_line
from policy_drafts.desk.readers.parts import WORD, Brought, brought, words_of
from policy_drafts.desk.readers.word_changes import words_in
from policy_drafts.desk.readers.word_file import Where, WordFile, notes_in
from policy_drafts.desk.readers.word_html import as_html
from policy_drafts.desk.readers.word_package import Element, W, unpacked
from policy_drafts.desk.readers.word_styles import bookmark, property_of, value_of
from policy_drafts.text import foreign, markup
from policy_drafts.text.limits import is_longer
from policy_drafts.text.notices import is_notice

MOST_PARAGRAPHS = MOST_CELLS = 20_000  # in a file, with those in tables


def read(content: bytes) -> Brought:
    """Read a .docx.

    Raises RuleError for what is none, is broken, or unpacks to too much.
    """
    file = WordFile(unpacked(content))
    trees = [text.tree for text in file.texts]
    _check_length(trees)
    head = [row for tree in trees for row in word_tidy.simplify(tree)]
    head += word_drawings.name(file)
    places = _mark_headings(file)
    known = word_notes.places_of_notes(file, places)
    head += _looks(trees)
    for tree in trees:
        word_changes.put_back_looks(tree)
    gone = [row for tree in trees for row in word_tidy.take_out(tree, file.styles)]
    head += _passing(trees)
    remarks = list(word_notes.changes(file, places))
    for tree in trees:
        word_changes.reject(tree)
        word_languages.mark(tree, file.styles)
    _drop_notice(file.document)
    head += [row for tree in trees for row in word_tidy.make_plain(tree, file.styles)]
    remarks += word_notes.comments(file, known)
    head += [*_titles(file), *_margins(file)]
    head += word_numbers.say(file.document, file.part("numbering"), file.styles)
    head += _notes_to_nothing(file)
    found = _sections(file)
    titles = {mark: part.title for part in found.sections for mark in part.marks}
    found.notes = [remark.beside(titles) for remark in remarks]
    found.named = _once([*of_gone(gone), *head, *found.named])
    return found


def _once(rows: Iterable[Named]) -> list[Named]:
    """Each thing that does not come along, said once."""
    return list({(row["group"], row["words"]): row for row in rows}.values())


def _check_length(trees: Sequence[Element]) -> None:
    """Raises RuleError for a text that is too long to be read at once."""
    for tag, most, words in (
        (f"{W}p", MOST_PARAGRAPHS, "paragraphs"),
        (f"{W}tc", MOST_CELLS, "table cells"),
    ):
        if is_longer(chain.from_iterable(tree.iter(tag) for tree in trees), most):
            raise RuleError(
                f"This file has more than {most:,} {words}. Please bring it in in parts."
            )


def _mark_headings(file: WordFile) -> word_notes.Places:
    """Give each heading a bookmark and the style that mammoth knows.

    Returns {paragraph: the bookmarks of the headings up to it}.
    """
    found: word_notes.Places = {}
    headings: tuple[str, ...] = ()
    for number, paragraph in enumerate(file.document.iter(f"{W}p")):
        if file.styles.level(paragraph):
            name = f"in-file-h{number}"
            bookmark(paragraph, name)
            headings = (*headings[-20:], name)
        found[paragraph] = headings
    return found


def _sections(file: WordFile) -> Brought:
    """The sections as mammoth reads them, with the words for which there was no place."""
    for paragraph in file.document.iter(f"{W}p"):
        level = file.styles.level(paragraph)
        if level and value_of(paragraph.find(f"{W}pPr/{W}pStyle")) != f"Heading{level}":
            property_of(paragraph, "pStyle").set(f"{W}val", f"Heading{level}")
    before = [word for tree in file.of(Where.TEXT, Where.NOTE) for word in _words(tree)]
    text = as_html(file.written())
    root = markup.tree(markup.without_nulls(text.html))
    word_languages.say(root)
    list_numbers.set_starts(root)
    list_numbers.join(root)
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


def _passing(trees: Sequence[Element]) -> list[Named]:
    """Name what was put in and taken out again before anybody decided on it."""
    return [
        named(Group.WORDS, f"Put in and taken out again by suggestions: “{words}”")
        for tree in trees
        for words in word_changes.passing_in(tree)
    ]


def _looks(trees: Sequence[Element]) -> list[Named]:
    """Suggestions that change only how words look, in one line for each author."""
    authors = [author for tree in trees for author in word_changes.looks_in(tree)]
    return [
        named(
            Group.FORM,
            f"{counted(authors.count(author), ('suggestion', 'suggestions'))} of {author}’s "
            "for how words look",
        )
        for author in dict.fromkeys(authors)
    ]


def _titles(file: WordFile) -> list[Named]:
    """Take out the title of the document, and name it."""
    found = []
    for paragraph in list(file.document.iter(f"{W}p")):
        if file.styles.name_of(paragraph).lower() == "title":
            if title := words_in(paragraph).replace("\n", " "):
                found.append(named(Group.REST, TITLE.format(title)))
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


def _margins(file: WordFile) -> list[Named]:
    """The lines above and below each page, as they were before the tracked changes."""
    trees = file.of(Where.MARGIN)
    lines = dict.fromkeys(" ".join(words_in(tree).split()) for tree in trees)
    return [
        named(Group.WORDS, f"The line above or below each page: “{line}”")
        for line in lines
        if any(sign.isalpha() for sign in line) and not is_page_line(line)
    ]


def _notes_to_nothing(file: WordFile) -> list[Named]:
    """Take out footnotes of which nothing in the text speaks, or no longer, and name them."""
    spoken = {
        (lxml.etree.QName(row).localname.removesuffix("Reference"), row.get(f"{W}id"))
        for tree in file.of(Where.TEXT, Where.NOTE)
        for row in tree.iter(f"{W}footnoteReference", f"{W}endnoteReference")
    }
    found = []
    for note in [row for tree in file.of(Where.NOTE) for row in notes_in(tree)]:
        if (lxml.etree.QName(note).localname, note.get(f"{W}id")) not in spoken:
            if words := " ".join(words_in(note).split()):
                said = f"A footnote to words that do not come along: “{words}”"
                found.append(named(Group.WORDS, said))
            _drop(note)
    return found
