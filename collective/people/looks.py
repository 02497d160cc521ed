"""Looks at what somebody told us in confidence: each is on record, where the person sees it."""

from collections.abc import Iterable

from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model

from collective.models import RecordJoin

IN_A_JOIN = "Joined two records of theirs, with what they told us"


def note_join(rows: Iterable[Model], join: RecordJoin) -> None:
    """Joining two records counts as a look at each of these rows, by everybody who did it."""
    found = list(rows)
    for person in filter(None, [join.joined_by, join.confirmed_by]):
        if found:
            LogEntry.objects.log_actions(person.pk, found, CHANGE, IN_A_JOIN)
