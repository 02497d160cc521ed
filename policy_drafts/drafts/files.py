"""Files of drafts are made in a worker from rows that a sweep finds again: a killed worker changes
nothing.
"""

import logging
import time
from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q

from collective import clock
from collective.background import doorbell
from policy_drafts.models import Draft, DraftFile

State = DraftFile.State
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 5
LONGEST = 45  # seconds that one sweep may take
log = logging.getLogger(__name__)


def order(draft: Draft) -> None:
    """Write down which files are to be made, for the draft's audience, in the caller's
    transaction.
    """
    rows = [DraftFile(draft=draft, kind=kind, audience=draft.audience) for kind in DraftFile.Kind]
    DraftFile.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(lambda: doorbell.ring("collective.sweep"))


def make_due() -> tuple[int, int]:
    """Make what waits, one by one; returns (seen, done)."""
    seen = done = 0
    until = time.monotonic() + LONGEST
    while time.monotonic() < until and (row := _claim()):
        seen += 1
        done += _make(row)
    return seen, done


@transaction.atomic
def _claim() -> DraftFile | None:
    now = clock.now()
    free = DraftFile.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now), state=State.WAITING
    )
    row = (
        free.select_for_update(skip_locked=True, of=("self",))
        .select_related("draft__policy")
        .first()
    )
    if row:
        row.lease_until, row.attempts = now + LEASE, row.attempts + 1
        row.save(update_fields=["lease_until", "attempts"])
    return row


def _make(row: DraftFile) -> bool:
    """Make one; what fails five times is left, and said to be."""
    from policy_drafts.drafts import exports

    try:
        content = exports.made(row.draft, row.audience, row.kind)
        row.file.save(f"{row.pk}{DraftFile.ENDINGS[row.kind]}", ContentFile(content), save=False)
    except Exception as error:  # one draft that a library cannot write must not stop the others
        log.exception("A file of a draft could not be made: %s", row.pk)
        ends = {"state": State.FAILED} if row.attempts >= MOST_ATTEMPTS else {}
        DraftFile.objects.filter(pk=row.pk).update(error=f"{type(error).__name__}"[:200], **ends)
        return False
    mine = DraftFile.objects.filter(pk=row.pk, state=State.WAITING)
    return (
        mine.update(
            file=row.file.name, size=len(content), state=State.READY, lease_until=None, error=""
        )
        == 1
    )
