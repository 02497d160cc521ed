"""Writing a section: saving under an optimistic lock, what was typed and not saved, and who else is here.

A save says which version it started from. The row is changed only if that is still the version (`UPDATE … WHERE
lock_version = …`); else somebody saved in between, and the writer gets both texts. No word is ever lost: each accepted
save is a SectionSave for ever, and what is typed is kept, for the writer alone, until it is saved or let go.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from collective import clock
from collective.errors import RuleError
from policy_drafts import blocks
from policy_drafts.models import Presence, Section, SectionSave, Unsaved

STILL_HERE = timedelta(seconds=60)
MOST_CHARACTERS = 1_000_000
FORGET_UNSAVED = timedelta(days=90)


class Clash(RuleError):
    """Somebody else saved this section since the writer opened it."""

    def __init__(self):
        super().__init__("Somebody else saved this section after you opened it.")


@transaction.atomic
def save(section, person, started_from, *, title, html, state, notes=None, how=SectionSave.How.EDITED):
    """Save a section that was opened as version `started_from`; returns it as it is now.

    The same text sent again (a doubled click) is accepted and changes nothing. Raises Clash, or RuleError for a text
    that is too long, a title that is missing, or a section that was removed.
    """
    if not title.strip():
        raise RuleError("Give this section a title.")
    if len(html) > MOST_CHARACTERS:
        raise RuleError("This section is too long to save. Split it in two.")
    now = Section.objects.get(pk=section.pk)
    if now.removed_at:
        raise RuleError("This section was removed meanwhile. It can be restored from the outline.")
    text = blocks.with_uids(html, before=now.html)
    if _is_same(now, title, text, state, notes):
        return _let_go(now, person)
    changes = {"title": title.strip(), "html": text, "state": state, "notes": now.notes if notes is None else notes}
    if not _replaced(now, started_from, edited_at=clock.now(), edited_by=person, **changes):
        now.refresh_from_db()
        if _is_same(now, title, text, state, notes):  # a doubled click: the first was just ahead
            return _let_go(now, person)
        raise Clash()
    now.refresh_from_db()
    keep_version(now, person, how)
    return _let_go(now, person) if how == SectionSave.How.EDITED else now  # else what is typed is not in it


def _replaced(section, started_from, **changes):
    """Write the changes if nobody saved since that version: one statement, so two at once cannot both succeed."""
    if section.lock_version != started_from:
        return False
    unchanged = Section.objects.filter(pk=section.pk, lock_version=started_from, removed_at=None)
    return unchanged.update(lock_version=F("lock_version") + 1, **changes) == 1


def _is_same(section, title, text, state, notes):
    """Would this save change nothing? Uids apart: they are ours."""
    from policy_drafts import markup

    same_text = markup.without_marks(section.html) == markup.without_marks(text)
    same_notes = notes is None or (section.notes or "") == notes
    return same_text and same_notes and (section.title, section.state) == (title.strip(), state)


def keep_version(section, person, how):
    """Keep the section as it is now, as a version for ever."""
    return SectionSave.objects.create(
        section=section, number=section.lock_version, title=section.title, html=section.html, state=section.state,
        how=how, saved_at=section.edited_at, saved_by=person,
    )  # fmt: skip


def _let_go(section, person):
    """What was typed is saved now."""
    Unsaved.objects.filter(section=section, person=person).delete()
    return section


def keep_typed(section, person, started_from, typed):
    """Keep what somebody has typed, for them alone; the newest text wins. Nothing of the section changes."""
    values = {"started_from": max(started_from, 0), "typed": typed, "typed_at": clock.now()}
    try:
        with transaction.atomic():
            Unsaved.objects.update_or_create(section=section, person=person, defaults=values)
    except IntegrityError:  # two tabs at once: the row is there now
        Unsaved.objects.filter(section=section, person=person).update(**values)
    here(section, person)


def unsaved_of(section, person):
    """What this person typed here and did not save, or None. What is the same as the saved text is nothing."""
    from policy_drafts import markup

    row = Unsaved.objects.filter(section=section, person=person).first()
    if row is None:
        return None
    same = markup.cleaned(row.typed.get("html", "")) == markup.without_marks(section.html)
    same_rest = row.typed.get("title", "").strip() == section.title and (row.typed.get("notes", "") or "") == (
        section.notes or ""
    )
    return None if same and same_rest and row.typed.get("state", section.state) == section.state else row


def forget_old_unsaved():
    """Let go of what was typed and never saved, after 90 days. Returns (seen, done)."""
    done, _ = Unsaved.objects.filter(typed_at__lt=clock.now() - FORGET_UNSAVED).delete()
    Presence.objects.filter(seen_at__lt=clock.now() - timedelta(days=1)).delete()
    return done, done


def here(section, person):
    """This person has the section open."""
    Presence.objects.bulk_create(
        [Presence(section=section, person=person, seen_at=clock.now())],
        update_conflicts=True, unique_fields=["section", "person"], update_fields=["seen_at"],
    )  # fmt: skip


def others_at(section, person):
    """Who else has this section open now."""
    found = section.presences.filter(seen_at__gt=clock.now() - STILL_HERE).exclude(person=person)
    return [row.person for row in found.select_related("person").order_by("seen_at")]


def gone(section, person):
    """This person has closed the section."""
    Presence.objects.filter(section=section, person=person).delete()


def restore_version(section, person, version, started_from):
    """Make an earlier version the newest. Raises Clash if somebody saved meanwhile."""
    return save(
        section, person, started_from, title=version.title, html=version.html, state=version.state,
        how=SectionSave.How.RESTORED,
    )  # fmt: skip
