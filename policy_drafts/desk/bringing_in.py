"""Bringing a text in: read, shown section by section, and saved after a yes, in one transaction."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid5

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet

from collective import clock
from collective.errors import RuleError
from collective.models import Person
from collective.safety.pictures import NotAPicture
from policy_drafts.desk import outline, readers, work, writing
from policy_drafts.desk.incoming import (
    Choice,
    Incoming,
    fingerprint,
    list_of,
    name_of,
    sections_in,
)
from policy_drafts.desk.readers.contents_lists import with_addresses
from policy_drafts.desk.readers.named import Group
from policy_drafts.desk.readers.word_html import STAND_IN
from policy_drafts.desk.values import SectionText
from policy_drafts.models import (
    FilesTrial,
    Heard,
    Import,
    Policy,
    PolicyPicture,
    Section,
    SectionSave,
    WorkingCopyFile,
)
from policy_drafts.models.leased import WorkState
from policy_drafts.text import combining

FORGET, FORGET_COPIES = timedelta(days=7), timedelta(days=1)
How = SectionSave.How
State = Section.State
LEAVE = Choice.LEAVE


@transaction.atomic
def bring(policy: Policy, person: Person, name: str, content: bytes) -> Import:
    """Keep a file for a worker to read; what it holds is then for the writer to look at.

    Raises RuleError for a file of another kind, or one that is too large.
    """
    readers.check(name, content)
    row = Import.objects.create(
        policy=policy, person=person, name=name[-200:], file=work.in_base64(content)
    )
    work.announce("import", row)
    return row


@transaction.atomic
def order_working_copy(policy: Policy, person: Person) -> WorkingCopyFile:
    """Order the working copy as a Word file; a doubled click finds the first one's order."""
    row, is_new = WorkingCopyFile.objects.get_or_create(
        policy=policy, person=person, state=WorkState.WAITING
    )
    if is_new:
        work.announce("working copy", row)
    return row


@dataclass(frozen=True)
class Outcome:
    """How many sections were brought in and notes kept, and the titles of what was left."""

    done: int = 0
    left: Sequence[str] = ()
    noted: int = 0


@transaction.atomic
def confirm(
    brought: Import,
    person: Person,
    chosen: Mapping[int, str],
    shown: str,
    *,
    by_bold_lines: bool = False,
) -> Outcome:
    """Do what was chosen ({number: choice}).

    What the file holds stays while a section of it was left that is other here, or words of it did
    not come, so that it can be looked at again. Twice does nothing more. Raises RuleError if a
    section was saved after the writer looked.
    """
    brought = _locked(brought)
    if brought.confirmed_at:
        return Outcome()
    found = sections_in(brought, by_bold_lines=by_bold_lines)
    if list_of(brought, by_bold_lines=by_bold_lines) != name_of(by_bold_lines=by_bold_lines):
        raise RuleError("Some of this file was brought in meanwhile. Please look again.")
    if fingerprint(found) != shown:
        raise RuleError("A section was saved after you looked at this page. Please look again.")
    _give_keys(brought, found)
    choices = {row.number: chosen.get(row.number, LEAVE) for row in found}
    wanted = [row for row in found if choices[row.number] != LEAVE]
    left = [row.title for row in found if choices[row.number] == LEAVE and not row.is_same]
    noted = len(brought.contents["notes"])
    _store_pictures(brought, person, found)
    _lead_to_sections(found, choices)
    places = {
        row.title: _bring_section(brought.policy, person, row, choices[row.number])
        for row in wanted
    }
    _note_what_was_said(brought, person, places)
    _keep(brought, found if left or words_missing(brought) else [], by_bold_lines=by_bold_lines)
    return Outcome(len(wanted), left, noted)


def _lead_to_sections(found: list[Incoming], choices: Mapping[int, str]) -> None:
    """Lead links between sections of the file to the sections that they become here."""
    wanted = [row for row in found if choices[row.number] != LEAVE]
    keys = {row.number: row.key for row in found if row.section or row in wanted}
    added = [row for row in wanted if row.section and choices[row.number] == Choice.ADD]
    beside = {row.key: row.key_for(Choice.ADD) for row in added}
    for row in wanted:
        row.html = with_addresses(row.html, keys)
        for old, new in beside.items():
            row.html = row.html.replace(f'"#s-{old}"', f'"#s-{new}"')


def _give_keys(brought: Import, found: list[Incoming]) -> None:
    """Give each section the key that it has as a new one: at each press the same.

    So whoever presses twice adds it once. One that was added and taken out can be added again.
    """
    gone = set(brought.policy.sections.removed().values_list("pk", flat=True))
    for row in found:
        row.new_key = uuid5(brought.pk, f"{row.number} {row.title}")
        while row.new_key in gone:
            row.new_key = uuid5(row.new_key, "again")


