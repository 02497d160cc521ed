"""The order of sections, and the acts that change it: add, move, split, merge, remove, put back.

Each holds the policy's row, so that two at once come one after the other, and each keeps versions:
nothing is lost.
"""

import uuid
from dataclasses import dataclass
from uuid import UUID

import lxml.html
from django.db import transaction
from django.db.models import F, Max
from lxml.html import HtmlElement

from collective import clock
from collective.errors import RuleError
from collective.models import Person
from collective.typed.signs import clean_line
from policy_drafts.desk import elsewhere, writing
from policy_drafts.models import Policy, Section, SectionSave
from policy_drafts.text import blocks, markup
from policy_drafts.text.blocks import Block

How = SectionSave.How
State = Section.State
MOST_SECTIONS = 300
UP, DOWN = -1, 1  # steps of a move


@dataclass(frozen=True)
class NewSection:
    """What a section begins with. Without a state it is begun if it has a text."""

    title: str
    html: str = ""
    how: How = How.ADDED
    state: str = ""


def add(
    policy: Policy, person: Person, title: str, *, html: str = "", key: UUID | None = None
) -> Section:
    """Add a section at the end; returns it.

    `key` names it: asked twice, it is added once. Raises RuleError without a title or beyond 300
    sections.
    """
    return insert(policy, person, NewSection(title, html), key=key)


@transaction.atomic
def insert(
    policy: Policy,
    person: Person,
    new: NewSection,
    *,
    after: Section | None = None,
    key: UUID | None = None,
) -> Section:
    """Add a section behind another, or at the end; returns it. Else as `add`."""
    policy.locked()
    if key and (found := policy.sections.filter(pk=key).first()):
        return found
    title = clean_line(new.title)
    if not title:
        raise RuleError("Give the new section a title.")
    writing.check_length(new.html)
    position = _end(policy) if after is None else _make_room(after)
    text = blocks.with_uids(new.html, elsewhere=elsewhere.of(policy.pk))
    made = Section.objects.create(
        pk=_free(key),
        policy=policy,
        position=position,
        title=title,
        html=text,
        state=new.state or (State.WRITING if text else State.NOT_STARTED),
        lock_version=1,
        edited_at=clock.now(),
        edited_by=person,
    )
    writing.keep_version(made, person, new.how)
    return made


def _free(key: UUID | None) -> UUID:
    """The key, unless a section of another policy has it; else a new one."""
    return key if key and not Section.objects.filter(pk=key).exists() else uuid.uuid4()


def _end(policy: Policy) -> int:
    """The place behind the last section; RuleError where no more fits."""
    live = policy.sections.live()
    if live.count() >= MOST_SECTIONS:
        raise RuleError(f"A policy has at most {MOST_SECTIONS} sections.")
    return (live.aggregate(last=Max("position"))["last"] or 0) + 1


def _make_room(section: Section) -> int:
    """The place behind a section, free; RuleError where no more fits, or if it was taken out."""
    _end(section.policy)
    position = _place(_live(section)) + 1
    later = section.policy.sections.live().filter(position__gte=position)
    later.update(position=F("position") + 1)
    return position


def _place(section: Section) -> int:
    """The position of a section that is not taken out."""
    return section.position or 0


def _live(section: Section) -> Section:
    """The section, locked; RuleError if it was taken out meanwhile."""
    now = Section.objects.live().select_for_update(no_key=True).filter(pk=section.pk).first()
    if now is None:
        raise RuleError(
            f"“{section.title}” was taken out meanwhile. You can put it back: see “Removed "
            "sections”."
        )
    return now


def before(section: Section) -> Section | None:
    """The section that stands before it, or None."""
    earlier = section.policy.sections.live().filter(position__lt=_place(section))
    return earlier.order_by("-position").first()


def _behind(section: Section) -> Section | None:
    """The section that stands behind it, or None."""
    later = section.policy.sections.live().filter(position__gt=_place(section))
    return later.order_by("position").first()


@transaction.atomic
def move(section: Section, step: int, position: int | None = None) -> bool:
    """Move it one place UP or DOWN; at the end of the list nothing happens.

    Returns whether it moved. `position` is where the writer saw it: if it stands elsewhere now (a
    doubled click), nothing happens either. Raises RuleError if it was taken out.
    """
    section.policy.locked()
    now = _live(section)
    if position is not None and now.position != position:
        return False
    other = before(now) if step == UP else _behind(now)
    if other is None:
        return False
    Section.objects.filter(pk=now.pk).update(position=other.position)
    Section.objects.filter(pk=other.pk).update(position=now.position)
    return True


