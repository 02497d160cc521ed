"""Why a section changed, in the lead's words: given at the desk, kept with the next draft."""

from collections.abc import Iterable
from uuid import UUID

from policy_drafts.drafts import contents, continuing
from policy_drafts.drafts.contents import WorkingContents
from policy_drafts.models import Draft, Policy, Reason, Section
from policy_drafts.text import diffs
from policy_drafts.text.diffs import SectionChange, Why


def give(section: Section, words: str) -> None:
    """Keep the reason for the next draft; none where there are no words."""
    section.why = words.strip()
    section.save(update_fields=["why"])


def keep(draft: Draft, now: WorkingContents) -> None:
    """Write the reasons of what readers see changed since the draft that stands before this one.

    The others wait for the next. Called within the transaction that publishes, before the draft is
    sealed.
    """
    waiting = _waiting(draft.policy)
    if not waiting:
        return
    changed = _changed(draft.policy, now)
    kept = {uid: words for uid, words in waiting.items() if uid in changed}
    Reason.objects.bulk_create(
        Reason(draft=draft, section_uid=uid, words=words) for uid, words in kept.items()
    )
    for uid, words in kept.items():  # one that was written anew meanwhile is for the next draft
        Section.objects.filter(pk=uid, why=words).update(why="")


def _waiting(policy: Policy) -> dict[UUID, str]:
    return dict(policy.sections.exclude(why="").values_list("pk", "why"))


def _changed(policy: Policy, now: WorkingContents) -> set[UUID]:
    """The uids of sections that are new, changed, moved or taken out, as pages tell it."""
    sealed = policy.drafts.sealed()
    last, newest = sealed.not_withdrawn().first(), sealed.first()
    if last is None or newest is None:
        return set()
    known = continuing.between(last, newest)
    found = diffs.compare_sections(contents.of_draft(last), now, known)
    return {row.section.uid for row in found if row.is_changed}


def tell(changes: Iterable[SectionChange], drafts: Iterable[Draft]) -> None:
    """Say of each change why it was made, the newest draft first. One query."""
    rows = Reason.objects.filter(draft__in=drafts).order_by("-draft__number")
    found: dict[UUID, list[Why]] = {}
    for uid, number, words in rows.values_list("section_uid", "draft__number", "words"):
        found.setdefault(uid, []).append(Why(number, words))
    for change in changes:
        change.reasons = found.get(change.section.uid, [])


def of_section(uid: UUID, drafts: Iterable[Draft]) -> dict[UUID, list[Why]]:
    """{key of a draft: why this section changed in it}. One query."""
    rows = Reason.objects.filter(section_uid=uid, draft__in=drafts)
    values = rows.values_list("draft_id", "draft__number", "words")
    return {draft: [Why(number, words)] for draft, number, words in values}


def tell_waiting(changes: Iterable[SectionChange], policy: Policy, number: int) -> None:
    """Say of each change the reason that the next draft would carry. One query."""
    waiting = _waiting(policy)
    for change in changes:
        if words := waiting.get(change.section.uid):
            change.reasons = [Why(number, words)]
