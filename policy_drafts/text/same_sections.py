"""Which section of one text is which of another, where nothing but titles and words tell it."""

from collections import Counter
from collections.abc import Sequence
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
    free = [index for index in range(len(old)) if index not in found.values()]
    likeness = [
        (_share(old[was], new[now]), was, now)
        for now in range(len(new))
        if now not in found
        for was in free
    ]
    for share, was, now in sorted(likeness, key=lambda row: (-row[0], row[1], row[2])):
        if share >= HALF and now not in found and was not in found.values():
            found[now] = was
    return found


def _by_title(old: Sequence[Titled], new: Sequence[Titled]) -> dict[int, int]:
    places: dict[str, list[int]] = {}
    for was, section in enumerate(old):
        places.setdefault(section.title.casefold(), []).append(was)
    found = {}
    for now, section in enumerate(new):
        if same := places.get(section.title.casefold()):
            found[now] = same.pop(0)
    return found


def _share(old: Titled, new: Titled) -> float:
    """How much of both stands in the other, from 0 to 1 (Dice's coefficient)."""
    total = old.pairs.total() + new.pairs.total()
    return 2 * (old.pairs & new.pairs).total() / total if total else 0.0
