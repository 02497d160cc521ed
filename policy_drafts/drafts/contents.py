"""What stands in a working copy and in a draft: sections, each with its blocks."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import TextField
from django.db.models.functions import Cast

from policy_drafts.drafts.titles import title_of
from policy_drafts.models import Draft, DraftSection, Policy, Section
from policy_drafts.text import blocks
from policy_drafts.text.blocks import Block


@dataclass(frozen=True)
class Working:
    """A section of the working copy, as a draft would have it."""

    uid: uuid.UUID
    number: int
    title: str
    html: str
    state: str


class Passage(NamedTuple):
    """A block of a draft, read to be compared: thousands of them, so no more than that needs."""

    uid: str
    carried_from: str | None
    kind: str
    text: str
    html: str


class Title(NamedTuple):
    """A section of a draft without its text, for comparing."""

    uid: uuid.UUID
    number: int
    title: str
    html: str = ""


WorkingContents = list[tuple[Working, list[Block]]]
DraftContents = list[tuple[DraftSection, list[Passage]]]
# What is read of a block: its section, and what a passage says.
PASSAGE = (
    "section_id",
    Cast("uid", TextField()),
    Cast("carried_from", TextField()),
    "kind",
    "text",
    "html",
)


@dataclass(frozen=True)
class WorkingCopy:
    """The sections of a working copy in order, each with its blocks.

    The fingerprint says what somebody was shown: the versions of the sections, the reasons that
    wait for readers, and the last draft before it.
    """

    fingerprint: str
    sections: WorkingContents


def of_working_copy(policy: Policy) -> WorkingCopy:
    """The working copy as it is now.

    A block whose uid stands in an earlier section has another one, each time the same.
    """
    rows = list(policy.sections.live().order_by("position"))
    versions = [(row.pk, row.lock_version) for row in rows]
    return WorkingCopy(fingerprint=_of_versions(policy, versions), sections=_with_blocks(rows))


def fingerprint(policy: Policy) -> str:
    """The fingerprint of the working copy as it is now, without reading its text."""
    rows = policy.sections.live().order_by("position")
    return _of_versions(policy, list(rows.values_list("pk", "lock_version")))


def _of_versions(policy: Policy, rows: list[tuple[uuid.UUID, int]]) -> str:
    versions = [(str(pk), version) for pk, version in rows]
    last = policy.drafts.sealed().values_list("number", flat=True).first()
    whys = policy.sections.exclude(why="").order_by("pk").values_list("pk", "why")
    reasons = [(str(pk), words) for pk, words in whys]
    return hashlib.sha256(repr([last, versions, reasons]).encode()).hexdigest()[:32]


def _with_blocks(rows: list[Section]) -> WorkingContents:
    found: WorkingContents = []
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        html = _with_own_uids(row, seen)
        section = Working(row.pk, number, title_of(row.title), html, row.state)
        found.append((section, blocks.read(html)))
    return found


def _with_own_uids(section: Section, seen: set[str]) -> str:
    return blocks.with_fresh_uids(section.html, seen, lambda uid: uuid.uuid5(section.pk, uid))


def of_draft(draft: Draft) -> DraftContents:
    """The sections of a published draft, each with its blocks: two queries."""
    found: dict[int, tuple[DraftSection, list[Passage]]] = {
        section.pk: (section, []) for section in draft.sections.all()
    }
    rows = draft.blocks.order_by("section__number", "position").values_list(*PASSAGE)
    for section, *passage in rows:
        found[section][1].append(Passage(*passage))
    return list(found.values())
