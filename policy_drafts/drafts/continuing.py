"""What of one draft goes on in a later one, where the uids do not say it: noted and followed."""

from collections.abc import Iterator

from policy_drafts.drafts import contents
from policy_drafts.drafts.contents import WorkingContents
from policy_drafts.models import Continuation, Draft
from policy_drafts.text import lineage
from policy_drafts.text.lineage import Alignment

How = Continuation.How


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
    rows = Continuation.objects.whole().filter(
        draft__policy=new.policy_id, draft__number__gt=old.number, draft__number__lte=new.number
    )
    was: dict[str, str] = {}
    for old_uid, new_uid in rows.order_by("draft__number").values_list("old_uid", "new_uid"):
        was[str(new_uid)] = was.pop(str(old_uid), str(old_uid))
    return was
