"""What somebody has typed in an editor page and not saved: kept for them alone, and offered back.

An editor page is one tab on one device. What it sends after it was saved or let go is late, and is
known to be so for a day.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from collective import clock
from collective.errors import RuleError
from collective.models import Person
from collective.typed.signs import clean_line
from policy_drafts.desk import presence
from policy_drafts.desk.values import MOST_CHARACTERS, SectionText, is_same
from policy_drafts.models import Policy, Presence, Section, SectionSave, Unsaved
from policy_drafts.text import limits, markup

FORGET = timedelta(days=90)
LATE = timedelta(days=1)  # for how long a page that has ended may still send what was typed before
MOST_PAGES = 20  # of one person and section that are offered back
Typed = dict[str, Any]  # title, html, state and notes, each as a form sent it, or missing


def keep_typed(
    section: Section, person: Person, page: UUID, started_from: int, typed: Typed
) -> bool:
    """Keep what somebody has typed in an editor page; nothing of the section changes.

    Returns whether it is kept: not if it is the saved text, or if the page was saved or let go.
    Raises RuleError for a text that is too long.
    """
    if len(typed.get("html", "")) > MOST_CHARACTERS:
        raise RuleError("This text is too long to be kept or saved. Make two sections of it.")
    presence.enter(section, person)
    mine = Unsaved.objects.of_page(section, person, page)
    if not _differs(section, _origin(section, started_from), typed):
        mine.open().delete()
        return False
    values = {"started_from": max(started_from, 0), "typed": typed, "typed_at": clock.now()}
    if mine.open().update(**values):
        return True
    _, made = Unsaved.objects.get_or_create(
        section=section, person=person, page=page, defaults=values
    )
    return made or mine.open().update(**values) == 1  # else it had ended, before or just now


def let_go(section: Section, person: Person, page: UUID) -> None:
    """End an editor page: what was typed there is saved, or not wanted.

    What comes late from it is ignored.
    """
    Unsaved.objects.update_or_create(
        section=section,
        person=person,
        page=page,
        defaults={"typed": None, "ended_at": clock.now()},
        create_defaults={"started_from": section.lock_version, "ended_at": clock.now()},
    )


def has_ended(section: Section, person: Person, page: UUID) -> bool:
    """Was what this page sends saved or let go before?"""
    return Unsaved.objects.of_page(section, person, page).exclude(ended_at=None).exists()


def find(section: Section, person: Person) -> list[Unsaved]:
    """What this person typed here and did not save, the newest first, each with its `origin`.

    What is the same as the saved text is nothing.
    """
    return _that_differ(section.unsaved.open().filter(person=person)[:MOST_PAGES])


def find_in_policy(policy: Policy, person: Person) -> dict[UUID, list[Unsaved]]:
    """{key of a section: what this person typed there and did not save}: two queries."""
    rows = Unsaved.objects.open().filter(
        section__policy=policy, section__removed_at=None, person=person
    )
    found: dict[UUID, list[Unsaved]] = {}
    for row in _that_differ(rows.select_related("section")[: MOST_PAGES * 10]):
        found.setdefault(row.section_id, []).append(row)
    return found


def _that_differ(found: Iterable[Unsaved]) -> list[Unsaved]:
    """Those that are not the saved text, each with its `origin`: one query."""
    rows = list(found)
    if not rows:
        return []
    saves = SectionSave.objects.filter(
        section__in={row.section_id for row in rows},
        number__in={row.started_from for row in rows},
    )
    origins = {(save.section_id, save.number): save for save in saves}
    for row in rows:
        row.origin = origins.get((row.section_id, row.started_from))
    return [row for row in rows if _differs(row.section, row.origin, row.typed or {})]


def _origin(section: Section, started_from: int) -> SectionSave | None:
    """The version with which the writer began, where it is not the one of now."""
    if started_from == section.lock_version:
        return None
    return section.saves.filter(number=max(started_from, 0)).first()


def _differs(section: Section, origin: SectionSave | None, typed: Typed) -> bool:
    """Is this another text than the one of now, and than the one with which the writer began?"""
    if limits.refusal(typed.get("html", "")):  # too much to save, so it never was
        return True
    text: SectionText = {
        "title": clean_line(typed.get("title", "")),
        "html": markup.cleaned(typed.get("html", "")),
        "state": typed.get("state") or section.state,
        "notes": typed.get("notes", "").replace("\r\n", "\n"),
    }
    return not is_same(section, text) and (origin is None or not is_same(origin, text))


def forget_old() -> tuple[int, int]:
    """The sweep: what was typed and never saved goes after 90 days; returns (seen, done)."""
    done, _ = Unsaved.objects.open().filter(typed_at__lt=clock.now() - FORGET).delete()
    Unsaved.objects.filter(ended_at__lt=clock.now() - LATE).delete()
    Presence.objects.filter(seen_at__lt=clock.now() - timedelta(days=1)).delete()
    return done, done
