"""Bringing a text in: read, shown section by section, and saved only after a yes, in one
transaction.
"""

import base64
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import Truncator

from collective import clock
from collective.errors import RuleError
from collective.safety.pictures import NotAPicture
from policy_drafts.desk import outline, readers, writing
from policy_drafts.desk.readers.word import STAND_IN
from policy_drafts.models import Heard, Import, Policy, PolicyPicture, SectionSave
from policy_drafts.text import blocks, combining, diffs

if TYPE_CHECKING:
    from collective.models import Person

KEPT = timedelta(days=7)
ADD, TAKE, LEAVE, COMBINE = "add", "take", "leave", "combine"


@dataclass
class Row:
    """One section of the file, beside the section of the working copy that it is, if it is one."""

    number: int
    title: str
    html: str
    section: object = None
    exported: object = None

    @property
    def choices(self) -> list[tuple[str, str]]:
        """[(value, words)], the one that is ticked beforehand first."""
        if self.section is None:
            return [(ADD, "Add it as a new section"), (LEAVE, "Leave it out")]
        take, leave = (
            (TAKE, "Take it: it replaces the text of now"),
            (LEAVE, "Leave the text of now as it is"),
        )
        if self.exported is None:  # only its title is known here
            return [leave, take, (ADD, "Add it as a new section")]
        if self.exported.number != self.section.lock_version:
            return [(COMBINE, "Combine it with what was changed here meanwhile"), take, leave]
        return [take, leave] if self.is_changed else [leave, take]

    @property
    def beginning(self) -> str:
        """Its first words, to know it by."""
        return Truncator(" ".join(block.text for block in blocks.of(self.html))).chars(200)

    @property
    def is_changed(self):
        return self.is_renamed or any(row.what != "same" for row in self.to_now)

    @property
    def is_same(self) -> bool:
        """Is it word for word a section of now?"""
        return self.section is not None and not self.is_changed

    @property
    def is_renamed(self):
        """Has the file another title than it went out with?"""
        return bool(self.exported) and self.title != self.exported.title

    @property
    def base(self):
        return self.exported.html if self.exported else self.section.html if self.section else ""

    @property
    def stored(self):
        """The file's text with the uids that its blocks had when it was exported."""
        return blocks.with_uids(self.html, before=self.base)

    @property
    def to_now(self):
        """What is different from the text of now."""
        return diffs.compare(self.section.blocks if self.section else [], blocks.of(self.stored))

    @property
    def to_exported(self):
        """What was changed in the file since it was exported."""
        return diffs.compare(blocks.of(self.base), blocks.of(self.stored)) if self.exported else []


def bring(policy: Policy, person: "Person", name: str, content: bytes) -> Import:
    """Read a file and keep what it holds for the writer to look at. Raises RuleError."""
    found = readers.read(name, content)
    held = {
        "sections": [vars(part) for part in found.sections],
        "notes": found.notes,
        "left_out": found.left_out,
        "pictures": found.pictures,
    }
    return Import.objects.create(policy=policy, person=person, name=name[:200], held=held)


def rows(brought: Import):
    """The sections of the file as Rows: ours are known by the mark in the heading, else by an equal
    title.
    """
    live = {row.pk.hex: row for row in brought.policy.sections.live()}
    parts = brought.held["sections"]
    versions = {(row.section_id.hex, row.number): row for row in _exported(live, parts)}
    titles = {row.title.casefold(): row for row in live.values()}
    found, used = [], set()
    for number, part in enumerate(parts):
        section = live.get(part["uid"]) or titles.get(part["title"].casefold())
        section = None if section is None or section.pk in used else section
        exported = None
        if section:
            used.add(section.pk)
            exported = versions.get((part["uid"], part["version"]))
        found.append(Row(number, part["title"], part["html"], section, exported))
    return found


def _exported(live, parts) -> QuerySet[SectionSave]:
    """The versions that went out with a working copy and come back now: one query."""
    pairs = [(live[part["uid"]], part["version"]) for part in parts if part["uid"] in live]
    wanted = [(section, number) for section, number in pairs if number <= section.lock_version]
    sections, numbers = {section for section, _ in wanted}, {number for _, number in wanted}
    return SectionSave.objects.filter(section__in=sections, number__in=numbers)


def fingerprint(found) -> str:
    """What the writer was shown: the versions of the sections that the file would change."""
    return ",".join(f"{row.number}:{row.section.lock_version}" for row in found if row.section)


@transaction.atomic
def confirm(brought, person: "Person", chosen, shown) -> int:
    """Do what was chosen ({number: choice}); returns how many sections changed.

    Twice does nothing more.

    Raises RuleError if a section was saved after the writer looked.
    """
    policy = brought.policy.locked()
    brought = Import.objects.select_for_update(no_key=True, of=("self",)).get(pk=brought.pk)
    if brought.confirmed_at:
        return 0
    brought.policy = policy
    found = rows(brought)
    if fingerprint(found) != shown:
        raise RuleError("A section was saved after you looked at this page. Please look again.")
    pictures, done, places = _pictures(brought, person), 0, {}
    for row in found:
        for stand_in, address in pictures.items():
            row.html = row.html.replace(stand_in, address)
        what = chosen.get(row.number, LEAVE)
        if what != LEAVE:
            places[row.title] = _do(policy, person, row, what)
            done += 1
    _keep_notes(policy, person, brought.held["notes"], places)
    brought.confirmed_at, brought.held = clock.now(), None
    brought.save(update_fields=["confirmed_at", "held"])
    return done


def _do(policy: Policy, person: "Person", row, what):
    """Add, take or combine one section; returns it."""
    if row.section is None or what == ADD:
        return outline.add(policy, person, row.title, html=row.html, how=SectionSave.How.IMPORTED)
    html, how = row.html, SectionSave.How.IMPORTED
    if what == COMBINE:
        html, how = (
            combining.combine(row.base, row.stored, row.section.html).html,
            SectionSave.How.COMBINED,
        )
    title = row.title if what == TAKE or row.is_renamed else row.section.title
    state = row.section.state if row.section.state != "not_started" else "writing"
    return writing.save(
        row.section, person, row.section.lock_version, title=title, html=html, state=state, how=how
    )


def _pictures(brought: Import, person: "Person"):
    """{stand-in: address}: each picture of the file is stored now; one that is none is left out."""
    found = {}
    for number, picture in enumerate(brought.held["pictures"]):
        file = BytesIO(base64.b64decode(picture["data"]))
        file.size = file.getbuffer().nbytes
        try:
            row = PolicyPicture.from_upload(brought.policy, file, person)
        except NotAPicture:
            continue
        found[STAND_IN.format(number)] = row.get_absolute_url()
    return found


def _keep_notes(policy: Policy, person: "Person", notes, places: int) -> None:
    """Comments and tracked changes, beside their section, with their author's name."""
    by_title = {row.title: row for row in policy.sections.live()} | places
    for note in notes:
        Heard.objects.create(
            policy=policy,
            section=by_title.get(note["title"]),
            channel=note["channel"],
            author=note["author"],
            words=note["words"],
            noted_by=person,
        )


def forget_old() -> tuple[int, int]:
    """What was brought in and never confirmed goes after a week. Returns (seen, done)."""
    done, _ = Import.objects.filter(brought_at__lt=clock.now() - KEPT).delete()
    return done, done
