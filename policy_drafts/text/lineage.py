"""Which passage of one text is which of another: one alignment of two whole texts.

A passage goes on by its uid; else where one says that it carries it on, and it is gone; else where
equal words stand once on both sides, anywhere in the policy. One that stands whole in another now
is merged into it. The outline, the rehearsal, the page of changes, working copies that come back,
and the proofs of what became of feedback ask this and nothing else.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple, Protocol
from uuid import UUID

from rapidfuzz import fuzz

from policy_drafts.text.blocks import PART

INSIDE_A_WORD = re.compile(r"\w\w")
NOTHING: Mapping[str, str] = {}


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


class How(StrEnum):
    """How one knows that a passage goes on in another."""

    UID = "uid"
    CARRIED = "carried_from"
    EQUAL = "equal_text"


class Place(NamedTuple):
    """One block, with its section and where it stands in the whole text."""

    section: AnySection
    block: AnyBlock
    position: int
    uid: str


class Continues(NamedTuple):
    """A passage of the old text and the one that it is now."""

    old: Place
    new: Place
    how: How


@dataclass
class Alignment:
    """What became of each passage. Keys are uids: of the old text, or of the new one."""

    by_new: dict[str, Continues] = field(default_factory=dict)
    by_old: dict[str, Continues] = field(default_factory=dict)
    part_of: dict[str, Place] = field(default_factory=dict)  # new uid: of which it is a piece
    merged: dict[str, Place] = field(default_factory=dict)  # old uid: in which it stands whole now

    def add(self, found: Continues) -> None:
        """Note that a passage goes on in another."""
        self.by_new[found.new.uid] = found
        self.by_old[found.old.uid] = found

    def gone_of(self, before: Iterable[Place]) -> list[Place]:
        """Those of the old text that go on in none, as far as is known."""
        return [place for place in before if place.uid not in self.by_old]

    def new_in(self, after: Iterable[Place]) -> list[Place]:
        """Those of the new text that continue none, as far as is known."""
        return [place for place in after if place.uid not in self.by_new]

    def still_holds(self, was: Place, words: str) -> bool:
        """Do these words stand in what the old passage is now?"""
        now = self.by_old.get(was.uid)
        return now is not None and words in now.new.block.text

    def held_before(self, now: Place, words: str) -> bool:
        """Did these words stand in what the new passage was?"""
        was = self.by_new.get(now.uid)
        return was is not None and words in was.old.block.text


def align(
    old: Iterable[WithBlocks], new: Iterable[WithBlocks], known: Mapping[str, str] = NOTHING
) -> Alignment:
    """What became of each passage of the old text in the new one.

    `known` is what was noted before, {uid in the new text: uid in the old one}.
    """
    before, after = places(old), places(new)
    found = Alignment()
    _pair_same_uids(found, before, after)
    _pair_known(found, before, after, known)
    _pair_carried_on(found, before, after, known)
    _pair_equal_texts(found, before, after)
    _note_parts(found, before, after)
    _note_merged(found, before, after)
    return found


def places(text: Iterable[WithBlocks]) -> list[Place]:
    """Every block of a text in order, with where it stands."""
    blocks = ((section, block) for section, rows in text for block in rows)
    return [
        Place(section, block, position, str(block.uid))
        for position, (section, block) in enumerate(blocks)
    ]


def _pair_same_uids(found: Alignment, before: Sequence[Place], after: Sequence[Place]) -> None:
    was = {place.uid: place for place in before}
    for now in after:
        if now.uid in was:
            found.add(Continues(was[now.uid], now, How.UID))


def _pair_known(
    found: Alignment, before: Sequence[Place], after: Sequence[Place], known: Mapping[str, str]
) -> None:
    was = {place.uid: place for place in found.gone_of(before)}
    for now in found.new_in(after):
        if place := was.get(known.get(now.uid, "")):
            found.add(Continues(place, now, How.CARRIED))


def _pair_carried_on(
    found: Alignment, before: Sequence[Place], after: Sequence[Place], known: Mapping[str, str]
) -> None:
    """One that is gone goes on in one that says so; of several in the one most like it."""
    claims: dict[str, list[Place]] = {}
    for now in found.new_in(after):
        origin = str(now.block.carried_from)
        claims.setdefault(known.get(origin, origin), []).append(now)
    for was in found.gone_of(before):
        if was.uid in claims:
            likest = max(claims[was.uid], key=lambda now: _likeness(was, now))
            found.add(Continues(was, likest, How.CARRIED))


def _likeness(was: Place, now: Place) -> float:
    return fuzz.ratio(was.block.text, now.block.text)


def _pair_equal_texts(found: Alignment, before: Sequence[Place], after: Sequence[Place]) -> None:
    """Equal words that stand once in either text, wherever that is."""
    once_before, once_after = _standing_once(before), _standing_once(after)
    was = {
        text: place for place in found.gone_of(before) if (text := place.block.text) in once_before
    }
    for now in list(found.new_in(after)):
        text = now.block.text
        if text in once_after and text in was:
            found.add(Continues(was[text], now, How.EQUAL))


def _standing_once(text: Iterable[Place]) -> set[str]:
    counts = Counter(place.block.text for place in text)
    return {words for words, number in counts.items() if number == 1 and words}


def _note_parts(found: Alignment, before: Sequence[Place], after: Sequence[Place]) -> None:
    """A piece of one that goes on elsewhere: by what it says, or by its words."""
    was = {place.uid: place for place in before}
    haystack = Haystack(before)
    for now in found.new_in(after):
        origin = was.get(str(now.block.carried_from)) or haystack.holding(now.block.text)
        if origin and not found.still_holds(origin, now.block.text):
            found.part_of[now.uid] = origin


def _note_merged(found: Alignment, before: Sequence[Place], after: Sequence[Place]) -> None:
    """One that is gone, and whose words stand whole in another, where they did not stand before.

    One that continues nothing else and holds little more is that passage, with words put in.
    """
    haystack = Haystack(after)
    for was in found.gone_of(before):
        now = haystack.holding(was.block.text)
        if now is None or found.held_before(now, was.block.text):
            continue
        is_most_of_it = 2 * len(was.block.text) > len(now.block.text)
        if is_most_of_it and now.uid not in found.by_new and now.uid not in found.part_of:
            found.add(Continues(was, now, How.CARRIED))
        else:
            found.merged[was.uid] = now


class Haystack:
    """All passages of a text as one string, to find in which one some words stand whole."""

    BETWEEN = "\x00"  # stands in no text

    def __init__(self, text: Sequence[Place]) -> None:
        self.places = text
        self.starts = list(accumulate((len(row.block.text) + 1 for row in text), initial=0))
        self.whole = self.BETWEEN.join(row.block.text for row in text)
        self.found: dict[str, Place | None] = {}  # the same words are often asked for again

    def holding(self, words: str) -> Place | None:
        """The first that holds more than these words, and these whole; None for short ones."""
        if words not in self.found:
            self.found[words] = self._holding(words) if len(words) >= PART else None
        return self.found[words]

    def _holding(self, words: str) -> Place | None:
        for start in self._all(words):
            place = self.places[bisect_right(self.starts, start) - 1]
            if place.block.text != words and self._is_whole(start, start + len(words)):
                return place
        return None

    def _all(self, words: str) -> Iterator[int]:
        start = self.whole.find(words)
        while start >= 0:
            yield start
            start = self.whole.find(words, start + 1)

    def _is_whole(self, start: int, end: int) -> bool:
        """Does neither end cut a word in two?"""
        around = (self.whole[max(start - 1, 0) : start + 1], self.whole[end - 1 : end + 1])
        return not any(INSIDE_A_WORD.fullmatch(two) for two in around)
