"""The one door through which a history that never changes is emptied: by name, with its reason.

Histories (pghistory's tables, the events of payments) refuse every change, also one in plain SQL.
Where somebody has to be forgotten, this door is opened for the statements inside the `with`, in
this transaction (`SET LOCAL`, by pgtrigger). A row says why, at whose wish, and who allowed it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pgtrigger
from django.db.models import Model

from collective.models import Person, Redaction

APPEND_ONLY = "append_only"


@contextmanager
def opened(
    histories: Iterable[type[Model]],
    *,
    reason: str,
    asked_by: Person | None,
    allowed_by: Person | None,
) -> Iterator[Redaction]:
    """Let rows of these histories be changed and deleted; yields the row that says so."""
    models = list(histories)
    tables = sorted(model._meta.db_table for model in models)
    row = Redaction.objects.create(
        reason=reason, asked_by=asked_by, allowed_by=allowed_by, tables=tables
    )
    with pgtrigger.ignore(*(f"{model._meta.label}:{APPEND_ONLY}" for model in models)):
        yield row
