"""Where some words of a text stand in the text that it became."""

from collections.abc import Sequence
from dataclasses import dataclass

from policy_drafts.text.tokens import Token, hunks, tokens_of


@dataclass(frozen=True)
class Carried:
    """Where they stand now (code points), and how much of them stayed, from above 0 to 1."""

    start: int
    end: int
    kept: float


def carry(old: str, new: str, start: int, end: int) -> Carried | None:
    """The range of the new text that continues this range of the old one; None where all is gone.

    What stands in the place of its words belongs to it; what was put in beside it does not.
    """
    before, after = tokens_of(old), tokens_of(new)
    inside = _inside(before, start, end)
    found: list[range] = []
    kept = 0
    for is_same, was, now in hunks(before, after):
        both = range(max(was.start, inside.start), min(was.stop, inside.stop))
        if not both:
            continue
        if is_same:
            kept += _letters(before, both)
            moved = now.start - was.start
            now = range(both.start + moved, both.stop + moved)
        if now:
            found.append(now)
    if not kept:
        return None
    first, last = min(part.start for part in found), max(part.stop for part in found)
    return Carried(after[first].start, after[last - 1].end, kept / _letters(before, inside))


def _inside(tokens: Sequence[Token], start: int, end: int) -> range:
    """The tokens that have letters in the range, without space at its ends."""
    found = [
        index
        for index, token in enumerate(tokens)
        if token.start < end and token.end > start and not token.text.isspace()
    ]
    return range(found[0], found[-1] + 1) if found else range(0)


def _letters(tokens: Sequence[Token], those: range) -> int:
    return sum(len(tokens[index].text) for index in those if not tokens[index].text.isspace())
