"""The numbers before headings: those that count up go, as a draft numbers its sections itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)([.)]?)\s+(?=\S)")


@dataclass(frozen=True)
class _Numbered:
    """A heading that begins with a number: "1.2) Scope"."""

    place: int  # among all headings
    parts: tuple[int, ...]
    sign: str
    end: int

    def leads_to(self, other: "_Numbered") -> bool:
        """Is the other one's number the next: 2 after 1, 1.1 after 1, 2 or 2.1 after 1.7?"""
        if self.sign != other.sign:
            return False
        if other.parts == (*self.parts, 1):
            return True
        for depth, number in enumerate(self.parts):
            begins = (*self.parts[:depth], number + 1)
            left = other.parts[len(begins) :]
            if other.parts[: len(begins)] == begins and all(row == 1 for row in left):
                return len(other.parts) <= len(self.parts)
        return False


def without_numbers(headings: Sequence[str]) -> list[str]:
    """The headings without numbers that count up with their neighbours.

    "12 months review" and "12.04.2006" keep theirs: such a number is one of the heading's words.
    """
    found = [row for place, text in enumerate(headings) if (row := _numbered(place, text))]
    counting = {
        row.place: row.end
        for before, row, after in zip([None, *found], found, [*found[1:], None], strict=False)
        if (before and before.leads_to(row)) or (after and row.leads_to(after))
    }
    if len(found) == 1 and found[0].parts == (1,):
        counting[found[0].place] = found[0].end
    return [text[counting.get(place, 0) :] for place, text in enumerate(headings)]


def _numbered(place: int, text: str) -> _Numbered | None:
    found = NUMBER.match(text)
    if not found or not (found[2] or "." in found[1]):
        return None
    return _Numbered(place, tuple(map(int, found[1].split("."))), found[2], found.end())