def _keep(brought: Import, found: list[Incoming], *, by_bold_lines: bool) -> None:
    """Keep the sections to be looked at again, or, where nothing was left, nothing.

    Notes and pictures were taken over already; what its sections are is settled.
    """
    if not found:
        _finish(brought)
        return
    name = name_of(by_bold_lines=by_bold_lines)
    kept = zip(brought.contents[name], found, strict=True)
    parts = [part | {"html": row.html} for part, row in kept]
    nothing: dict[str, list] = {"notes": [], "pictures": [], "sections": [], "by_bold_lines": []}
    brought.held = brought.contents | nothing | {name: parts, "list": name}
    brought.save(update_fields=["held"])


@transaction.atomic
def finish(brought: Import) -> None:
    """The writer is done with a file: nothing of it is kept. Twice does nothing more.

    A worker that reads it at this moment keeps nothing of it either.
    """
    brought = _locked(brought)
    if not brought.confirmed_at:
        _finish(brought)


def _finish(brought: Import) -> None:
    """Keep nothing of a file whose row is locked."""
    brought.confirmed_at, brought.held, brought.file = clock.now(), None, None
    if brought.is_waiting:
        brought.state = WorkState.FAILED
    brought.save(update_fields=["confirmed_at", "held", "file", "state"])


def words_missing(brought: Import) -> int:
    """How many things it names whose words do not come."""
    return sum(row["group"] == Group.WORDS for row in brought.contents["named"])


def unfinished(policy: Policy, person: Person) -> QuerySet[Import]:
    """What this writer brought in and is not done with, newest first, without what it holds."""
    mine = policy.imports.filter(person=person, confirmed_at=None)
    kept = mine.exclude(state=WorkState.FAILED).filter(brought_at__gt=clock.now() - FORGET)
    return kept.defer("file", "held").order_by("-brought_at")


def _locked(brought: Import) -> Import:
    """What was brought in as it is now, its policy's row and its own locked."""
    policy = brought.policy.locked()
    now = Import.objects.select_for_update(no_key=True, of=("self",)).get(pk=brought.pk)
    now.policy = policy
    return now


def _store_pictures(brought: Import, person: Person, found: list[Incoming]) -> None:
    """Store the pictures of the file, and put their addresses in place of the stand-ins.

    A file that is no picture is left out.
    """
    for number, picture in enumerate(brought.contents["pictures"]):
        file = ContentFile(base64.b64decode(picture["data"]), name="picture")
        try:
            row = PolicyPicture.from_upload(brought.policy, file, person)
            address = row.get_absolute_url()
        except NotAPicture:
            address = ""  # cleaning takes a picture without an address out
        for incoming in found:
            incoming.html = incoming.html.replace(STAND_IN.format(number), address)


def _bring_section(policy: Policy, person: Person, row: Incoming, choice: str) -> Section:
    """Add, take or combine one section; returns it."""
    if row.section is None or choice == Choice.ADD:
        new = outline.NewSection(row.title, row.html, How.IMPORTED)
        return outline.insert(policy, person, new, key=row.new_key)
    text = _text_for(row.section, row, choice)
    how = How.COMBINED if choice == Choice.COMBINE else How.IMPORTED
    return writing.save(row.section, person, row.section.lock_version, how=how, **text)


def _text_for(now: Section, row: Incoming, choice: str) -> SectionText:
    """The text that a section of now becomes."""
    is_combined = choice == Choice.COMBINE
    return {
        "title": row.title if choice == Choice.TAKE or row.is_renamed else now.title,
        "html": combining.combine(row.base, row.stored, now.html).html if is_combined else row.html,
        "state": State.WRITING if now.state == State.NOT_STARTED else now.state,
    }


def _note_what_was_said(brought: Import, person: Person, places: Mapping[str, Section]) -> None:
    """Keep comments and tracked changes beside their section, with their author's name."""
    by_title = {row.title: row for row in brought.policy.sections.live()} | dict(places)
    for note in brought.contents["notes"]:
        Heard.objects.create(
            policy=brought.policy,
            section=by_title.get(note["title"]),
            channel=note["channel"],
            author=note["author"],
            words=note["words"],
            noted_by=person,
        )


def forget_old() -> tuple[int, int]:
    """The sweep: what was brought in and never confirmed goes after a week; (seen, done).

    Working copies that somebody asked for, and what came of trying files, go after a day.
    """
    now = clock.now()
    imports, _ = Import.objects.filter(brought_at__lt=now - FORGET).delete()
    copies, _ = WorkingCopyFile.objects.filter(ordered_at__lt=now - FORGET_COPIES).delete()
    trials, _ = FilesTrial.objects.filter(ordered_at__lt=now - FORGET_COPIES).delete()
    done = imports + copies + trials
    return done, done
