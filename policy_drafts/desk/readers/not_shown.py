"""Words of a Markdown text that it shows nowhere: of a note that nothing speaks of, of a cell."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from html import unescape
from urllib.parse import unquote

from lxml.html import HtmlElement
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from policy_drafts.desk.readers.named import WORD, Group, Named, lost, named

LABEL = re.compile(
    r"\[\^[^\]\n]*\]|(?<=\])\[[^\]\n]*\]|^ {0,3}\[[^\^\]\n][^\]\n]*\]:.*$", re.MULTILINE
)
SIGNS_BEFORE = re.compile(r"\\([!-/:-@\[-`{-~])")
SHOWN_IN = ("href", "src", "alt", "title", "class")
NOTE = re.compile(r"^ {0,3}\[\^([^\]\n]+)\]:(.*(?:\n(?:[ \t]*\n)*(?: {4}|\t).*)*)", re.MULTILINE)
BEFORE_A_ROW = re.compile(r"^[\s>]*\|?")
LINE_END = re.compile(r"\r\n?")  # of a file as the reader of Markdown counts its lines
OF_A_NOTE = "A footnote to words that do not come along: “{}”"
OF_A_CELL = "A cell beyond the columns of its table: “{}”"


def name(text: str, tokens: Sequence[Token], page: HtmlElement) -> list[Named]:
    """Name them; `page` is how the text looks, `tokens` is what it was read as."""
    text = LINE_END.sub("\n", text)
    rows = [(OF_A_NOTE, words) for words in _unused_notes(text, tokens)]
    rows += [(OF_A_CELL, words) for words in _cells_too_many(text, tokens)]
    told = [named(Group.WORDS, said.format(" ".join(words.split()))) for said, words in rows]
    shown = [*_shown(page), *(word for _, words in rows for word in _in_source(words))]
    return [*told, *lost(_in_source(text), shown)]


def words_in(text: str) -> list[str]:
    """The words of a text that are more than the number or the letter of an item.

    Raised figures count as any: they are written in another way afterwards.
    """
    found = WORD.findall(unicodedata.normalize("NFKC", text))
    return [word for word in found if len(word) > 1 and not word.isdecimal()]


def _in_source(text: str) -> list[str]:
    return words_in(unescape(SIGNS_BEFORE.sub(r"\1", LABEL.sub("", text))).replace("_", " "))


def _shown(page: HtmlElement) -> Iterator[str]:
    """The words that show, and those of addresses, as they are written and as they are meant."""
    yield from words_in(" ".join(page.itertext()).replace("_", " "))
    values = " ".join(row.get(key) or "" for row in page.iter() for key in SHOWN_IN)
    values = values.replace("_", " ")
    yield from (Counter(words_in(values)) | Counter(words_in(unquote(values)))).elements()


def _unused_notes(text: str, tokens: Sequence[Token]) -> Iterator[str]:
    """The notes of which nothing in the text speaks, and those that stand there twice."""
    used = {row.meta["label"] for row in tokens if row.type == "footnote_open" and row.meta}
    for found in NOTE.finditer(text):
        if found[1] in used:
            used.discard(found[1])
        elif found[2].strip() and not _is_code(found.start(), text, tokens):
            yield found[2]


def _is_code(place: int, text: str, tokens: Sequence[Token]) -> bool:
    """Does a place stand in lines that are shown as they are?"""
    line = text.count("\n", 0, place)
    return any(row.map and row.map[0] <= line < row.map[1] for row in tokens if row.type == "fence")


def _cells_too_many(text: str, tokens: Sequence[Token]) -> Iterator[str]:
    """The cells of a row that stand beyond the last column of its table."""
    lines, columns = text.split("\n"), 0
    for row in tokens:
        if row.type == "table_open":
            columns = 0
        elif row.type == "th_open":
            columns += 1
        elif row.type == "tr_open" and columns and row.map:
            line = BEFORE_A_ROW.sub("", lines[row.map[0]]).rstrip().removesuffix("|")
            yield from filter(str.strip, escapedSplit(line)[columns:])
