"""Joining two records, as two colleagues do it."""

from collective.people import record_joins
from tests.factories import CoordinatorFactory


def join(kept, gone):
    """One colleague asked, another one has looked: the records are one, as these rows say too."""
    row = record_joins.join(kept, gone, CoordinatorFactory(), confirmed_by=CoordinatorFactory())
    for person in (kept, gone):
        person.refresh_from_db()
    return row


def undo(row):
    """A colleague parts them again; returns what could not be as it was."""
    return record_joins.undo(row, CoordinatorFactory())
