"""The order of sections, and the acts that change it: add, move, split, merge, remove, put back.

Each holds the policy's row, so that two at once come one after the other, and each keeps versions:
nothing is lost.
"""

import uuid
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max

from collective import clock
from collective.errors import RuleError
from policy_drafts.desk import writing
from policy_drafts.models import Policy, Section, SectionSave
from policy_drafts.text import blocks, markup
from policy_drafts.text.blocks import Block

if TYPE_CHECKING:
    from collective.models import Person

How = SectionSave.How
MOST_SECTIONS = 300


@transaction.atomic
def add(
    policy: Policy,
    person: "Person",
    title: str,
    *,
    html: str = "",
    after=None,
    how=How.ADDED,
    state=None,
    key: str | None = None,
):
    """A new section at the end, or behind another; returns it.

    `key` names it: asked twice, it is added once.

    Raises RuleError without a title or beyond 300 sections.
    """
    policy.locked()
    if key and (found := policy.sections.filter(pk=key).first()):
        return found
    if not title.strip():
        raise RuleError("Give the new section a title.")
    live, position = policy.sections.live(), _end(policy)
    if after is not None:
        position = _live(after).position + 1
        live.filter(position__gte=position).update(position=F("position") + 1)
    text = blocks.with_uids(html)
    begun = Section.State.WRITING if text else Section.State.NOT_STARTED
    made = Section.objects.create(
        pk=_free(key),
        policy=policy,
        position=position,
        title=title.strip(),
        html=text,
        state=state or begun,
        lock_version=1,
        edited_at=clock.now(),
        edited_by=person,
    )
    writing.keep_version(made, person, how)
    return made


def _free(key: str) -> UUID | str:
    """The key, unless a section of another policy has it; else a new one."""
    return key if key and not Section.objects.filter(pk=key).exists() else uuid.uuid4()


def _end(policy: Policy):
    """The place behind the last section; RuleError where no more fits."""
    live = policy.sections.live()
    if live.count() >= MOST_SECTIONS:
        raise RuleError(f"A policy has at most {MOST_SECTIONS} sections.")
    return (live.aggregate(last=Max("position"))["last"] or 0) + 1


def _live(section: Section) -> Section:
    """The section, locked; RuleError if it was taken out meanwhile."""
    now = Section.objects.live().select_for_update(no_key=True).filter(pk=section.pk).first()
    if now is None:
        raise RuleError(
            f"“{section.title}” was taken out meanwhile. You can put it back: see “Removed "
            "sections”."
        )
    return now


@transaction.atomic
def move(section: Section, step, position: int | None = None) -> bool:
    """One place up (-1) or down (1); at the end of the list nothing happens.

    Returns whether it moved.

    `position` is where the writer saw it: if it stands elsewhere now (a doubled click), nothing
    happens either. Raises RuleError if it was taken out.
    """
    section.policy.locked()
    here = _live(section)
    if position is not None and here.position != position:
        return False
    there = (
        here.policy.sections.live()
        .filter(
            **({"position__lt": here.position} if step < 0 else {"position__gt": here.position})
        )
        .order_by("-position" if step < 0 else "position")
        .first()
    )
    if there is None:
        return False
    Section.objects.filter(pk=here.pk).update(position=there.position)
    Section.objects.filter(pk=there.pk).update(position=here.position)
    return True


@transaction.atomic
def remove(section: Section) -> None:
    """Take a section out of the working copy.

    Its text and versions stay, and it can be put back.
    """
    section.policy.locked()
    Section.objects.filter(pk=section.pk, removed_at=None).update(
        removed_at=clock.now(), position=None
    )


@transaction.atomic
def put_back(section: Section, person: "Person") -> None:
    """Put a removed section back, at the end.

    What was merged into another section meanwhile is a copy now.

    Raises RuleError beyond 300 sections.
    """
    section.policy.locked()
    now = Section.objects.removed().filter(pk=section.pk).first()
    if now is None:
        return
    now.position, now.removed_at, now.merged_into = _end(section.policy), None, None
    now.save(update_fields=["position", "removed_at", "merged_into"])
    html = blocks.with_fresh_uids(now.html, now.uids_elsewhere)
    if html != now.html:
        _write(now, person, html, How.RESTORED)


@transaction.atomic
def split(section: Section, person: "Person", block_uid, title: str):
    """Make a new section, behind this one, of everything from a block on; the blocks keep their
    uids.

    Raises RuleError if the block is the first or stands inside a list, table or quote, or is gone.
    """
    section.policy.locked()
    now = _live(section)
    root = markup.tree(now.html)
    tops = list(root)
    first = next((number for number, top in enumerate(tops) if _starts_with(top, block_uid)), None)
    if not first:
        raise RuleError("Choose a paragraph after the first one: the new section begins with it.")
    moved = tops[first:]
    for top in moved:
        root.remove(top)
    made = add(section.policy, person, title, after=now, how=How.SPLIT)
    _write(
        made,
        person,
        "".join(markup.lxml.html.tostring(top, encoding="unicode") for top in moved),
        How.SPLIT,
    )
    _write(now, person, markup.inner(root), How.SPLIT)
    return made


def _starts_with(top, block_uid):
    first = next(iter(blocks.leaves(top)), None)
    return first is not None and first.get("data-block") == block_uid


@transaction.atomic
def merge(section: Section, person: "Person") -> Section:
    """Put this section's text at the end of the one before it, under a heading with its title; it
    is removed then.

    Raises RuleError for the first section, and for one that was taken out (a doubled click).
    """
    section.policy.locked()
    now = _live(section)
    before = (
        now.policy.sections.live().filter(position__lt=now.position).order_by("-position").first()
    )
    if before is None:
        raise RuleError("There is no section before this one.")
    before = Section.objects.select_for_update(no_key=True).get(pk=before.pk)
    heading = markup.lxml.html.Element("h3")
    heading.text = now.title
    heading_html = blocks.with_uids(markup.lxml.html.tostring(heading, encoding="unicode"))
    remove(now)
    Section.objects.filter(pk=now.pk).update(merged_into=before)
    _write(before, person, before.html + heading_html + now.html, How.MERGED)
    return before


def _write(section: Section, person: "Person", html: str, how: SectionSave.How) -> None:
    """Write stored HTML, uids and all, as a new version; the caller holds the row."""
    section.html, section.edited_at, section.edited_by = html, clock.now(), person
    section.lock_version += 1
    if section.state == Section.State.NOT_STARTED and html:
        section.state = Section.State.WRITING
    section.save(update_fields=["html", "edited_at", "edited_by", "lock_version", "state"])
    writing.keep_version(section, person, how)


def beginnings(section: Section) -> list[Block]:
    """The blocks with which a second section could begin: each that stands at the top, but the
    first.
    """
    tops = list(markup.tree(section.html))[1:]
    firsts = {leaf[0].get("data-block") for top in tops if (leaf := blocks.leaves(top))}
    return [block for block in blocks.of(section.html) if block.uid in firsts]
