"""The sections of a file that a writer brings in, each beside the section that it is here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.utils.text import Truncator

from policy_drafts.desk import whole
from policy_drafts.desk.readers.contents_lists import with_addresses
from policy_drafts.models import Draft, Import, Policy, Section, SectionSave
from policy_drafts.text import blocks, diffs
from policy_drafts.text.same_sections import Titled, same_sections


class Choice(StrEnum):
    """What happens with one section of the file."""

    ADD = "add"
    TAKE = "take"
    LEAVE = "leave"
    COMBINE = "combine"


WORDS = {
    Choice.ADD: "Add it as a new section",
    Choice.TAKE: "Take it: it replaces the text of now",
    Choice.LEAVE: "Leave the text of now as it is",
    Choice.COMBINE: "Combine it with what was changed here meanwhile",
}
TAKES = (Choice.ADD, Choice.COMBINE, Choice.TAKE)


@dataclass
class Incoming:
    """One section of the file, beside the section of the working copy that it is, if it is one."""

    number: int
    title: str
    html: str
    section: Section | None = None
    exported: SectionSave | None = None
    new_key: UUID = field(default_factory=uuid4)
    together: "Whole | None" = None

    def key_for(self, choice: str) -> UUID:
        """The key of the section that it becomes, where this is chosen for it."""
        return self.new_key if choice == Choice.ADD else self.key

    @property
    def key(self) -> UUID:
        """The key of its section, or of the one that it becomes."""
        return self.section.pk if self.section else self.new_key

    @property
    def choices(self) -> list[tuple[Choice, str]]:
        """[(value, words)], the one that is ticked beforehand first."""
        if self.section is None:
            return [(Choice.ADD, WORDS[Choice.ADD]), (Choice.LEAVE, "Leave it out")]
        return [(choice, WORDS[choice]) for choice in self._choices_beside(self.section)]

    def _choices_beside(self, section: Section) -> list[Choice]:
        if self.exported is None:  # only its title is known here
            return [Choice.LEAVE, Choice.TAKE, Choice.ADD]
        if self.exported.number != section.lock_version:
            return [Choice.COMBINE, Choice.TAKE, Choice.LEAVE]
        if self.is_changed:
            return [Choice.TAKE, Choice.LEAVE]
        return [Choice.LEAVE, Choice.TAKE]

    @property
    def taken(self) -> Choice:
        """What taking the text of the file for all sections does with it, where it is here.

        What was changed here meanwhile is combined with that where the file has our marks, and
        replaced by it where it has none: then the page warns.
        """
        return next(choice for choice, _ in self.choices if choice in TAKES)

    def was_saved_after(self, draft: Draft) -> bool:
        """Was the section saved here after this draft, without a mark that tells what went out?"""
        if self.section is None or self.exported:
            return False
        return self.is_changed and self.section.edited_at > draft.published_at

    @property
    def beginning(self) -> str:
        """Its first words, to know it by."""
        return Truncator(" ".join(block.text for block in blocks.read(self.html))).chars(200)

    @cached_property  # the page asks again and again
    def is_changed(self) -> bool:
        """Is it another text, or another title, than the section of now?"""
        return self.is_renamed or any(row.what != diffs.What.SAME for row in self.to_now)

    @property
    def is_same(self) -> bool:
        """Is it word for word a section of now?"""
        return self.section is not None and not self.is_changed

    @property
    def is_renamed(self) -> bool:
        """Has the file another title than it went out with, or than it has here?"""
        known = self.exported or self.section
        return known is not None and self.title != known.title

    @property
    def base(self) -> str:
        """The text that it was before somebody changed the file, as far as that is known."""
        known = self.exported or self.section
        return known.html if known else ""

    @property
    def stored(self) -> str:
        """The file's text with the uids that its blocks had when it was exported."""
        return blocks.with_uids(self.html, before=self.base)

    @property
    def change(self) -> diffs.SectionChange | None:
        """What is different from the working copy of now, with what came from other sections."""
        return self.together.to_now.get(self.key) if self.together else None

    @property
    def to_now(self) -> list[diffs.Row]:
        """The same, row by row."""
        return self.change.rows if self.change else []

    @property
    def to_exported(self) -> list[diffs.Row]:
        """What was changed in the file since it was exported."""
        if self.exported is None or self.together is None:
            return []
        return self.together.to_exported[self.key].rows

    def as_text(self) -> whole.Text:
        """It as a section of the file, which is numbered by itself."""
        return whole.Text(self.key, self.number + 1, self.title, self.html, self.base)


