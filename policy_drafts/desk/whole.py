"""A whole file beside a whole working copy, so that what was moved, split or merged reads so."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from policy_drafts.text import blocks, diffs
from policy_drafts.text.blocks import Block


@dataclass(frozen=True)
class Text:
    """A section of either: `base` is the stored text that one of a file was before."""

    uid: UUID
    number: int
    title: str
    html: str
    base: str = ""


def changes(old: Sequence[Text], new: Sequence[Text]) -> list[diffs.SectionChange]:
    """What happened to each section of the old text in the new one, which has no uids yet.

    Where the new text has most sections of the old one those that it lacks are gone; else it is a
    part of a text, and they stay as they are.
    """
    before = [(text, blocks.read(text.html)) for text in old]
    has = {text.uid for text in new}
    stays = [row for row in before if row[0].uid not in has]
    if len(stays) < len(before) / 2:
        stays = []
    stand_once = _standing_once(before)
    after = [(text, _with_uids(text, stand_once)) for text in new]
    return diffs.compare_sections(before, [*after, *stays])


def _with_uids(text: Text, stand_once: Mapping[str, tuple[UUID, str]]) -> list[Block]:
    """The blocks of a text of a file: those it had before, or those of another section's words."""
    elsewhere = partial(_origins, text.uid, stand_once)
    return blocks.read(blocks.with_uids(text.html, before=text.base, elsewhere=elsewhere))


def _origins(
    section: UUID, stand_once: Mapping[str, tuple[UUID, str]], texts: Collection[str]
) -> dict[str, str]:
    """{text: uid} of those that stand in another section than this one."""
    found = {text: stand_once[text] for text in texts if text in stand_once}
    return {text: uid for text, (owner, uid) in found.items() if owner != section}


def _standing_once(text: Sequence[tuple[Text, list[Block]]]) -> dict[str, tuple[UUID, str]]:
    """{text: (section, uid)} of what stands once in the whole text."""
    rows = [(block.text, (section.uid, block.uid)) for section, held in text for block in held]
    counts = Counter(words for words, _ in rows)
    return {words: place for words, place in rows if counts[words] == 1}
