"""Publishing: a rehearsal that shows what would happen, then one transaction that makes a draft
which never changes.
"""

import hashlib
import json
import re
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message, Person
from policy_drafts.drafts import files
from policy_drafts.models import (
    Audience,
    Draft,
    DraftBlock,
    DraftFollow,
    DraftSection,
    Policy,
    PolicyPicture,
    PolicyRole,
    Section,
)
from policy_drafts.text import blocks, diffs, markup

LEFT_IN = re.compile(
    r"\bTBC\b|\bTBA\b|\bTODO\b|\bXXX\b|to be confirmed|lorem ipsum|\?\?\?", re.IGNORECASE
)
LEADS_SOMEWHERE = re.compile(
    r"#|/(?!/)|mailto:[^@\s]+@|tel:\+?(?:[\d()-]|%20){3,}$|https?://[^/\s.]+\.[^/\s]", re.IGNORECASE
)
A_BATCH = 500


@dataclass(frozen=True)
class Working:
    """A section of the working copy, as a draft would have it."""

    uid: uuid.UUID
    number: int
    title: str
    html: str
    state: str = ""
    version: int = 0


@dataclass(frozen=True)
class Rehearsal:
    """What publishing would do now."""

    number: int
    last: object  # the draft that these readers had last, or None
    skipped: list  # drafts since then, which they could not read
    changes: list
    warnings: list
    readers: str
    told: int
    based_on: str

    @property
    def changed(self) -> bool:
        return any(change.is_changed for change in self.changes)

    @property
    def unchanged(self) -> int:
        return sum(not change.is_changed for change in self.changes)


def working(policy: Policy):
    """[(Working, blocks)] of the working copy, in order."""
    found, seen = [], set()
    for number, row in enumerate(policy.sections.live().order_by("position"), 1):
        html = blocks.with_fresh_uids(
            row.html, seen, lambda uid, row=row: uuid.uuid5(row.pk, uid)
        )  # each time the same
        section = Working(row.pk, number, row.title, html, row.state, row.lock_version)
        found.append((section, blocks.of(html)))
    return found


def of_draft(draft: Draft):
    """[(DraftSection, blocks)] of a published draft: two queries."""
    found = {section.pk: (section, []) for section in draft.sections.all()}
    for block in draft.blocks.order_by("section__number", "position"):
        found[block.section_id][1].append(block)
    return list(found.values())


def rehearse(policy: Policy, audience: str) -> Rehearsal:
    """What would happen if the working copy were published now, for this audience."""
    now, newest = working(policy), policy.drafts.sealed().first()
    shown = policy.drafts.sealed().not_withdrawn()
    last = shown.filter(audience__in=Audience(audience).and_wider).first()
    skipped = shown.filter(number__gt=last.number if last else 0)
    return Rehearsal(
        number=(newest.number if newest else 0) + 1,
        last=last,
        skipped=list(reversed(skipped)),
        changes=diffs.compare_sections(of_draft(last) if last else [], now),
        warnings=warnings(policy, now),
        readers=Audience(audience).label,
        told=recipients(policy, audience).count(),
        based_on=fingerprint(policy, now),
    )


def fingerprint(policy: Policy, sections=None) -> str:
    """What the rehearsal showed: publishing something else than that, or after another draft, is
    refused.
    """
    rows = [(str(row.uid), row.version) for row, _ in sections or working(policy)]
    last = policy.drafts.sealed().values_list("number", flat=True).first()
    return hashlib.sha256(repr([last, rows]).encode()).hexdigest()[:32]


def warnings(policy: Policy, sections):
    """[(Working, sentence)]: what a careful reader would stumble over.

    None of it forbids publishing.
    """
    found = []
    anchors = {str(block.uid) for _, rows in sections for block in rows}
    own = {row.get_absolute_url() for row in PolicyPicture.objects.filter(policy=policy).only("pk")}
    for section, rows in sections:
        found += [(section, words) for words in _of_section(section, rows, anchors)]
        if set(markup.PICTURE.findall(section.html)) - own:
            found.append(
                (
                    section,
                    (
                        "shows a picture of another policy, which readers may not see: add it here "
                        "again"
                    ),
                )
            )
    return found


def _of_section(section: Section, rows, anchors: set[str]):
    if not rows:
        yield "is empty"
    if section.state == Section.State.WRITING:
        yield "is marked as “writing”"
    if section.state == Section.State.NOT_STARTED and rows:
        yield "is marked as “not started”"
    text = "\n".join([section.title, *(row.text for row in rows)])
    for words in sorted({match.group(0) for match in LEFT_IN.finditer(text)}):
        yield f"still says “{words}”"
    yield from _of_markup(markup.tree(section.html), anchors)


def _of_markup(root, anchors):
    """WCAG 2.2: links that lead nowhere, headings that skip a level (1.3.1), pictures without words
    (1.1.1).
    """
    if (first := next(iter(root.iter("h3", "h4")), None)) is not None and first.tag == "h4":
        yield "begins with a small heading: use the larger one first"
    for link in root.iter("a"):
        address = (link.get("href") or "").strip()
        if not address or address == "#":
            yield f"has a link that leads nowhere: “{link.text_content()[:40]}”"
        elif not LEADS_SOMEWHERE.match(address):
            yield f"has a link that leads nowhere: “{link.text_content()[:40]}” ({address[:60]})"
        elif address.startswith("#") and address.removeprefix("#b-") not in anchors:
            yield f"has a link to a place that is not there: “{link.text_content()[:40]}”"
    for image in root.iter("img"):
        if not (image.get("alt") or "").strip():
            yield "has a picture without a description for who cannot see it"