class Whole:
    """All sections of the file beside all of the working copy, compared when first asked."""

    def __init__(self, found: list[Incoming], sections: list[Section]) -> None:
        self.found, self.sections = found, sections

    @cached_property
    def to_now(self) -> dict[UUID, diffs.SectionChange]:
        """{key of a section: what is different from the working copy of now}"""
        return self._compare({})

    @cached_property
    def to_exported(self) -> dict[UUID, diffs.SectionChange]:
        """{key of a section: what was changed in the file since it was exported}"""
        return self._compare({row.key: row.exported for row in self.found if row.exported})

    @property
    def not_in_file(self) -> list[diffs.SectionChange]:
        """What became of the sections that the file lacks, where it is a whole text."""
        return [row for row in self.to_now.values() if row.new is None]

    def _compare(self, before: Mapping[UUID, SectionSave]) -> dict[UUID, diffs.SectionChange]:
        """What happened to each; `before` are versions to compare with instead of those of now."""
        old = [
            whole.Text(row.pk, number, save.title, save.html)
            for number, row in enumerate(self.sections, 1)
            for save in [before.get(row.pk, row)]
        ]
        found = whole.changes(old, [row.as_text() for row in self.found])
        return {row.section.uid: row for row in found}


class _SectionsOfNow:
    """The sections of the working copy, each of which one part of a file can be."""

    def __init__(self, policy: Policy) -> None:
        self.all = list(policy.sections.live())
        self.by_uid = {row.pk.hex: row for row in self.all}

    def each_is(self, parts: list[dict[str, Any]]) -> list[Section | None]:
        """Which section each part is: by the mark in its heading, its title or its words."""
        marked = {part["uid"]: number for number, part in reversed([*enumerate(parts)])}
        found = {
            number: row
            for uid, row in self.by_uid.items()
            if (number := marked.get(uid)) is not None
        }
        others = [number for number in range(len(parts)) if number not in found]
        free = [row for row in self.all if row not in found.values()]
        same = same_sections(
            [Titled(row.title, row.html) for row in free],
            [Titled(parts[number]["title"], parts[number]["html"]) for number in others],
        )
        found |= {others[now]: free[was] for now, was in same.items()}
        return [found.get(number) for number in range(len(parts))]

    def exported(self, parts: list[dict[str, Any]]) -> dict[tuple[str, int], SectionSave]:
        """{(uid, number): the version that went out and comes back now}: one query."""
        returned = [part for part in parts if part["uid"] in self.by_uid]
        saves = SectionSave.objects.filter(
            section__in={self.by_uid[part["uid"]].pk for part in returned},
            number__in={part["version"] for part in returned},
        )
        return {(save.section_id.hex, save.number): save for save in saves}


def name_of(*, by_bold_lines: bool) -> str:
    """The name of the list of sections of a file: by its headings, or by its bold lines."""
    return "by_bold_lines" if by_bold_lines else "sections"


def list_of(brought: Import, *, by_bold_lines: bool) -> str:
    """The name of the list of sections that is looked through.

    Where a file has no headings its bold lines can be taken for them; once some of its sections
    were brought in it is as it was then.
    """
    known: str = brought.contents.get("list", name_of(by_bold_lines=by_bold_lines))
    return known


def sections_in(brought: Import, *, by_bold_lines: bool = False) -> list[Incoming]:
    """The sections of a file that was brought in, each beside the one that it is here."""
    parts = brought.contents[list_of(brought, by_bold_lines=by_bold_lines)]
    now = _SectionsOfNow(brought.policy)
    versions = now.exported(parts)
    found = []
    for number, (part, section) in enumerate(zip(parts, now.each_is(parts), strict=True)):
        row = Incoming(number, part["title"], part["html"], section)
        if row.section:
            row.exported = versions.get((part["uid"], part["version"]))
        found.append(row)
    keys = {row.number: row.section.pk for row in found if row.section}
    together = Whole(found, now.all)
    for row in found:
        row.html = with_addresses(row.html, keys)
        row.together = together
    return found


def not_in_file(found: list[Incoming]) -> list[diffs.SectionChange]:
    """The sections of the working copy that the file lacks, where it is a whole text of ours."""
    return found[0].together.not_in_file if found and found[0].together else []


def asks_once(found: list[Incoming]) -> bool:
    """Is the file a text of ours without our marks, so that one choice can do for all of it?

    Most of its sections are known by their titles alone, as in a published file or after another
    program wrote it anew.
    """
    by_title = [row for row in found if row.section and row.exported is None]
    return len(by_title) > len(found) / 2 and any(row.is_changed for row in by_title)


def left_out(brought: Import) -> dict[str, list[dict[str, str]]]:
    """What does not come along, by its group; what an older version of us noted is the rest."""
    said = [{"group": "rest", "words": row} for row in brought.contents.get("left_out", [])]
    groups: dict[str, list[dict[str, str]]] = {}
    for row in [*brought.contents["named"], *said]:
        groups.setdefault(row["group"], []).append(row)
    return groups


def fingerprint(found: list[Incoming]) -> str:
    """What the writer was shown: the versions of the sections that the file would change."""
    return ",".join(f"{row.number}:{row.section.lock_version}" for row in found if row.section)
