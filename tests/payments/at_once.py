"""Two acts at once, each with a connection of its own, in an order that a test decides."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from django.db import connection, transaction

A_MOMENT = 0.02  # seconds
LONGEST = 10


def overtaken_by(change, act):
    """Begin the act while the change is made and not committed; returns what the act returns.

    The change is committed once the act waits for it, or has ended without waiting.
    """
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            change()
            begun = pool.submit(_with_its_own_connection, act)
            _wait_for(lambda: begun.done() or _somebody_waits_for_us())
        return begun.result()


def _with_its_own_connection(act):
    try:
        return act()
    finally:
        connection.close()


def _wait_for(holds):
    pause = Event()
    for _ in range(int(LONGEST / A_MOMENT)):
        if holds():
            return
        pause.wait(A_MOMENT)
    raise AssertionError("Neither did it end, nor does it wait for a lock")


def _somebody_waits_for_us():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return cursor.fetchone()[0] > 0
