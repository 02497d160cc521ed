"""Publishing: one transaction that makes a draft which never changes.

What can still happen to a draft: it is opened to more people, or withdrawn.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Person
from policy_drafts import kinds
from policy_drafts.drafts import check_sums, contents, continuing, files, reasons
from policy_drafts.drafts.contents import WorkingContents, WorkingCopy
from policy_drafts.drafts.recipients import newly_told, tell_recipients
from policy_drafts.models import Audience, Draft, DraftBlock, DraftSection, Policy

A_BATCH = 500


@dataclass(frozen=True)
class Confirmed:
    """The rehearsal to which somebody said yes: its key, and what it showed."""

    key: UUID
    based_on: str


class Changed(RuleError):
    """What would be published is no longer what was shown."""

    def __init__(self) -> None:
        super().__init__(
            "The text was changed, or a draft published, after you looked at this page. Please "
            "look again at what would happen."
        )


@transaction.atomic
def publish(
    policy: Policy, person: Person, *, audience: str, news: str, confirmed: Confirmed
) -> Draft:
    """Publish the working copy as the next draft, and tell people; returns the draft.

    A rehearsal that is confirmed twice publishes once. Raises RuleError without the plain words or
    without a section, and Changed if the working copy is no longer what was shown.
    """
    policy = policy.locked()
    if found := policy.drafts.filter(request_key=confirmed.key).first():
        return found
    if not news.strip():
        raise RuleError("Say in plain words what is new.")
    now = contents.of_working_copy(policy)
    _check(now, confirmed)
    last = policy.drafts.first()
    draft = Draft.objects.create(
        policy=policy,
        number=(last.number if last else 0) + 1,
        policy_title=policy.title,
        news=news.strip(),
        audience=audience,
        published_at=clock.now(),
        published_by=person,
        request_key=confirmed.key,
    )
    _write(draft, now.sections)
    continuing.note(draft, last, now.sections)
    reasons.keep(draft, now.sections)
    _seal(draft, now.sections)
    files.order(draft)
    tell_recipients(draft)
    return draft


def _check(now: WorkingCopy, confirmed: Confirmed) -> None:
    """Raises RuleError where this is not what was confirmed, or nothing."""
    if now.fingerprint != confirmed.based_on:
        raise Changed()
    if not now.sections:
        raise RuleError("There is no section yet, so there is nothing to publish.")


def _write(draft: Draft, sections: WorkingContents) -> None:
    """Write the sections and blocks of a draft."""
    made = DraftSection.objects.bulk_create(
        DraftSection(
            draft=draft,
            uid=section.uid,
            number=section.number,
            title=section.title,
            html=section.html,
        )
        for section, _ in sections
    )
    rows = (
        DraftBlock(
            draft=draft,
            section=section,
            uid=row.uid,
            carried_from=row.carried_from or None,
            position=position,
            kind=row.kind,
            text=row.text,
            html=row.html,
        )
        for section, (_, its_blocks) in zip(made, sections, strict=True)
        for position, row in enumerate(its_blocks, 1)
    )
    DraftBlock.objects.bulk_create(rows, batch_size=A_BATCH)


def _seal(draft: Draft, sections: WorkingContents) -> None:
    """Write the check sum: from here on the database refuses any change."""
    draft.sha256 = check_sums.sha256_of(draft, sections)
    Draft.objects.filter(pk=draft.pk).update(sha256=draft.sha256)


@transaction.atomic
def open_to(draft: Draft, audience: Audience) -> Draft:
    """Open a draft to more people and tell those who were not told yet; returns it.

    A doubled click finds it open already and changes nothing. Raises RuleError if these are not
    more people.
    """
    draft = _locked(draft)
    if draft.audience == audience:
        return draft
    if draft.is_withdrawn:
        raise RuleError("This draft was withdrawn, so it cannot be opened to more people.")
    if audience not in draft.wider:
        raise RuleError(
            "A draft can be opened to more people, never to fewer. You can withdraw it."
        )
    people = list(newly_told(draft, audience))
    draft.audience = audience
    Draft.objects.filter(pk=draft.pk).update(audience=audience)
    files.order(draft)
    mail.tell_all(people, kinds.DRAFT_PUBLISHED, draft, revision=audience)
    return draft


@transaction.atomic
def withdraw(draft: Draft, person: Person, because: str) -> Draft:
    """Withdraw a draft; returns it.

    Its number, the day and the reason stay; only leads see its text. Why its sections changed is
    told with the next draft. Raises RuleError without a reason.
    """
    draft.policy.locked()
    draft = _locked(draft)
    if draft.is_withdrawn:
        return draft
    if not because.strip():
        raise RuleError("Say why: people read it.")
    draft.withdrawn_at, draft.withdrawn_by = clock.now(), person
    draft.withdrawn_because = because.strip()
    draft.save(update_fields=["withdrawn_at", "withdrawn_because", "withdrawn_by"])
    reasons.take_back(draft)
    return draft


def _locked(draft: Draft) -> Draft:
    """The draft as it is now, its row locked."""
    return Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
