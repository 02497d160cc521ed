"""Files of drafts: rows that are ordered with the draft, and made in a worker.

A sweep finds what waits again, so a killed worker changes nothing.
"""

import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

import collective
from collective.background import bounded, doorbell, sweeps
from policy_drafts.drafts import exports
from policy_drafts.drafts.exports.edition import Edition
from policy_drafts.models import Draft, DraftFile

State = DraftFile.State
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 5
MOST_OF_VERSION = 80  # characters
LONGEST = 45  # seconds that one sweep may take
log = logging.getLogger(__name__)


def order(draft: Draft) -> None:
    """Order the files for the draft's audience, in the caller's transaction."""
    rows = [DraftFile(draft=draft, kind=kind, audience=draft.audience) for kind in DraftFile.Kind]
    DraftFile.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(lambda: doorbell.ring("collective.sweep"))


def this_version() -> str:
    """Which version of ours is at work."""
    return f"{collective.__version__} {settings.COMMIT}".strip()[:MOST_OF_VERSION]


def make_due() -> tuple[int, int]:
    """The sweep: make what waits, one by one; returns (seen, done).

    What a version before this one gave up is tried again: we may have learnt to make it.
    """
    given_up = DraftFile.objects.filter(state=State.FAILED).exclude(given_up_by=this_version())
    given_up.update(state=State.WAITING, attempts=0, lease_until=None)
    due = list(DraftFile.objects.due().values_list("pk"))
    return sweeps.each(due, _make_one, longest=LONGEST)


def _make_one(pk: UUID) -> bool:
    """Make one file, unless another worker has it. Returns whether it is ready."""
    row = DraftFile.objects.select_related("draft__policy").claim(pk, LEASE)
    if row is None:
        return False
    if row.attempts > MOST_ATTEMPTS:
        return _note_failure(row, "its worker died, again and again", last=True)
    return _make(row)


def _make(row: DraftFile) -> bool:
    """Make one; what fails five times is left, and said to be."""
    try:
        edition = partial(Edition.of, row.draft, row.audience)
        content = exports.make(exports.Kind(row.kind), edition)
        row.file.save(f"{row.pk}{row.ending}", ContentFile(content), save=False)
    except bounded.TooMuch as error:  # it would not be less another time
        log.warning("A file of a draft was stopped by its limits: %s", row.pk)
        return _note_failure(row, type(error).__name__, last=True)
    except Exception as error:  # one draft that a library cannot write must not stop the others
        log.exception("A file of a draft could not be made: %s", row.pk)
        return _note_failure(row, type(error).__name__, last=row.attempts >= MOST_ATTEMPTS)
    made = DraftFile.objects.filter(pk=row.pk, state=State.WAITING).update(
        file=row.file.name, size=len(content), state=State.READY, lease_until=None, error=""
    )
    return made == 1


def _note_failure(row: DraftFile, error: str, *, last: bool) -> bool:
    """Say what went wrong, and give up where this was the last try. Returns False: not ready."""
    rows = DraftFile.objects.filter(pk=row.pk)
    rows.update(error=error[:200])
    if last:
        rows.update(state=State.FAILED, given_up_by=this_version())
    return False
