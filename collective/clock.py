"""The one clock. Rules ask it or are handed a moment; SQL never says now()."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, transaction
from django.utils import timezone

LONDON = ZoneInfo("Europe/London")  # the wall time of everything that the community does
_offset = (0.0, timedelta())  # when it was read (monotonic seconds), and what it was


def now() -> datetime:
    """The present moment: aware, UTC. With DEBUG the ClockOffset row moves it, to show a demo."""
    if settings.DEBUG:
        return timezone.now() + _demonstration_offset()
    return timezone.now()


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
