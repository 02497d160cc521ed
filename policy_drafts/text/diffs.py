"""What changed between two texts, block by block, and between two drafts, section by section."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from policy_drafts.text import lineage, list_places, word_diffs
from policy_drafts.text.lineage import Alignment, AnyBlock, AnySection, Place, WithBlocks
from policy_drafts.text.rising import longest_rising
from policy_drafts.text.word_diffs import Both

LINK = re.compile(r'<a href="([^"]*)"')
ONE = UUID(int=0)


class What(StrEnum):
    """What happened to a block, seen from its section."""

    REWORDED = "reworded"
    MOVED_REWORDED = "moved_reworded"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RESTYLED = "restyled"
    SAME = "same"
    CAME = "came"  # from another section, word for word
    CAME_REWORDED = "came_reworded"
    WENT = "went"  # to another section, word for word
    WENT_REWORDED = "went_reworded"
    SPLIT_OFF = "split_off"  # a piece of another block
    MERGED = "merged"  # it stands whole in another block


FROM_ELSEWHERE = {What.CAME, What.CAME_REWORDED, What.SPLIT_OFF}
STANDS_ELSEWHERE = {What.WENT, What.WENT_REWORDED, What.MERGED}


@dataclass
class Row:
    """One block of either text, and what happened to it."""

    what: What
    old: AnyBlock | None = None
    new: AnyBlock | None = None
    other: AnySection | None = None  # from which it came, to which it went, or where the rest is
    is_other_gone: bool = False  # is that one not in the new text any more?
    in_list: str = ""  # how it stands otherwise in its list, in words

    @property
    def block(self) -> AnyBlock:
        """The block as it is now, or as it was before it was taken out."""
        block = self.new or self.old
        if block is None:
            raise ValueError("A row shows a block of one text at least.")
        return block

    @cached_property
    def both(self) -> Both | None:
        """What it said and what it says, each whole, where it says something else now."""
        if self.old is None or self.new is None or self.old.text == self.new.text:
            return None
        return word_diffs.both(self.old.text, self.new.text)

    @property
    def said(self) -> list[str]:
        """The words that changed in it: "“five” is now “two”"."""
        if self.old is None or self.new is None:
            return []
        return word_diffs.said(self.old.text, self.new.text)

    @property
    def kind_before(self) -> str:
        """What it was, where the same words are something else now: a paragraph, now an item."""
        if self.what != What.RESTYLED or self.old is None or self.new is None:
            return ""
        return self.old.kind if self.old.kind != self.new.kind else ""

    @property
    def addresses(self) -> list[tuple[str, str]]:
        """[(what happened, address)]: where links lead that led elsewhere before."""
        if not (self.old and self.new):
            return []
        before, now = LINK.findall(self.old.html), LINK.findall(self.new.html)
        gone = [address for address in before if address not in now]
        came = [address for address in now if address not in before]
        rows = [("A link no longer leads to", _readable(address)) for address in gone]
        return [*rows, *(("A link now leads to", _readable(address)) for address in came)]

    @property
    def stands_elsewhere(self) -> bool:
        """Can its text be read in another place of the new text?"""
        return self.what in STANDS_ELSEWHERE


class Why(NamedTuple):
    """Why a section changed in the draft of this number, as readers were told."""

    number: int
    words: str


def _readable(address: str) -> str:
    """An address as a reader would say it: nobody knows a passage by its uid."""
    return "another place in this text" if address.startswith("#") else address


@dataclass
class SectionChange:
    """One section in two drafts: either may lack it."""

    old: AnySection | None
    new: AnySection | None
    rows: list[Row] = field(default_factory=list)
    moved: bool = False
    reasons: list[Why] = field(default_factory=list)

    @property
    def section(self) -> AnySection:
        """The section as it is now, or as it was before it was taken out."""
        section = self.new or self.old
        if section is None:
            raise ValueError("A change is of a section of one draft at least.")
        return section

    @property
    def told(self) -> list[Row]:
        """The rows of which there is something to say."""
        return [row for row in self.rows if row.what != What.SAME]

    @property
    def is_renamed(self) -> bool:
        return bool(self.old and self.new and self.old.title != self.new.title)

    @property
    def is_changed(self) -> bool:
        if not (self.old and self.new):
            return True
        return self.is_renamed or self.moved or any(row.what != What.SAME for row in self.rows)


@dataclass(frozen=True)
class OneText:
    """The whole of two texts that are compared by themselves."""

    uid: UUID = ONE
    number: int = 1
    title: str = ""
    html: str = ""


def compare(old: Sequence[AnyBlock], new: Sequence[AnyBlock]) -> list[Row]:
    """Rows for two lists of blocks, in the order of the new one.

    What was taken out stands where it was.
    """
    before, after = [(OneText(), old)], [(OneText(), new)]
    return _rows(before[0], after[0], lineage.align(before, after))


def compare_sections(
    old: Sequence[WithBlocks],
    new: Sequence[WithBlocks],
    known: Mapping[str, str] = lineage.NOTHING,
) -> list[SectionChange]:
    """SectionChanges for two drafts, each a list of (section, blocks), in the order of the new.

    Sections that were taken out come last. `known`: see `lineage.align`.
    """
    alignment = lineage.align(old, new, known)
    before = {section.uid: (section, rows) for section, rows in old}
    moved = _moved([section.uid for section, _ in old], [section.uid for section, _ in new])
    changes = []
    for section, blocks in new:
        was = before.pop(section.uid, None)
        rows = _rows(was or (section, []), (section, blocks), alignment)
        changes.append(SectionChange(was and was[0], section, rows, section.uid in moved))
    gone = [
        (section, _rows((section, rows), (section, []), alignment))
        for section, rows in before.values()
    ]
    changes += [SectionChange(section, None, rows) for section, rows in gone]
    _call_as_now(changes, {section.uid: section for section, _ in new})
    return changes


def _call_as_now(changes: Iterable[SectionChange], standing: Mapping[UUID, AnySection]) -> None:
    """Let what came from another section name it as it is numbered now."""
    for row in (row for change in changes for row in change.rows):
        if row.other and row.what in FROM_ELSEWHERE:
            row.is_other_gone = row.other.uid not in standing
            row.other = standing.get(row.other.uid, row.other)


def _rows(old: WithBlocks, new: WithBlocks, alignment: Alignment) -> list[Row]:
    """What happened to the blocks of one section, in the order of the new text."""
    (was, before), (now, after) = old, new
    here = {was.uid, now.uid}
    places = {str(block.uid): index for index, block in enumerate(before)}
    in_lists = list_places.said(was.html, now.html)
    pairs = [(_place_here(alignment, block, places), block) for block in after]
    stays = longest_rising([index for index, _ in pairs if index is not None])
    rows = [
        (index, _new_here(block, here, alignment))
        if index is None
        else (index, _row(before[index], block, index not in stays, in_lists))
        for index, block in pairs
    ]
    taken = {index for index, _ in pairs if index is not None}
    for index, block in enumerate(before):
        if index not in taken:
            rows.insert(_place(rows, index, stays), (index, _left(block, here, alignment)))
            stays.add(index)
    return [row for _, row in rows]


def _place_here(alignment: Alignment, block: AnyBlock, places: dict[str, int]) -> int | None:
    """Where it stood in the same section; None where it was not there."""
    found = alignment.by_new.get(str(block.uid))
    return places.get(found.old.uid) if found else None


def _row(was: AnyBlock, block: AnyBlock, moved: bool, in_lists: Mapping[str, str]) -> Row:
    """What happened to a block that was in the section before."""
    if was.text != block.text:
        return Row(What.MOVED_REWORDED if moved else What.REWORDED, was, block)
    if moved:
        return Row(What.MOVED, was, block)
    if was.html != block.html or was.kind != block.kind:
        return Row(What.RESTYLED, was, block)
    in_list = in_lists.get(str(block.uid), "")
    return Row(What.RESTYLED if in_list else What.SAME, was, block, in_list=in_list)


def _new_here(block: AnyBlock, here: Collection[UUID], alignment: Alignment) -> Row:
    """It came from another section, is a piece of another block, or is new."""
    key = str(block.uid)
    if found := alignment.by_new.get(key):
        was = found.old
        is_same = was.block.text == block.text
        return Row(What.CAME if is_same else What.CAME_REWORDED, was.block, block, was.section)
    if origin := alignment.part_of.get(key):
        return Row(What.SPLIT_OFF, new=block, other=_elsewhere(origin, here))
    return Row(What.ADDED, new=block)


def _left(block: AnyBlock, here: Collection[UUID], alignment: Alignment) -> Row:
    """It went to another section, into another block, or was taken out."""
    key = str(block.uid)
    if found := alignment.by_old.get(key):
        is_same = found.new.block.text == block.text
        what = What.WENT if is_same else What.WENT_REWORDED
        return Row(what, old=block, other=found.new.section)
    if place := alignment.merged.get(key):
        return Row(What.MERGED, old=block, other=_elsewhere(place, here))
    return Row(What.REMOVED, old=block)


def _elsewhere(place: Place, here: Collection[UUID]) -> AnySection | None:
    """The section of a place, where it is another one."""
    return None if place.section.uid in here else place.section


def _place(rows: Sequence[tuple[int | None, Row]], index: int, stays: set[int]) -> int:
    """The place behind the last row that stood before it and has not moved."""
    for number in range(len(rows) - 1, -1, -1):
        before = rows[number][0]
        if before is not None and before < index and before in stays:
            return number + 1
    return 0


def _moved(old: Sequence[UUID], new: Sequence[UUID]) -> set[UUID]:
    """The uids of both that stand in another order than they did, as few as can be."""
    places = {uid: place for place, uid in enumerate(old)}
    both = [uid for uid in new if uid in places]
    stays = longest_rising([places[uid] for uid in both])
    return {uid for uid in both if places[uid] not in stays}
