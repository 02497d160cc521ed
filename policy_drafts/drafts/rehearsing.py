"""A rehearsal shows what publishing would do, and does nothing."""

from dataclasses import dataclass

from policy_drafts.drafts import contents
from policy_drafts.drafts.contents import Working
from policy_drafts.drafts.recipients import recipients
from policy_drafts.drafts.warnings import warnings
from policy_drafts.models import Audience, Draft, Policy
from policy_drafts.text import diffs


@dataclass(frozen=True)
class Rehearsal:
    """What publishing would do now."""

    number: int
    last: Draft | None  # the draft that these readers had last
    skipped: list[Draft]  # drafts since then, which they could not read
    changes: list[diffs.SectionChange]
    warnings: list[tuple[Working, str]]
    readers: str
    told: int
    based_on: str

    @property
    def changed(self) -> bool:
        return any(change.is_changed for change in self.changes)

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
        changes=diffs.compare_sections(contents.of_draft(last) if last else [], now.sections),
        warnings=warnings(policy, now.sections),
        readers=audience.label,
        told=recipients(policy, audience).count(),
        based_on=now.fingerprint,
    )
