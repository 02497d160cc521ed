"""The one clock. Rules ask it or are handed a moment; SQL never says now().

A machine's clock may be wrong for a while. What it wrote then lies in the future once it is right
again: such rows count as not done, and stop no work for longer than a right clock would have.
"""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.db.models import Q
from django.utils import timezone

LONDON = ZoneInfo("Europe/London")  # the wall time of everything that the community does
AHEAD = timedelta(minutes=1)  # what lies further in the future was written by a wrong clock
_offset = (0.0, timedelta())  # when it was read (monotonic seconds), and what it was


def now() -> datetime:
    """The present moment: aware, UTC. With DEBUG the ClockOffset row moves it, to show a demo."""
    if settings.DEBUG:
        return timezone.now() + _demonstration_offset()
    return timezone.now()


def of_database() -> datetime:
    """What the clock of the database says, which is one for all machines."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def behind_database() -> timedelta:
    """How far this machine's clock is behind the database's; none with a demonstration's clock."""
    return timedelta() if settings.DEBUG else of_database() - timezone.now()


def has_come(column: str, moment: datetime, *, longest: timedelta) -> Q:
    """The moment in this column has come.

    Or nobody with a right clock can have written it, as it is more than `longest` away.
    """
    too_far = Q(**{f"{column}__gt": moment + longest + AHEAD})
    return Q(**{f"{column}__lte": moment}) | too_far


def was_within(moment: datetime, span: timedelta) -> bool:
    """Was this moment in the last `span`? One in the future was not."""
    return now() - span < moment <= now() + AHEAD


def within(column: str, span: timedelta) -> Q:
    """The moment in this column was in the last `span`; one in the future was not."""
    return since(column, now() - span)


def since(column: str, moment: datetime) -> Q:
    """The moment in this column lies after this one, and not in the future."""
    return Q(**{f"{column}__gt": moment, f"{column}__lte": now() + AHEAD})


def _demonstration_offset() -> timedelta:
    """The row's offset, read at most every two seconds by each process."""
    global _offset
    if time.monotonic() - _offset[0] > 2:
        try:
            with transaction.atomic():
                row = apps.get_model("collective.ClockOffset").objects.first()
        except ProgrammingError:  # inside the first migration the table is not there yet
            row = None
        _offset = (time.monotonic(), row.offset if row else timedelta())
    return _offset[1]
