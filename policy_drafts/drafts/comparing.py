"""Two drafts of a policy side by side: what became of each passage, for people to read."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from policy_drafts.drafts import contents, continuing, reasons
from policy_drafts.models import Draft
from policy_drafts.text import diffs
from policy_drafts.text import in_text as whole
from policy_drafts.text.diffs import SectionChange


@dataclass(frozen=True)
class Comparison:
    """An earlier draft and a later one, and what happened to each section."""

    old: Draft
    new: Draft
    sections: list[SectionChange]

    @property
    def changed(self) -> list[SectionChange]:
        """The sections of which there is something to say."""
        return [row for row in self.sections if row.is_changed]


def compare(old: Draft, new: Draft, told: Iterable[Draft]) -> Comparison:
    """What changed from one draft to a later one, and why: six queries, however long they are.

    `told` are the drafts whose reasons are told: the later one, and those between that somebody may
    read.
    """
    known = continuing.between(old, new)
    before, after = contents.of_draft(old), contents.of_draft(new)
    found = diffs.compare_sections(before, after, known)
    reasons.tell(found, told)
    return Comparison(old, new, found)


def in_text(change: SectionChange) -> SafeString | None:
    """The whole text of a section, with what changed in it; None where it was taken out."""
    return whole.with_changes(change.new.html, change.rows) if change.new else None
