"""Files of drafts: rows that are ordered with the draft, and made in a worker.

A sweep finds what waits again, so a killed worker changes nothing.
"""

import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q

from collective import clock
from collective.background import bounded, doorbell, sweeps
from policy_drafts.drafts import exports
from policy_drafts.models import Draft, DraftFile

State = DraftFile.State
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 5
LONGEST = 45  # seconds that one sweep, and of the processor one file, may take
log = logging.getLogger(__name__)


def order(draft: Draft) -> None:
    """Order the files for the draft's audience, in the caller's transaction."""
    rows = [DraftFile(draft=draft, kind=kind, audience=draft.audience) for kind in DraftFile.Kind]
    DraftFile.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(lambda: doorbell.ring("collective.sweep"))


def _due() -> Q:
    """Waiting, and in nobody's hands."""
    is_free = Q(lease_until=None) | Q(lease_until__lt=clock.now())
    return is_free & Q(state=State.WAITING)


def make_due() -> tuple[int, int]:
    """The sweep: make what waits, one by one; returns (seen, done)."""
    due = list(DraftFile.objects.filter(_due()).values_list("pk"))
    return sweeps.each(due, _make_one, longest=LONGEST)


def _make_one(pk: UUID) -> bool:
    """Make one file, unless another worker has it. Returns whether it is ready."""
    row = _claim(pk)
    return row is not None and _make(row)


@transaction.atomic
def _claim(pk: UUID) -> DraftFile | None:
    """The row, in our hands for a while; None if another worker has it or has made it."""
    free = DraftFile.objects.filter(_due(), pk=pk).select_related("draft__policy")
    row = free.select_for_update(skip_locked=True, of=("self",)).first()
    if row:
        row.lease_until, row.attempts = clock.now() + LEASE, row.attempts + 1
        row.save(update_fields=["lease_until", "attempts"])
    return row


def _make(row: DraftFile) -> bool:
    """Make one; what fails five times is left, and said to be."""
    try:
        content = bounded.run(partial(exports.make, row), seconds=LONGEST)
        row.file.save(f"{row.pk}{row.ending}", ContentFile(content), save=False)
    except bounded.TooMuch as error:  # it would not be less another time
        log.warning("A file of a draft was stopped by its limits: %s", row.pk)
        _note_failure(row, error, last=True)
        return False
    except Exception as error:  # one draft that a library cannot write must not stop the others
        log.exception("A file of a draft could not be made: %s", row.pk)
        _note_failure(row, error, last=row.attempts >= MOST_ATTEMPTS)
        return False
    made = DraftFile.objects.filter(pk=row.pk, state=State.WAITING).update(
        file=row.file.name, size=len(content), state=State.READY, lease_until=None, error=""
    )
    return made == 1


def _note_failure(row: DraftFile, error: Exception, *, last: bool) -> None:
    rows = DraftFile.objects.filter(pk=row.pk)
    rows.update(error=type(error).__name__[:200])
    if last:
        rows.update(state=State.FAILED)
