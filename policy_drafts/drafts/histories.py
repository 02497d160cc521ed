"""One section through the drafts that somebody may read: what it said in each, what changed.

Only the passages of the section are read, and those of other sections that went on in them, or in
which they went on: a page about one section does not read ten whole drafts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import MD5

from policy_drafts.drafts import continuing, reasons
from policy_drafts.drafts.contents import PASSAGE, Passage, Title
from policy_drafts.drafts.continuing import Link
from policy_drafts.models import Draft, DraftBlock, DraftSection
from policy_drafts.text import change_words, diffs
from policy_drafts.text.diffs import SectionChange, Why
from policy_drafts.text.lineage import WithBlocks

Seen = tuple[int, str, str] | None  # number, title and sum of the HTML; None where it is not


@dataclass(frozen=True)
class Moment:
    """A draft in which the section became another one, and the drafts that left it so."""

    draft: Draft
    before: Draft | None  # the one before it, of those that this person may read
    last: Draft  # the newest that has it as it was in this one

    @property
    def is_first(self) -> bool:
        return self.before is None


@dataclass(frozen=True)
class Step:
    """What a section said in a draft, and what changed in it there."""

    moment: Moment
    section: DraftSection | None  # None: it was taken out
    change: SectionChange | None  # None: there is none before it
    reasons: list[Why]

    @property
    def title(self) -> str:
        """What the section was called, in this draft or before it was taken out."""
        return (
            self.change.section.title if self.change else str(self.section and self.section.title)
        )

    @property
    def words(self) -> str:
        """What changed, in sentences without the last full stop."""
        if self.change is None:
            return "This is the first draft with it that you can read"
        old, new = self.change.old, self.change.new
        if old and new and not self.change.is_changed:
            return f"It was section {old.number} before"
        return change_words.of_section(self.change)

    @property
    def others(self) -> dict[UUID, str]:
        """{uid: "section 3"} of the sections from which something came or to which it went."""
        rows = self.change.rows if self.change else []
        found = {row.other.uid: row for row in rows if row.other}
        return {uid: change_words.place(row) for uid, row in found.items()}


def moments(uid: UUID, drafts: Sequence[Draft]) -> list[Moment]:
    """When the section came, changed and went, the newest first. `drafts`: the newest first, too.

    One query, however many drafts there are.
    """
    rows = DraftSection.objects.filter(uid=uid, draft__in=drafts)
    seen: dict[UUID, Seen] = {
        draft: (number, title, html)
        for draft, number, title, html in rows.values_list(
            "draft_id", "number", "title", MD5("html")
        )
    }
    found: list[Moment] = []
    last: Draft | None = None
    for draft, before in pairwise([*drafts, None]):
        assert draft is not None  # only the last of the pairs has a None, and it is the second
        now = seen.get(draft.pk)
        was = seen.get(before.pk) if before else None
        last = last or draft  # the newest that is like this one
        if now != was:
            found.append(Moment(draft, before, last))
            last = None
    return found


def steps(uid: UUID, shown: Sequence[Moment]) -> list[Step]:
    """What changed at each of these moments: six queries, however many there are."""
    drafts = {draft for moment in shown for draft in (moment.draft, moment.before) if draft}
    if not drafts:
        return []
    links = continuing.links(drafts)
    texts = _texts(uid, drafts, links)
    said = DraftSection.objects.filter(uid=uid, draft__in=[moment.draft for moment in shown])
    sections = {section.draft_id: section for section in said}
    told = reasons.of_section(uid, drafts)
    return [
        Step(
            moment,
            sections.get(moment.draft.pk),
            _change(uid, moment, texts, links),
            told.get(moment.draft.pk, []),
        )
        for moment in shown
    ]


def _change(
    uid: UUID,
    moment: Moment,
    texts: dict[UUID, list[WithBlocks]],
    links: Sequence[Link],
) -> SectionChange | None:
    if moment.before is None:
        return None
    known = continuing.followed(links, moment.before.number, moment.draft.number)
    old, new = texts[moment.before.pk], texts[moment.draft.pk]
    found = diffs.compare_sections(old, new, known)
    return next(change for change in found if change.section.uid == uid)


def _texts(
    uid: UUID, drafts: Iterable[Draft], links: Sequence[Link]
) -> dict[UUID, list[WithBlocks]]:
    """Every section of each draft, with those of its blocks that have to do with this section."""
    found: dict[UUID, list[WithBlocks]] = {draft.pk: [] for draft in drafts}
    blocks: dict[int, list[Passage]] = {}
    rows = DraftSection.objects.filter(draft__in=drafts).order_by("draft", "number")
    for draft, pk, own, number, title in rows.values_list(
        "draft_id", "pk", "uid", "number", "title"
    ):
        blocks[pk] = []
        found[draft].append((Title(own, number, title), blocks[pk]))
    for section, *passage in _passages(uid, drafts, links):
        blocks[section].append(Passage(*passage))
    return found


def _passages(uid: UUID, drafts: Iterable[Draft], links: Sequence[Link]) -> Iterable[tuple]:
    of_drafts = DraftBlock.objects.filter(draft__in=drafts)
    own = of_drafts.filter(section__uid=uid).values_list("uid", "carried_from").distinct()
    uids = {one for pair in own for one in pair if one}
    wanted = continuing.reached(uids, links)
    near = Q(section__uid=uid) | Q(uid__in=wanted) | Q(carried_from__in=uids)
    return of_drafts.filter(near).order_by(F("section__number"), "position").values_list(*PASSAGE)
