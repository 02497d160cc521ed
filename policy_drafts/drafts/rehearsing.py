"""A rehearsal shows what publishing would do, and does nothing."""

from dataclasses import dataclass

from policy_drafts.drafts import contents, continuing, trying
from policy_drafts.drafts.contents import Working, WorkingCopy
from policy_drafts.drafts.recipients import recipients
from policy_drafts.drafts.warnings import in_signs, warnings
from policy_drafts.models import Audience, Draft, FilesTrial, Policy
from policy_drafts.text import diffs, lineage


@dataclass(frozen=True)
class Rehearsal:
    """What publishing would do now."""

    number: int
    last: Draft | None  # the draft that these readers had last
    skipped: list[Draft]  # drafts since then, which they could not read
    changes: list[diffs.SectionChange]
    warnings: list[tuple[Working, str]]
    of_title: list[str]  # the same about the title of the policy
    readers: str
    told: int
    based_on: str
    trial: FilesTrial | None  # what came of making its files, where that was asked for

    @property
    def changed(self) -> bool:
        return any(change.is_changed for change in self.changes)

    @property
    def lacking(self) -> str:
        """Which files cannot be made from this text, in a sentence."""
        return trying.lacking(self.trial) if self.trial else ""

    @property
    def unchanged(self) -> int:
        """How many sections have not changed."""
        return sum(not change.is_changed for change in self.changes)


def rehearse(policy: Policy, audience: Audience) -> Rehearsal:
    """What would happen if the working copy were published now, for this audience."""
    now, newest = contents.of_working_copy(policy), policy.drafts.sealed().first()
    readable = policy.drafts.sealed().not_withdrawn()
    last = readable.filter(audience__in=audience.and_wider).first()
    skipped = readable.filter(number__gt=last.number if last else 0)
    return Rehearsal(
        number=(newest.number if newest else 0) + 1,
        last=last,
        skipped=list(reversed(skipped)),
        changes=_changes(last, newest, now),
        warnings=warnings(policy, now.sections),
        of_title=list(in_signs(policy.title)),
        readers=audience.label,
        told=recipients(policy, audience).count(),
        based_on=now.fingerprint,
        trial=trying.find(policy, now.fingerprint),
    )


def _changes(
    last: Draft | None, newest: Draft | None, now: WorkingCopy
) -> list[diffs.SectionChange]:
    """What changed since the draft that these readers had last, through those they did not have."""
    if last is None or newest is None:
        return diffs.compare_sections([], now.sections)
    known = continuing.between(last, newest) if last != newest else lineage.NOTHING
    return diffs.compare_sections(contents.of_draft(last), now.sections, known)
