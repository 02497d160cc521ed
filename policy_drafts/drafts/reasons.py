"""Why a section changed, in the lead's words: given at the desk, kept with the next draft."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from collective.errors import RuleError
from policy_drafts.drafts import contents, continuing
from policy_drafts.drafts.contents import WorkingContents
from policy_drafts.models import Draft, Policy, Reason, Section
from policy_drafts.text import diffs
from policy_drafts.text.diffs import SectionChange, Why


class OtherReason(RuleError):
    """There is another reason by now than the one that was shown."""

    def __init__(self, words: str) -> None:
        what = (
            f"A colleague has given a reason meanwhile: “{words}”. Put both together here, or keep "
            "one of them"
            if words
            else "The reason that stood here is gone meanwhile: it went out with a draft, or a "
            "colleague took it away. Look whether yours is for the next draft"
        )
        super().__init__(f"{what}, and choose “Keep the reason” again.")


@transaction.atomic
def give(section: Section, words: str, shown: str | None = None) -> None:
    """Keep the reason for the next draft; none where there are no words.

    `shown` is the mark of the reason that the writer saw, which is that of `section` else. Raises
    OtherReason where another is there by now.
    """
    section.policy.locked()  # a draft that is published meanwhile takes what it was shown
    now, words = Section.objects.only("why").get(pk=section.pk).why, words.strip()
    if now != words and mark(now) != (mark(section.why) if shown is None else shown):
        raise OtherReason(now)
    section.why = words
    section.save(update_fields=["why"])


def mark(words: str) -> str:
    """By what a reason is known again; "" of none."""
    return hashlib.sha256(words.encode()).hexdigest()[:32] if words else ""


def take_back(draft: Draft) -> None:
    """Let the reasons of a draft that is withdrawn wait for the next.

    The next is read beside the draft before this one, so it shows the same changes. That is not so
    where a later draft stands. Called within the transaction that withdraws, its policy locked.
    """
    if draft.policy.drafts.sealed().not_withdrawn().filter(number__gt=draft.number).exists():
        return
    told = dict(draft.reasons.values_list("section_uid", "words"))
    for section in Section.objects.filter(pk__in=told).order_by("pk"):
        if told[section.pk] not in section.why:
            section.why = "\n".join(filter(None, [told[section.pk], section.why]))
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
