"""Sweeps find what is due and was not announced. Each run leaves a SweepRun row: the heartbeat."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVarTuple

from celery.exceptions import SoftTimeLimitExceeded
from django.db import Error, connection
from django.db.models import Max

from collective import clock
from collective.models import SignIn, SweepRun

logger = logging.getLogger(__name__)
KEEP_RUNS = timedelta(days=2)
KEEP_SIGN_INS = timedelta(days=1)
LATE_AFTER = timedelta(minutes=2)
Counts = tuple[int, int]  # rows seen, and how much was done
Key = TypeVarTuple("Key")


@dataclass(frozen=True)
class Sweep:
    """A named act that may run at any time, twice or at once, without harm."""

    name: str
    act: Callable[[], Counts]
    every: timedelta


_sweeps: dict[str, Sweep] = {}


def register(name: str, act: Callable[[], Counts], *, every: timedelta) -> None:
    """Add a sweep; the portal calls this, in the order in which they run."""
    _sweeps[name] = Sweep(name, act, every)


def names() -> list[str]:
    """The names of all sweeps, by the alphabet."""
    return sorted(_sweeps)


def run_all(by: SweepRun.By = SweepRun.By.USUAL) -> None:
    """Run every sweep whose time has come; one that fails does not keep the others from running.

    What the stand-in has run counts for itself alone: whoever comes back begins at once, and so it
    sees that it is no longer needed.
    """
    behind = clock.behind_database()
    runs = SweepRun.objects.until(clock.now() + behind).filter(by__in={by, SweepRun.By.USUAL})
    latest = dict(runs.values_list("name").annotate(Max("started_at")))
    for sweep in _sweeps.values():
        last = latest.get(sweep.name)
        if last is None or last + sweep.every <= clock.now() + behind:
            run(sweep.name, by, behind)


def run(
    name: str, by: SweepRun.By = SweepRun.By.USUAL, behind: timedelta | None = None
) -> SweepRun:
    """Run one sweep now and return its SweepRun, which is dated by the database's clock.

    `behind` is how far ours is behind that, where it is known.
    """
    behind = clock.behind_database() if behind is None else behind
    row = SweepRun.objects.create(name=name, by=by, started_at=clock.now() + behind)
    try:
        row.seen, row.done = _sweeps[name].act()
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # noted in the row, where readiness and staff see it
        logger.exception("Sweep %s failed", name)
        if isinstance(error, Error):
            connection.close()  # the next query opens another
        row.error = "\n".join([f"{type(error).__name__}: {error}", *_notes(error)])
    row.finished_at = clock.now() + behind
    row.save()
    return row


def _notes(error: Exception) -> list[str]:
    return getattr(error, "__notes__", [])


def each(
    keys: Iterable[tuple[*Key]],
    act: Callable[[*Key], int],
    *,
    longest: float | None = None,
) -> Counts:
    """Call the act with each key; returns how many keys it came to, and the sum of what was done.

    One that fails keeps no other from being done, and is raised at the end with these numbers, so
    that the run says so. After `longest` seconds the rest is left to the next sweep.
    """
    seen = done = 0
    failure: Exception | None = None
    until = time.monotonic() + (longest or float("inf"))
    for key in keys:
        if time.monotonic() > until:
            break
        seen += 1
        try:
            done += act(*key)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # logged here, raised below
            logger.exception("%s failed for %s", act.__qualname__, key)
            failure = error
    if failure:
        failure.add_note(f"Of {seen} that were seen, {done} were done.")
        raise failure
    return seen, done


def late() -> list[str]:
    """The names of sweeps that have not finished well for too long, by the database's clock.

    What lies in the future was written while a clock was wrong, and is no sign of life.
    """
    now = clock.now() + clock.behind_database()
    done = SweepRun.objects.until(now).good().values_list("name")
    latest = dict(done.annotate(Max("started_at")))
    too_old = now - LATE_AFTER
    return sorted(
        name
        for name, sweep in _sweeps.items()
        if name not in latest or latest[name] <= too_old - sweep.every
    )


def forget_old_runs() -> tuple[int, int]:
    """The sweep: the rows of runs go after two days; returns (seen, done)."""
    done, _ = SweepRun.objects.filter(started_at__lt=clock.now() - KEEP_RUNS).delete()
    return done, done


def forget_old_sign_ins() -> tuple[int, int]:
    """The sweep: asked-for sign-ins go after a day; returns (seen, done)."""
    done, _ = SignIn.objects.filter(created_at__lt=clock.now() - KEEP_SIGN_INS).delete()
    return done, done
