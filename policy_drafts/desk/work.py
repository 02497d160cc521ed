"""What may take long at the desk: done in a worker, in a child process under limits.

A file is read, a Word file is made. Each is a row that waits; a doorbell rings for it, a sweep
finds it if nobody heard that, and a worker that dies leaves it to the next once its lease is over.
"""

import base64
import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from collective.background import bounded, doorbell, sweeps
from collective.errors import RuleError
from policy_drafts.desk import readers
from policy_drafts.desk.readers import our_files
from policy_drafts.drafts.exports import trial, word
from policy_drafts.models import FilesTrial, Import, WorkingCopyFile
from policy_drafts.models.leased import WorkState

logger = logging.getLogger(__name__)
Row = Import | WorkingCopyFile | FilesTrial
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3
LONGEST = 45  # seconds that one sweep may take
PATIENCE = 2.0  # seconds for which a page waits for what is quickly done
LOOK_EVERY = 0.1


@dataclass(frozen=True)
class Kind:
    """A kind of work: what is made of a row, how it is kept, and what the writer reads if not."""

    model: type[Row]
    make: Callable[[Any], bytes]
    kept: Callable[[bytes], dict[str, Any]]
    too_much: str
    broken: str
    dropped: dict[str, Any] = field(default_factory=lambda: {"file": None})  # where it failed
    has_its_limits: bool = False  # is what may take long bounded by itself?


def in_base64(content: bytes) -> dict[str, str]:
    """Bytes as an encrypted field keeps them."""
    return {"data": base64.b64encode(content).decode()}


def content_of(file: dict[str, str] | None) -> bytes:
    """The bytes again; none where there is nothing."""
    return base64.b64decode(file["data"]) if file else b""


def _read(row: Import) -> bytes:
    found = readers.read(row.name, content_of(row.file))
    news = row.policy.drafts.values_list("news", flat=True)
    found.named = our_files.with_remarks(found.named, news)
    return json.dumps(asdict(found)).encode()


def _write(row: WorkingCopyFile) -> bytes:
    return word.of_working_copy(row.policy)


KINDS = {
    "import": Kind(
        model=Import,
        make=_read,
        kept=lambda made: {"held": json.loads(made), "file": None},
        too_much="This file takes longer to read than we allow. Please bring it in in two parts.",
        broken="We could not read this file. Please save it anew, and bring that in.",
    ),
    "working copy": Kind(
        model=WorkingCopyFile,
        make=_write,
        kept=lambda made: {"file": in_base64(made)},
        too_much="This text takes longer to write than we allow. Please split its longest section.",
        broken="The file could not be made. Please try again later, or call us.",
    ),
    "trial": Kind(
        model=FilesTrial,
        make=trial.run,
        kept=lambda made: {"failed": json.loads(made)},
        too_much="The files of this text take longer to make than we allow. Please split its "
        "longest section, or use smaller pictures.",
        broken="The files could not be tried. Please choose “Publish” again, or call us.",
        dropped={},
        has_its_limits=True,
    ),
}


def announce(kind: str, row: Row) -> None:
    """Ring for a row once it is committed."""
    transaction.on_commit(partial(doorbell.ring, "policy_drafts.desk_work", kind, str(row.pk)))


def wait_for(row: Row) -> None:
    """Wait a moment for what is quickly done; the row is as it is then."""
    until = time.monotonic() + PATIENCE
    while row.is_waiting and time.monotonic() < until:
        time.sleep(LOOK_EVERY)
        row.refresh_from_db(fields=["state"])
    row.refresh_from_db()


def do_due() -> tuple[int, int]:
    """The sweep: do what waits, one by one; returns (seen, done)."""
    due = [
        (name, pk)
        for name, kind in KINDS.items()
        for pk in kind.model.objects.due().values_list("pk", flat=True)
    ]
    return sweeps.each(due, do, longest=LONGEST)


def do(name: str, pk: UUID | str) -> bool:
    """Do one, unless another worker has it or it is done. Returns whether it is ready."""
    kind = KINDS[name]
    row = kind.model.objects.select_related("policy").claim(pk, LEASE)
    if row is None:
        return False
    if row.attempts > MOST_ATTEMPTS:
        logger.error("The workers of a %s of a policy died, again and again: %s", name, row.pk)
        return _fail(kind, row, kind.broken)
    try:
        made = kind.make(row) if kind.has_its_limits else bounded.run(partial(kind.make, row))
    except SoftTimeLimitExceeded:  # of the task, which may have done other things before
        _leave(kind, row)
        raise
    except RuleError as refusal:
        return _fail(kind, row, str(refusal))
    except bounded.TooMuch:
        logger.warning("A %s of a policy was stopped by its limits: %s", name, row.pk)
        return _fail(kind, row, kind.too_much)
    except bounded.Broke as error:
        logger.error("A %s of a policy failed: %s\n%s", name, row.pk, error)
        return _fail(kind, row, kind.broken) if row.attempts >= MOST_ATTEMPTS else False
    return _end(row, state=WorkState.READY, **kind.kept(made))


def _leave(kind: Kind, row: Row) -> None:
    """Leave it to the next worker at once; after the last try it takes too long by itself."""
    if row.attempts >= MOST_ATTEMPTS:
        _fail(kind, row, kind.too_much)
    else:
        _end(row)


def _fail(kind: Kind, row: Row, why: str) -> bool:
    _end(row, state=WorkState.FAILED, why=why[:300], **kind.dropped)
    return False


def _end(row: Row, **values: Any) -> bool:
    """Write what came of it, unless the lease ran out and another was there first."""
    waiting = type(row).objects.filter(pk=row.pk, state=WorkState.WAITING)
    return waiting.update(lease_until=None, **values) == 1
