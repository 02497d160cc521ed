"""Which text of a list is which of another: by equal text, then by likeness.

Alike are two that are each other's best at a ratio of at least 55, best first, until none is left.
"""

from collections.abc import Collection, Iterable
from difflib import SequenceMatcher
from typing import NamedTuple

from rapidfuzz import fuzz

ALIKE = 55  # of 100
MOST_PAIRS = 400_000  # that one save compares by letters; beyond it blocks are new
MOST_LETTERS = 2e10  # letters of all old texts times those of the new ones, see BEGINNING
BEGINNING = 300  # letters that are compared where there are more than MOST_LETTERS

Found = dict[int, int]  # {index in new: index in old}; nothing old is used twice


class Pair(NamedTuple):
    """Two texts that are alike; the best pair sorts first, of equals the one that moved less."""

    score: float  # negative, so that the best is the least
    moved: int
    old: int
    new: int


class Matching:
    """Two lists of texts: first what is the same, then what is alike."""

    def __init__(self, old: list[str], new: list[str]) -> None:
        self.old, self.new = old, new
        self.found: Found = {}
        self.runs = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        for what, old_start, old_end, new_start, new_end in self.runs:
            if what == "equal":
                same = zip(range(new_start, new_end), range(old_start, old_end), strict=True)
                self.found.update(same)
        _match_same_text(old, new, self.found)

    @property
    def left(self) -> list[int]:
        """The indexes of the new texts that are none of the old ones yet."""
        return [index for index in range(len(self.new)) if index not in self.found]

    def with_alike(self, but: Collection[int] = ()) -> Found:
        """{index in new: index in old}; these new ones are known to be of elsewhere."""
        blocked = dict.fromkeys(but, -1)
        found = self.found | blocked
        for _, old_start, old_end, new_start, new_end in self.runs:
            within = range(old_start, old_end), range(new_start, new_end)
            _match_alike(self.old, self.new, found, within)
        _match_alike(self.old, self.new, found, (range(len(self.old)), range(len(self.new))))
        return {index: place for index, place in found.items() if index not in blocked}


def _match_same_text(old: list[str], new: list[str], found: Found) -> None:
    """Add what moved as it is: equal text elsewhere, in order."""
    used = set(found.values())
    places: dict[str, list[int]] = {}
    for index, text in enumerate(old):
        if index not in used:
            places.setdefault(text, []).append(index)
    for index, text in enumerate(new):
        if index not in found and places.get(text):
            found[index] = places[text].pop(0)


def _match_alike(old: list[str], new: list[str], found: Found, within: tuple[range, range]) -> None:
    """Add the pairs within two ranges that are each other's best, until there is none."""
    used = set(found.values())
    free_old = {index: old[index] for index in within[0] if index not in used}
    free_new = {index: new[index] for index in within[1] if index not in found}
    if not free_old or not free_new or len(free_old) * len(free_new) > MOST_PAIRS:
        return
    if _letters(free_old) * _letters(free_new) > MOST_LETTERS:
        free_old, free_new = _beginnings(free_old), _beginnings(free_new)
    _take_best(_alike(free_old, free_new), found)


def _take_best(pairs: Iterable[Pair], found: Found) -> None:
    """Add the best pair that is left, again and again: the mutual best, repeated."""
    used = set(found.values())
    for pair in sorted(pairs):
        if pair.old not in used and pair.new not in found:
            used.add(pair.old)
            found[pair.new] = pair.old


def _alike(old: dict[int, str], new: dict[int, str]) -> Iterable[Pair]:
    for there, new_text in new.items():
        for here, old_text in old.items():
            if score := fuzz.ratio(old_text, new_text, score_cutoff=ALIKE):
                yield Pair(-score, abs(here - there), here, there)


def _letters(texts: dict[int, str]) -> int:
    return sum(map(len, texts.values()))


def _beginnings(texts: dict[int, str]) -> dict[int, str]:
    return {index: text[:BEGINNING] for index, text in texts.items()}
