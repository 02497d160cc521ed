"""What changed between two texts, block by block, and between two drafts, section by section."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from django.utils.safestring import SafeString

from policy_drafts.text.word_diffs import words_html

LINK = re.compile(r'<a href="([^"]*)"')
WORDS = {
    "paragraph": "paragraph",
    "item": "list item",
    "cell": "table cell",
    "definition": "definition",
    "quote": "quote",
    "heading": "heading",
    "term": "term",
    "caption": "caption",
    "picture": "picture",
}


class What(StrEnum):
    """What happened to a block."""

    REWORDED = "reworded"
    MOVED_REWORDED = "moved_reworded"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RESTYLED = "restyled"
    SAME = "same"


HAPPENED = {  # for one block
    What.ADDED: "new",
    What.REMOVED: "taken out",
    What.REWORDED: "reworded",
    What.MOVED: "moved",
    What.MOVED_REWORDED: "moved and reworded",
    What.RESTYLED: "same words, other form",
    What.SAME: "not changed",
}
COUNTED = {  # for several, in the order in which they are told
    What.REWORDED: "reworded",
    What.MOVED_REWORDED: "moved and reworded",
    What.ADDED: "new",
    What.REMOVED: "taken out",
    What.MOVED: "moved",
    What.RESTYLED: "in another form",
}


class AnyBlock(Protocol):
    """A block of the working copy, or of a draft: what comparing looks at."""

    @property
    def uid(self) -> str | UUID: ...
    @property
    def carried_from(self) -> str | UUID | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...


class AnySection(Protocol):
    """A section of the working copy, or of a draft: what comparing looks at."""

    @property
    def uid(self) -> UUID: ...
    @property
    def number(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def html(self) -> str: ...


WithBlocks = tuple[AnySection, Sequence[AnyBlock]]


@dataclass
class Row:
    """One block of either text, and what happened to it."""

    what: What
    old: AnyBlock | None = None
    new: AnyBlock | None = None

    @property
    def block(self) -> AnyBlock:
        """The block as it is now, or as it was before it was taken out."""
        block = self.new or self.old
        if block is None:
            raise ValueError("A row shows a block of one text at least.")
        return block

    @property
    def html(self) -> SafeString:
        return words_html(self.old.text if self.old else "", self.new.text if self.new else "")

    @property
    def addresses(self) -> list[tuple[str, str]]:
        """[(what happened, address)]: where links lead that led elsewhere before."""
        if not (self.old and self.new):
            return []
        before, now = LINK.findall(self.old.html), LINK.findall(self.new.html)
        return [
            *(("A link no longer leads to", address) for address in before if address not in now),
            *(("A link leads now to", address) for address in now if address not in before),
        ]

    @property
    def is_moved(self) -> bool:
        return self.what in (What.MOVED, What.MOVED_REWORDED)

    @property
    def label(self) -> str:
        """What happened to what, for people: "Paragraph, reworded"."""
        return f"{WORDS[self.block.kind].capitalize()}, {HAPPENED[self.what]}"


@dataclass
class SectionChange:
    """One section in two drafts: either may lack it."""

    old: AnySection | None
    new: AnySection | None
    rows: list[Row] = field(default_factory=list)
    moved: bool = False

    @property
    def section(self) -> AnySection:
        """The section as it is now, or as it was before it was taken out."""
        section = self.new or self.old
        if section is None:
            raise ValueError("A change is of a section of one draft at least.")
        return section

    @property
    def is_renamed(self) -> bool:
        return bool(self.old and self.new and self.old.title != self.new.title)

    @property
    def is_changed(self) -> bool:
        if not (self.old and self.new):
            return True
        return self.is_renamed or self.moved or any(row.what != What.SAME for row in self.rows)

    @property
    def title_html(self) -> SafeString:
        """Both titles in one, by word."""
        return words_html(self.old.title if self.old else "", self.new.title if self.new else "")

    @property
    def words(self) -> str:
        """What changed, in plain language: "2 paragraphs reworded, 1 new"."""
        if not self.old:
            return "New section"
        if not self.new:
            return "This section was taken out"
        parts = ["renamed"] if self.is_renamed else []
        if self.moved:
            parts.append(f"moved from place {self.old.number} to {self.new.number}")
        return ", ".join([*parts, *summary(self.rows)]).capitalize() or "Nothing changed"


def compare(old: Sequence[AnyBlock], new: Sequence[AnyBlock]) -> list[Row]:
    """Rows for two lists of blocks, in the order of the new one.

    What was taken out stands where it was. Blocks are the same by uid; one that carries on the uid
    of another, which is gone, counts as that one.
    """
    pairs = _paired(old, new)
    taken = {index for index, _ in pairs if index is not None}
    stays = _longest_rising([index for index, _ in pairs if index is not None])
    rows = [(index, _row(old, index, block, stays)) for index, block in pairs]
    for index, block in enumerate(old):
        if index not in taken:
            rows.insert(_place(rows, index, stays), (index, Row(What.REMOVED, old=block)))
            stays.add(index)
    return [row for _, row in rows]


def _paired(old: Sequence[AnyBlock], new: Sequence[AnyBlock]) -> list[tuple[int | None, AnyBlock]]:
    """[(place in the old list or None, block)] for each block of the new list."""
    places = {str(block.uid): index for index, block in enumerate(old)}
    gone = set(places) - {str(block.uid) for block in new}
    pairs = []
    for block in new:
        key = str(block.uid)
        if key not in places and str(block.carried_from) in gone:
            key = str(block.carried_from)
            gone.discard(key)  # only one block carries it on
        pairs.append((places.get(key), block))
    return pairs


def _row(old: Sequence[AnyBlock], index: int | None, block: AnyBlock, stays: set[int]) -> Row:
    if index is None:
        return Row(What.ADDED, new=block)
    before, moved = old[index], index not in stays
    if before.text != block.text:
        return Row(What.MOVED_REWORDED if moved else What.REWORDED, before, block)
    if moved:
        return Row(What.MOVED, before, block)
    is_same = before.html == block.html and before.kind == block.kind
    return Row(What.SAME if is_same else What.RESTYLED, before, block)


def _place(rows: Sequence[tuple[int | None, Row]], index: int, stays: set[int]) -> int:
    """The place behind the last row that stood before it and has not moved."""
    for number in range(len(rows) - 1, -1, -1):
        before = rows[number][0]
        if before is not None and before < index and before in stays:
            return number + 1
    return 0


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The numbers of a longest rising subsequence: what did not move."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        place = bisect_left(tails, number)
        before[number] = tails[place - 1] if place else None
        tails[place : place + 1] = [number]
    stays: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        stays.add(last)
        last = before[last]
    return stays


def summary(rows: Iterable[Row]) -> list[str]:
    """["2 paragraphs reworded", "1 new"]: the kinds of change, the name said once."""
    counts = Counter((row.what, WORDS[row.block.kind]) for row in rows)
    found, said = [], ""
    for what, label in COUNTED.items():
        for (happened, name), number in counts.items():
            if happened != what:
                continue
            plural = name if number == 1 else f"{name}s"
            found.append(f"{number} {label}" if name == said else f"{number} {plural} {label}")
            said = name
    return found


def compare_sections(old: Sequence[WithBlocks], new: Sequence[WithBlocks]) -> list[SectionChange]:
    """SectionChanges for two drafts, each a list of (section, blocks), in the order of the new.

    Sections that were taken out come last.
    """
    before = {section.uid: (section, rows) for section, rows in old}
    moved = _moved([section.uid for section, _ in old], [section.uid for section, _ in new])
    changes = []
    for section, rows in new:
        was, was_rows = before.pop(section.uid, (None, []))
        is_moved = section.uid in moved
        changes.append(SectionChange(was, section, compare(was_rows, rows), is_moved))
    return [*changes, *(_taken_out(section, rows) for section, rows in before.values())]


def _taken_out(section: AnySection, rows: Sequence[AnyBlock]) -> SectionChange:
    return SectionChange(section, None, [Row(What.REMOVED, old=block) for block in rows])


def _moved(old: Sequence[UUID], new: Sequence[UUID]) -> set[UUID]:
    """The uids of both that stand in another order than they did, as few as can be."""
    places = {uid: place for place, uid in enumerate(old)}
    both = [uid for uid in new if uid in places]
    stays = _longest_rising([places[uid] for uid in both])
    return {uid for uid in both if places[uid] not in stays}
