"""Texts as words and signs, and what two of them share: no clock decides, so it is always the same.

A text is compared token by token with the fewest that are put in or taken out (Indel distance).
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel

TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


class Token(NamedTuple):
    """A word, a sign or a space, and where it stands in its text."""

    text: str
    start: int
    end: int


class Run(NamedTuple):
    """Tokens of both texts that are the same; or of one alone, and the other's range is empty."""

    is_same: bool
    old: range
    new: range


def tokens_of(text: str) -> list[Token]:
    """The whole text, token by token."""
    return [Token(found.group(), *found.span()) for found in TOKEN.finditer(text)]


def words_of(text: str) -> list[str]:
    """The whole text as words, signs and spaces, where nobody asks for their places."""
    return TOKEN.findall(text)


def runs(old: Sequence[Token], new: Sequence[Token]) -> Iterator[Run]:
    """What stays, goes and comes, in order."""
    return runs_of_words([token.text for token in old], [token.text for token in new])


def runs_of_words(old: Sequence[str], new: Sequence[str]) -> Iterator[Run]:
    """The same, of words without their places."""
    for row in Indel.opcodes(old, new):
        was, now = range(row.src_start, row.src_end), range(row.dest_start, row.dest_end)
        yield Run(row.tag == "equal", was, now)


def hunks(old: Sequence[Token], new: Sequence[Token]) -> list[Run]:
    """The runs, with what went and what came in its place as one."""
    found: list[Run] = []
    for run in runs(old, new):
        last = found[-1] if found else None
        if last is None or last.is_same or run.is_same:
            found.append(run)
        else:
            was, now = range(last.old.start, run.old.stop), range(last.new.start, run.new.stop)
            found[-1] = Run(False, was, now)
    return found
