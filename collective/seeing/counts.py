"""What the web server counts for /metrics: names of routes and results, nothing about anybody.

Its processes count together, in files under PROMETHEUS_MULTIPROC_DIR (gunicorn.conf.py); anything
else (a worker, a command, a test) counts for itself alone.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

from collective import environment

SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_own = CollectorRegistry()

REQUESTS = Histogram(
    "collective_request_seconds",
    "How long requests took, by the name of the route.",
    ["route", "method", "status"],
    buckets=SECONDS,
    registry=_own,
)
SIGN_INS = Counter("collective_sign_ins", "How sign-ins went.", ["result"], registry=_own)
UNHEARD = Counter("collective_rings_unheard", "Rings that the broker did not hear.", registry=_own)


def registry() -> CollectorRegistry:
    """All that was counted, by every process of this web server."""
    if environment.counts_folder() is None:
        return _own
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return together


def text() -> bytes:
    """All of it, as Prometheus reads it."""
    with _alone():
        return generate_latest(registry())


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody reads these files while what an ended process counted moves from one to another."""
    folder = environment.counts_folder()
    if folder is None:
        yield
        return
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def fold(pid: int) -> None:
    """Add what a process that has ended counted to one file for all of these, and remove its own.

    Otherwise each process that gunicorn replaces would leave its files for good.
    """
    folder = environment.counts_folder()
    if folder is None:
        return
    for kind in ("histogram", "counter"):
        ended, together = folder / f"{kind}_{pid}.db", folder / f"{kind}_ended.db"
        if ended.exists():
            with _alone():
                _add(ended, together)


def _add(ended: Path, together: Path) -> None:
    rows = MmapedDict(str(together))
    for key, value, moment, _ in MmapedDict.read_all_values_from_file(str(ended)):
        rows.write_value(key, rows.read_value(key)[0] + value, moment)
    rows.close()
    ended.unlink()
