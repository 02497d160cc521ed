"""Why a section changed, in the lead's words: given at the desk, kept with the next draft."""

from collections.abc import Iterable
from uuid import UUID

from policy_drafts.drafts.contents import Working
from policy_drafts.models import Draft, Policy, Reason, Section
from policy_drafts.text.diffs import SectionChange, Why


def give(section: Section, words: str) -> None:
    """Keep the reason for the next draft; none where there are no words."""
    section.why = words.strip()
    section.save(update_fields=["why"])


def keep(draft: Draft, last: Draft | None, now: Iterable[Working]) -> None:
    """Write the reasons of what changed since the last draft; the others wait for the next one.

    Called within the transaction that publishes, before the draft is sealed.
    """
    waiting = _waiting(draft.policy)
    if last is None or not waiting:
        return
    changed = _changed(last, now)
    kept = {uid: words for uid, words in waiting.items() if uid in changed}
    Reason.objects.bulk_create(
        Reason(draft=draft, section_uid=uid, words=words) for uid, words in kept.items()
    )
    for uid, words in kept.items():  # one that was written anew meanwhile is for the next draft
        Section.objects.filter(pk=uid, why=words).update(why="")


def _waiting(policy: Policy) -> dict[UUID, str]:
    return dict(policy.sections.exclude(why="").values_list("pk", "why"))


def _changed(last: Draft, now: Iterable[Working]) -> set[UUID]:
    """The uids of sections that are new, changed, moved or taken out since the last draft."""
    rows = last.sections.values_list("uid", "number", "title", "html")
    before = {uid: said for uid, *said in rows}
    after = {row.uid: [row.number, row.title, row.html] for row in now}
    return {uid for uid in before.keys() | after.keys() if before.get(uid) != after.get(uid)}


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
