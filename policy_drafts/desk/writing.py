"""Writing a section: saving under an optimistic lock, what was typed and not saved, and who else is
here.

A save says which version it started from. The row is changed only if that is still the version
(`UPDATE … WHERE lock_version = …`); else somebody saved in between, and the writer gets both texts.
No word is ever lost: each accepted save is a SectionSave for ever, and what is typed is kept, for
the writer alone, until it is saved or let go.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from collective import clock
from collective.errors import RuleError
from policy_drafts.models import Policy, Presence, Section, SectionSave, Unsaved
from policy_drafts.models.section import UnsavedQuerySet
from policy_drafts.text import blocks, markup

if TYPE_CHECKING:
    from collective.models import Person

STILL_HERE = timedelta(seconds=60)
MOST_CHARACTERS = 1_000_000
FORGET_UNSAVED = timedelta(days=90)
LATE = timedelta(
    days=1
)  # for how long a page that was saved or let go may still send what was typed before
MOST_PAGES = 20  # of one person and section that are offered back


class Clash(RuleError):
    """Somebody else saved this section since the writer opened it."""

    def __init__(self) -> None:
        super().__init__("Somebody else saved this section after you opened it.")


class Removed(RuleError):
    """The section was taken out since the writer opened it."""

    def __init__(self) -> None:
        super().__init__(
            "This section was taken out meanwhile, so this is not saved. What you typed is "
            "kept for you."
        )


@transaction.atomic
def save(
    section: Section,
    person: "Person",
    started_from,
    *,
    title: str,
    html: str,
    state,
    notes=None,
    how=SectionSave.How.EDITED,
    pages=(),
) -> Section:
    """Save a section that was opened as version `started_from`; returns it as it is now.

    `pages` are the editor pages whose text this is: nothing of them is unsaved any more. The same
    text sent again (a doubled click) is accepted and changes nothing. Raises Clash, Removed, or
    RuleError for a text that is too long or a title that is missing.
    """
    if not title.strip():
        raise RuleError("Give this section a title.")
    if len(html) > MOST_CHARACTERS:
        raise RuleError("This section is too long to save. Split it in two.")
    now = Section.objects.get(pk=section.pk)
    if now.removed_at:
        raise Removed()
    values = {
        "title": title.strip(),
        "html": blocks.with_uids(html, before=now.html),
        "state": state,
    }
    values["notes"] = now.notes if notes is None else notes
    if _is_same(now, values):
        return _let_go(now, person, pages)
    if not _replaced(now, started_from, edited_at=clock.now(), edited_by=person, **values):
        now.refresh_from_db()
        if _is_same(now, values):  # a doubled click: the first was just ahead
            return _let_go(now, person, pages)
        raise Removed() if now.removed_at else Clash()
    now.refresh_from_db()
    keep_version(now, person, how)
    return _let_go(now, person, pages)


def _replaced(section: Section, started_from, **changes) -> bool:
    """Write the changes if nobody saved since that version: one statement, so two at once cannot
    both succeed.
    """
    if section.lock_version != started_from:
        return False
    unchanged = Section.objects.filter(pk=section.pk, lock_version=started_from, removed_at=None)
    return unchanged.update(lock_version=F("lock_version") + 1, **changes) == 1


def _is_same(row: Section, values) -> bool:
    """Is this what a section or version holds? Uids apart: they are ours."""
    rest = (row.title, row.state, row.notes or "") == (
        values["title"],
        values["state"],
        values["notes"] or "",
    )
    return rest and markup.without_marks(row.html) == markup.without_marks(values["html"])


def keep_version(section: Section, person: "Person", how) -> SectionSave:
    """Keep the section as it is now, as a version for ever."""
    return SectionSave.objects.create(
        section=section,
        number=section.lock_version,
        title=section.title,
        html=section.html,
        state=section.state,
        notes=section.notes,
        how=how,
        saved_at=section.edited_at,
        saved_by=person,
    )


def _let_go(section: Section, person: "Person", pages) -> Section:
    for page in pages:
        let_go(section, person, page)
    return section


def let_go(section: Section, person: "Person", page) -> None:
    """What was typed in an editor page is saved, or not wanted: what comes late from it is
    ignored.
    """
    Unsaved.objects.update_or_create(
        section=section,
        person=person,
        page=page,
        defaults={"typed": None, "ended_at": clock.now()},
        create_defaults={"started_from": section.lock_version, "ended_at": clock.now()},
    )


def keep_typed(section: Section, person: "Person", page, started_from, typed) -> bool:
    """Keep what somebody has typed in an editor page, for them alone; nothing of the section
    changes.

    Returns whether it is kept: not if it is the saved text, or if the page was saved or let go.
    Raises RuleError for a text that is too long.
    """
    if len(typed.get("html", "")) > MOST_CHARACTERS:
        raise RuleError("This text is too long to be kept or saved. Make two sections of it.")
    here(section, person)
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


def has_ended(section: Section, person: "Person", page) -> bool:
    """Was what this page sends saved or let go before?"""
    return Unsaved.objects.of_page(section, person, page).exclude(ended_at=None).exists()


def _origin(section: Section, started_from) -> SectionSave | None:
    return (
        section.saves.filter(number=max(started_from, 0)).first()
        if started_from != section.lock_version
        else None
    )


def _differs(section: Section, origin: SectionSave | None, typed) -> bool:
    """Is what was typed something else than the text of now, and than what the writer began with
    (if that is known)?
    """
    values = {
        "title": typed.get("title", "").strip(),
        "html": markup.cleaned(typed.get("html", "")),
    }
    values |= {
        "state": typed.get("state") or section.state,
        "notes": typed.get("notes", "").replace("\r\n", "\n"),
    }
    return not _is_same(section, values) and (origin is None or not _is_same(origin, values))


def unsaved_of(section: Section, person: "Person"):
    """What this person typed here and did not save, the newest first.

    What is the same as the saved text is nothing.

    Each row has its `origin`: the version that was before them, or None.
    """
    return _that_differ(section.unsaved.open().filter(person=person)[:MOST_PAGES])


def unsaved_in(policy: Policy, person: "Person"):
    """{key of a section: what this person typed there and did not save}, over a whole policy: two
    queries.
    """
    rows = Unsaved.objects.open().filter(
        section__policy=policy, section__removed_at=None, person=person
    )
    found = {}
    for row in _that_differ(rows.select_related("section")[: MOST_PAGES * 10]):
        found.setdefault(row.section_id, []).append(row)
    return found


def _that_differ(rows: UnsavedQuerySet):
    rows = list(rows)
    saves = SectionSave.objects.filter(
        section__in={row.section_id for row in rows}, number__in={row.started_from for row in rows}
    )
    origins = {(save.section_id, save.number): save for save in saves} if rows else {}
    for row in rows:
        row.origin = origins.get((row.section_id, row.started_from))
    return [row for row in rows if _differs(row.section, row.origin, row.typed)]


def forget_old_unsaved() -> tuple[int, int]:
    """Let go of what was typed and never saved, after 90 days. Returns (seen, done)."""
    done, _ = Unsaved.objects.open().filter(typed_at__lt=clock.now() - FORGET_UNSAVED).delete()
    Unsaved.objects.filter(ended_at__lt=clock.now() - LATE).delete()
    Presence.objects.filter(seen_at__lt=clock.now() - timedelta(days=1)).delete()
    return done, done


def here(section: Section, person: "Person") -> None:
    """This person has the section open."""
    Presence.objects.bulk_create(
        [Presence(section=section, person=person, seen_at=clock.now())],
        update_conflicts=True,
        unique_fields=["section", "person"],
        update_fields=["seen_at"],
    )


def others_at(section: Section, person: "Person"):
    """Who else has this section open now."""
    found = section.presences.filter(seen_at__gt=clock.now() - STILL_HERE).exclude(person=person)
    return [row.person for row in found.select_related("person").order_by("seen_at")]


def editors_in(policy: Policy, person: "Person"):
    """{key of a section: names of who else has it open now}, over a whole policy."""
    found = {}
    recent = Presence.objects.filter(section__policy=policy, seen_at__gt=clock.now() - STILL_HERE)
    for row in recent.exclude(person=person).select_related("person").order_by("seen_at"):
        found.setdefault(row.section_id, []).append(str(row.person))
    return found


def gone(section: Section, person: "Person") -> None:
    """This person has closed the section."""
    Presence.objects.filter(section=section, person=person).delete()


@transaction.atomic
def restore_version(section: Section, person: "Person", version: str, started_from) -> Section:
    """Make an earlier version the newest: its blocks have their uids again, but for those that
    stand elsewhere now.

    Notes to self stay as they are. Raises Clash if somebody saved meanwhile, Removed if the section
    was taken out.
    """
    section.policy.locked()
    now = Section.objects.get(pk=section.pk)
    if now.removed_at:
        raise Removed()
    html = blocks.with_fresh_uids(version.html, section.uids_elsewhere)
    values = {"title": version.title, "html": html, "state": version.state}
    if not _replaced(now, started_from, edited_at=clock.now(), edited_by=person, **values):
        raise Clash()
    now.refresh_from_db()
    keep_version(now, person, SectionSave.How.RESTORED)
    return now
