"""A stand-in for worker and beat: it looks for due work only while neither of them does.

It needs no broker, so whatever waits while the broker is away, or while a worker hangs, goes on.
"""

from datetime import datetime, timedelta

from collective import clock
from collective.background import sweeps
from collective.models import SweepRun

HEART = "messages"  # the sweep whose beginnings are the heartbeat: it runs each time
SILENT_AFTER = timedelta(seconds=40)
TOLD_AFTER = timedelta(minutes=3)
By = SweepRun.By


def look() -> bool:
    """Run what is due if worker and beat have been silent; returns whether it stood in."""
    if not _is_silent(_now(), SILENT_AFTER, By.USUAL):
        return False
    sweeps.run_all(By.STAND_IN)
    return True


def is_standing_in() -> bool:
    """Has the work been done only by the stand-in for some minutes?"""
    now = _now()
    others = _is_silent(now, TOLD_AFTER, By.USUAL)
    return others and not _is_silent(now, TOLD_AFTER, By.STAND_IN)


def is_still() -> bool:
    """Has nobody looked for due work for some minutes, not even the stand-in?"""
    return _is_silent(_now(), TOLD_AFTER, *By)


def _now() -> datetime:
    """By the clock that dates the looks: the database's, which is one for all machines."""
    return clock.now() + clock.behind_database()


def _is_silent(now: datetime, how_long: timedelta, *by: SweepRun.By) -> bool:
    """Did none of these look? A look of the future, by a clock that was wrong, is none."""
    looks = SweepRun.objects.filter(name=HEART, by__in=by, started_at__lte=now)
    newest = looks.order_by("-started_at").values_list("started_at", flat=True).first()
    return newest is None or newest < now - how_long
