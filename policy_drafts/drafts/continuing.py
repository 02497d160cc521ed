"""What of one draft goes on in a later one, where the uids do not say it: noted and followed."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from policy_drafts.drafts import contents
from policy_drafts.drafts.contents import WorkingContents
from policy_drafts.models import Continuation, Draft
from policy_drafts.text import lineage
from policy_drafts.text.lineage import Alignment

How = Continuation.How


class Link(NamedTuple):
    """One row of what was noted: the number of the later draft, both uids, and how."""

    number: int
    old: UUID
    new: UUID
    how: str


def note(draft: Draft, last: Draft | None, sections: WorkingContents) -> None:
    """Note, as a draft is published, what of the draft before it goes on under another uid."""
    if last is None:
        return
    found = lineage.align(contents.of_draft(last), sections)
    Continuation.objects.bulk_create(_rows(draft, found), batch_size=500)


def _rows(draft: Draft, found: Alignment) -> Iterator[Continuation]:
    for uid, row in found.by_old.items():
        if row.how != lineage.How.UID:
            yield Continuation(draft=draft, old_uid=uid, new_uid=row.new.uid, how=How(row.how))
    for uid, place in found.merged.items():
        yield Continuation(draft=draft, old_uid=uid, new_uid=place.uid, how=How.MERGED)
    for uid, place in found.part_of.items():
        yield Continuation(draft=draft, old_uid=place.uid, new_uid=uid, how=How.PART)


def between(old: Draft, new: Draft) -> dict[str, str]:
    """{uid in the later draft: uid in the earlier one} of what goes on under another uid."""
    return followed(links([old, new]), old.number, new.number)


def links(drafts: Iterable[Draft]) -> list[Link]:
    """What was noted from the first to the last of these drafts of a policy, in order."""
    numbers = {draft.number: draft for draft in drafts}
    first, last = min(numbers), max(numbers)
    rows = Continuation.objects.filter(
        draft__policy=numbers[last].policy_id,
        draft__number__gt=first,
        draft__number__lte=last,
    )
    values = ("draft__number", "old_uid", "new_uid", "how")
    return [Link(*row) for row in rows.order_by("draft__number").values_list(*values)]


def followed(found: Iterable[Link], old: int, new: int) -> dict[str, str]:
    """{uid in the later draft: uid in the earlier one}, by the numbers of the drafts."""
    was: dict[str, str] = {}
    for link in found:
        if old < link.number <= new and link.how in Continuation.WHOLE:
            was[str(link.new)] = was.pop(str(link.old), str(link.old))
    return was


def reached(uids: Collection[UUID], found: Iterable[Link]) -> set[UUID]:
    """These uids, and all that are linked to them through any number of drafts."""
    rows, known, size = list(found), set(uids), 0
    while len(known) > size:
        size = len(known)
        for link in rows:
            if link.old in known or link.new in known:
                known |= {link.old, link.new}
    return known
