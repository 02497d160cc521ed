"""Writing a section: saving under an optimistic lock.

A save says which version it started from. The row is changed only if that is still the version
(`UPDATE … WHERE lock_version = …`); else somebody saved in between, and the writer gets both texts.
No word is ever lost: each accepted save is a SectionSave for ever, and what is typed is kept, for
the writer alone, until it is saved or let go (see `unsaved`).
"""

from collections.abc import Iterable
from typing import Any, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import F

from collective import clock
from collective.errors import RuleError
from collective.models import Person
from collective.typed.signs import clean_line
from policy_drafts.desk import elsewhere, unsaved
from policy_drafts.desk.values import MOST_CHARACTERS, SectionText, is_same
from policy_drafts.models import Section, SectionSave
from policy_drafts.text import blocks, limits, patching

How = SectionSave.How


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


class BlockClash(RuleError):
    """The words of a block are no longer those that were seen. It holds all three texts.

    `now` is None where the block is no longer in the section.
    """

    def __init__(self, seen: str, now: str | None, wanted: str) -> None:
        self.seen, self.now, self.wanted = seen, now, wanted
        super().__init__(
            "These words are no longer in the section."
            if now is None
            else "Somebody else changed these words meanwhile."
        )


@transaction.atomic
def save(
    section: Section,
    person: Person,
    started_from: int,
    *,
    how: How = How.EDITED,
    pages: Iterable[UUID] = (),
    **text: Unpack[SectionText],
) -> Section:
    """Save a section that was opened as version `started_from`; returns it as it is now.

    `pages` are the editor pages whose text this is: nothing of them is unsaved any more. The same
    text sent again (a doubled click) is accepted and changes nothing. Raises Clash, Removed, or
    RuleError for a text that is too long or a title that is missing.
    """
    _check(text)
    now = Section.objects.get(pk=section.pk)
    if now.removed_at:
        raise Removed()
    wanted = _as_stored(text, now)
    if not is_same(now, wanted) and not _write(now, person, started_from, wanted, how):
        _check_same(now, wanted)
    for page in pages:
        unsaved.let_go(now, person, page)
    return now


@transaction.atomic
def patch_block(section: Section, person: Person, uid: str, *, seen: str, words: str) -> Section:
    """Give one block other words than the `seen` ones; returns the section as it is now.

    Its uid stays, however much is rewritten, and so do the bold and the links of each word that
    stays. The same words sent again are accepted and change nothing. Raises BlockClash where the
    block says something else by now, Removed, or RuleError for a text that is too long, for no
    words and for a picture, which has none to change.
    """
    now = section.locked()
    if now.removed_at:
        raise Removed()
    standing = next((block.text for block in now.blocks if block.uid == uid), None)
    wanted = patching.as_stored(words)
    if not wanted:
        raise RuleError("Please write the words that should stand here.")
    if standing == wanted:
        return now
    if standing is None or standing != patching.as_stored(seen):
        raise BlockClash(seen, standing, wanted)
    try:
        html = patching.with_words(now.html, uid, words)
    except patching.NoSuchBlock as error:
        raise RuleError("A picture has no words that could be changed here.") from error
    check_length(html)
    text: SectionText = {"title": now.title, "html": html, "state": now.state, "notes": now.notes}
    _write(now, person, now.lock_version, text, How.EDITED)
    return now


def _check(text: SectionText) -> None:
    """Raises RuleError for a text that cannot be saved."""
    if not clean_line(text["title"]):
        raise RuleError("Give this section a title.")
    check_length(text["html"])


def check_length(html: str) -> None:
    """Raises RuleError, with what to do, for a text that is more than a section may hold."""
    if len(html) > MOST_CHARACTERS:
        raise RuleError("This section is too long to save. Split it in two.")
    if refusal := limits.refusal(html):
        raise RuleError(refusal)


def _check_same(now: Section, wanted: SectionText) -> None:
    """Raises Removed or Clash, unless it was a doubled click whose first was just ahead."""
    if not is_same(now, wanted):
        raise Removed() if now.removed_at else Clash()


def _as_stored(text: SectionText, now: Section) -> SectionText:
    """The text as the section would hold it: with uids, and with its notes where none came."""
    notes = text.get("notes")
    return {
        "title": clean_line(text["title"]),
        "html": blocks.with_uids(
            text["html"], before=now.html, elsewhere=elsewhere.of(now.policy_id, now.pk)
        ),
        "state": text["state"],
        "notes": now.notes if notes is None else notes,
    }


def _write(
    section: Section, person: Person, started_from: int, text: SectionText, how: How
) -> bool:
    """Write a text as the next version, if nobody saved since that one.

    The section is as it is now, whatever came of it.
    """
    written = _replace(section, started_from, edited_at=clock.now(), edited_by=person, **text)
    section.refresh_from_db()
    if written:
        keep_version(section, person, how)
    return written


def _replace(section: Section, started_from: int, **changes: Any) -> bool:
    """Write the changes if nobody saved since that version.

    It is one statement, so two at once cannot both succeed.
    """
    if section.lock_version != started_from:
        return False
    unchanged = Section.objects.filter(pk=section.pk, lock_version=started_from, removed_at=None)
    return unchanged.update(lock_version=F("lock_version") + 1, **changes) == 1


def keep_version(section: Section, person: Person, how: How) -> SectionSave:
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


@transaction.atomic
def restore_version(
    section: Section, person: Person, version: SectionSave, started_from: int
) -> Section:
    """Make an earlier version the newest; returns the section as it is now.

    Its blocks have their uids again, but for those that stand elsewhere now. Notes to self stay as
    they are. Raises Clash if somebody saved meanwhile, Removed if the section was taken out.
    """
    section.policy.locked()
    now = Section.objects.get(pk=section.pk)
    if now.removed_at:
        raise Removed()
    text: SectionText = {
        "title": version.title,
        "html": blocks.with_fresh_uids(version.html, section.uids_elsewhere),
        "state": version.state,
    }
    if not _write(now, person, started_from, text, How.RESTORED):
        raise Clash()
    return now
