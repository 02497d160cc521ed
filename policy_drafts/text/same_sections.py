"""Which section of one text is which of another, where nothing but titles and words tell it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from policy_drafts.text import blocks, markup

HALF = 0.5  # of the words of both: from here on two sections are the same


@dataclass(frozen=True)
class Titled:
    """A section, as far as it is compared: its title and its HTML, which is clean."""

    title: str
    html: str

    @cached_property  # read only where a title does not tell
    def pairs(self) -> Counter[tuple[str, str]]:
        """How often each two words stand beside each other."""
        texts = (element.text_content() for element in blocks.leaves(markup.tree(self.html)))
        return Counter(pair for text in texts for pair in pairwise(text.casefold().split()))


def same_sections(old: Sequence[Titled], new: Sequence[Titled]) -> dict[int, int]:
    """{index in new: index in old}: by equal titles, then by their words; none is used twice."""
    found = _by_title(old, new)
    taken = set(found.values())
    before = {was: row for was, row in enumerate(old) if was not in taken}
    after = {now: row for now, row in enumerate(new) if now not in found}
    alike = [row for row in _likeness(before, after) if row[0] >= HALF]
    for _, was, now in sorted(alike, key=lambda row: (-row[0], row[1], row[2])):
        if now not in found and was not in taken:
            found[now] = was
            taken.add(was)
    return found


def _likeness(
    old: Mapping[int, Titled], new: Mapping[int, Titled]
) -> Iterator[tuple[float, int, int]]:
    """(how much of both stands in the other, from 0 to 1, was, now); Dice's coefficient.

    Only sections that share something are asked: most of many share nothing.
    """
    if not (old and new):
        return
    holders: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for was, section in old.items():
        for pair, number in section.pairs.items():
            holders.setdefault(pair, []).append((was, number))
    for now, section in new.items():
        shared: Counter[int] = Counter()
        for pair, number in section.pairs.items():
            for was, other in holders.get(pair, ()):
                shared[was] += min(number, other)
        for was, number in shared.items():
            yield 2 * number / (old[was].pairs.total() + section.pairs.total()), was, now


def _by_title(old: Sequence[Titled], new: Sequence[Titled]) -> dict[int, int]:
    places: dict[str, list[int]] = {}
    for was, section in enumerate(old):
        places.setdefault(section.title.casefold(), []).append(was)
    found = {}
    for now, section in enumerate(new):
        if same := places.get(section.title.casefold()):
            found[now] = same.pop(0)
    return found