def recipients(policy: Policy, audience: str) -> QuerySet[Person]:
    """Who is told of a draft for this audience: the working group and leads; members, if they asked
    to be told.
    """
    held = PolicyRole.objects.filter(policy=policy, state=PolicyRole.State.ACCEPTED).values(
        "person"
    )
    people = Person.objects.filter(pk__in=held)
    if audience != Audience.WORKING_GROUP:
        followers = DraftFollow.objects.filter(policy=policy, person__wants_news=True).values(
            "person"
        )
        people = Person.objects.filter(pk__in=held) | Person.objects.filter(pk__in=followers)
    return people.filter(is_active=True).order_by("pk")


def canonical(policy_slug: str, number: int, policy_title: str, sections) -> bytes:
    """The bytes whose SHA-256 a draft carries. docs/policies.md says how to make them again.

    JSON with sorted keys, no spaces, UTF-8: format, policy, number, title, and sections in order,
    each with number, uid, title and blocks; each block with uid, kind, text and html. Pictures
    count by their address and description.
    """
    content = {
        "format": "collective-draft-1",
        "policy": policy_slug,
        "number": number,
        "title": policy_title,
        "sections": [
            {
                "number": section.number,
                "uid": str(section.uid),
                "title": section.title,
                "html": section.html,
                "blocks": [
                    {"uid": str(row.uid), "kind": row.kind, "text": row.text, "html": row.html}
                    for row in rows
                ],
            }
            for section, rows in sections
        ],
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@transaction.atomic
def publish(policy: Policy, person: Person, *, audience: str, news, request_key, based_on) -> Draft:
    """Publish the working copy as the next draft, and tell people; returns the draft.

    `request_key` names the rehearsal: confirmed twice, it publishes once. Raises RuleError without
    the plain words, without a section, or if the working copy is no longer what was shown
    (`based_on`).
    """
    policy = policy.locked()
    if found := Draft.objects.filter(policy=policy, request_key=request_key).first():
        return found
    if not news.strip():
        raise RuleError("Say in plain words what is new.")
    sections = working(policy)
    if fingerprint(policy, sections) != based_on:
        raise RuleError(
            "The text was changed, or a draft published, after you looked at this page. Please "
            "look again at what "
            "would happen."
        )
    if not sections:
        raise RuleError("There is no section yet, so there is nothing to publish.")
    last = policy.drafts.first()
    draft = Draft.objects.create(
        policy=policy,
        number=(last.number if last else 0) + 1,
        policy_title=policy.title,
        news=news.strip(),
        audience=audience,
        published_at=clock.now(),
        published_by=person,
        request_key=request_key,
    )
    _write(draft, sections)
    digest = hashlib.sha256(
        canonical(policy.slug, draft.number, policy.title, sections)
    ).hexdigest()
    Draft.objects.filter(pk=draft.pk).update(
        sha256=digest
    )  # sealed: from here on the database refuses any change
    draft.sha256 = digest
    files.order(draft)
    tell(draft)
    return draft


def _write(draft: Draft, sections) -> None:
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


def check_sum(draft: Draft) -> str:
    """The SHA-256 of what the database holds now: the same as the draft's, or somebody got past
    every guard.
    """
    return hashlib.sha256(
        canonical(draft.policy.slug, draft.number, draft.policy_title, of_draft(draft))
    ).hexdigest()


def tell(draft: Draft) -> int:
    """Write a message for everybody who is told of this draft, once for each audience."""
    people = recipients(draft.policy, draft.audience).iterator(chunk_size=A_BATCH)
    return mail.tell_all(people, "draft_published", draft, revision=draft.audience)


def newly_told(draft: Draft, audience: str) -> QuerySet[Person]:
    """Who is told when this draft is opened to more people: who was not told of it before."""
    told = Message.objects.filter(kind="draft_published", about=draft.pk, person__isnull=False)
    told = told.exclude(state__in=[Message.State.FAILED, Message.State.DROPPED]).values("person")
    return recipients(draft.policy, audience).exclude(pk__in=told)


@transaction.atomic
def open_to(draft: Draft, audience: str) -> Draft:
    """Open a draft to more people and tell those who were not told yet.

    Raises RuleError if it is not more.

    A doubled click finds it open already and changes nothing.
    """
    draft = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if draft.audience == audience:
        return draft
    if draft.is_withdrawn:
        raise RuleError("This draft was withdrawn, so it cannot be opened to more people.")
    if Audience(audience) not in draft.wider:
        raise RuleError(
            "A draft can be opened to more people, never to fewer. You can withdraw it."
        )
    people = list(newly_told(draft, audience))
    draft.audience = audience
    Draft.objects.filter(pk=draft.pk).update(audience=audience)
    files.order(draft)
    mail.tell_all(people, "draft_published", draft, revision=audience)
    return draft


@transaction.atomic
def withdraw(draft: Draft, person: Person, because: str) -> Draft:
    """Withdraw a draft: its number, the day and the reason stay, its text is shown to leads only.

    RuleError without a reason.
    """
    draft = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if draft.is_withdrawn:
        return draft
    if not because.strip():
        raise RuleError("Say why: people read it.")
    draft.withdrawn_at, draft.withdrawn_because, draft.withdrawn_by = (
        clock.now(),
        because.strip(),
        person,
    )
    draft.save(update_fields=["withdrawn_at", "withdrawn_because", "withdrawn_by"])
    return draft
