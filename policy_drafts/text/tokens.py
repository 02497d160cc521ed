"""Texts as words and signs, and what two of them share: no clock decides, so it is always the same.

A text is compared token by token with the fewest that are put in or taken out (Indel distance).
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from rapidfuzz.distance import Indel

MOST_PAIRS = 400_000_000  # of words: comparing them takes a quarter of a second, and 50 MB
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
    """What stays, goes and comes, in order.

    Words and signs decide. Spaces go with them: they would else outvote a word, as there are many.
    """
    return runs_of_words([token.text for token in old], [token.text for token in new])


def runs_of_words(old: Sequence[str], new: Sequence[str]) -> Iterator[Run]:
    """The same, of words without their places."""
    was, now = 0, 0
    for row in _same(old, new):
        if was < row.old.start:
            yield Run(False, range(was, row.old.start), range(now, now))
        if now < row.new.start:
            yield Run(False, range(row.old.start, row.old.start), range(now, row.new.start))
        yield row
        was, now = row.old.stop, row.new.stop
    if was < len(old):
        yield Run(False, range(was, len(old)), range(now, now))
    if now < len(new):
        yield Run(False, range(len(old), len(old)), range(now, len(new)))


def _same(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """The runs that stay: words and signs, each with the space before and behind it."""
    pairs: list[tuple[int, int]] = []
    for was, now in _same_words(old, new):
        pairs += _space(pairs, old, new, (was - 1, now - 1))
        pairs.append((was, now))
        pairs += _space(pairs, old, new, (was + 1, now + 1))
    found: list[Run] = []
    for was, now in pairs:
        begins = (was, now)
        if found and (found[-1].old.stop, found[-1].new.stop) == begins:
            last = found.pop()
            begins = last.old.start, last.new.start
        found.append(Run(True, range(begins[0], was + 1), range(begins[1], now + 1)))
    return found


def _same_words(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The indexes of words and signs that stay: as many as can be, in order."""
    before = [index for index, word in enumerate(old) if not word.isspace()]
    after = [index for index, word in enumerate(new) if not word.isspace()]
    if len(before) * len(after) > MOST_PAIRS:
        yield from _same_at_the_ends(old, new, before, after)
        return
    for row in Indel.opcodes([old[index] for index in before], [new[index] for index in after]):
        if row.tag == "equal":
            was = before[row.src_start : row.src_end]
            now = after[row.dest_start : row.dest_end]
            yield from zip(was, now, strict=True)


def _same_at_the_ends(
    old: Sequence[str], new: Sequence[str], before: list[int], after: list[int]
) -> Iterator[tuple[int, int]]:
    """Of two texts that are too long to be compared whole: how they begin and end."""
    pairs = list(zip(before, after, strict=False))
    same = list(takewhile(lambda pair: old[pair[0]] == new[pair[1]], pairs))
    rest = zip(reversed(before[len(same) :]), reversed(after[len(same) :]), strict=False)
    last = list(takewhile(lambda pair: old[pair[0]] == new[pair[1]], rest))
    yield from (*same, *reversed(last))


def _space(
    pairs: Sequence[tuple[int, int]], old: Sequence[str], new: Sequence[str], at: tuple[int, int]
) -> list[tuple[int, int]]:
    """The space that stands in both texts at this place, if it is none of the pairs yet."""
    was, now = at
    last = pairs[-1] if pairs else (-1, -1)
    if not (last[0] < was < len(old) and last[1] < now < len(new)):
        return []
    return [at] if old[was].isspace() and old[was] == new[now] else []


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