@transaction.atomic
def move_to(section: Section, place: int, position: int | None = None) -> tuple[int, int]:
    """Move it to a place, counted from 1, past all between; returns (where it was, where it is).

    `position` is as for `move`: if it stands elsewhere now, nothing happens. Raises RuleError for
    a place that there is not, and if the section was taken out.
    """
    section.policy.locked()
    now = _live(section)
    order = list(section.policy.sections.live().only("pk", "position"))
    was = order.index(now) + 1
    if not 1 <= place <= len(order):
        raise RuleError(f"Say to which place: a number from 1 to {len(order)}.")
    if position is not None and now.position != position:
        return was, was
    positions = [row.position for row in order]
    order.insert(place - 1, order.pop(was - 1))
    moved = [row for row, there in zip(order, positions, strict=True) if row.position != there]
    for row, there in zip(order, positions, strict=True):
        row.position = there
    Section.objects.bulk_update(moved, ["position"])
    return was, place


@transaction.atomic
def remove(section: Section) -> None:
    """Take a section out of the working copy.

    Its text and versions stay, and it can be put back.
    """
    section.policy.locked()
    found = Section.objects.live().filter(pk=section.pk)
    found.update(removed_at=clock.now(), position=None)


@transaction.atomic
def put_back(section: Section, person: Person) -> None:
    """Put a removed section back, at the end.

    What was merged into another section meanwhile is a copy now. Raises RuleError beyond 300
    sections.
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
def split(section: Section, person: Person, block_uid: str, title: str) -> Section:
    """Make a new section, behind this one, of everything from a block on; returns it.

    The blocks keep their uids. Raises RuleError if the block is the first or stands inside a list,
    table or quote, or is gone.
    """
    section.policy.locked()
    now = _live(section)
    stays, moves = _cut(now.html, block_uid)
    made = insert(section.policy, person, NewSection(title, how=How.SPLIT), after=now)
    _write(made, person, moves, How.SPLIT)
    _write(now, person, stays, How.SPLIT)
    return made


def _cut(html: str, block_uid: str) -> tuple[str, str]:
    """The HTML before and from a block on. Raises RuleError where it cannot be cut there."""
    root = markup.tree(html)
    tops = list(root)
    starts = [number for number, top in enumerate(tops) if _first_uid(top) == block_uid]
    if not starts or starts[0] == 0:
        raise RuleError("Choose a paragraph after the first one: the new section begins with it.")
    moved = tops[starts[0] :]
    for top in moved:
        root.remove(top)
    return markup.inner(root), "".join(map(markup.html_of, moved))


def _first_uid(top: HtmlElement) -> str | None:
    """The uid of the first block in an element."""
    first = next(iter(blocks.leaves(top)), None)
    return None if first is None else first.get("data-block")


@transaction.atomic
def merge(section: Section, person: Person) -> Section:
    """Put this section's text at the end of the one before it, and remove it; returns that one.

    The text stands there under a heading with its title. Raises RuleError for the first section,
    for one that was taken out (a doubled click), and where both are too much for one section.
    """
    section.policy.locked()
    now = _live(section)
    found = before(now)
    if found is None:
        raise RuleError("There is no section before this one.")
    target = Section.objects.select_for_update(no_key=True).get(pk=found.pk)
    html = target.html + _heading(now.title) + now.html
    writing.check_length(html)
    remove(now)
    Section.objects.filter(pk=now.pk).update(merged_into=target)
    _write(target, person, html, How.MERGED)
    return target


def _heading(title: str) -> str:
    """The HTML of a heading, with a uid."""
    heading = lxml.html.Element("h3")
    heading.text = title
    return blocks.with_uids(markup.html_of(heading))


def _write(section: Section, person: Person, html: str, how: How) -> None:
    """Write stored HTML, uids and all, as a new version; the caller holds the row."""
    section.html, section.edited_at, section.edited_by = html, clock.now(), person
    section.lock_version += 1
    if section.state == State.NOT_STARTED and html:
        section.state = State.WRITING
    section.save(update_fields=["html", "edited_at", "edited_by", "lock_version", "state"])
    writing.keep_version(section, person, how)


def beginnings(section: Section) -> list[Block]:
    """The blocks with which a second section could begin: each at the top, but the first."""
    tops = list(markup.tree(section.html))[1:]
    firsts = {_first_uid(top) for top in tops} - {None}
    return [block for block in section.blocks if block.uid in firsts]
