"""`make run` without Stripe keys: the fake Stripe of the tests, on the demonstration's clock.

No real money moves.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg2

from tests.fake_stripe import FakeStripe

POSTS_AFTER = timedelta(seconds=20)  # as if a bank took its time
RETURNS_AFTER = timedelta(days=1)


def demonstration_clock(database: str) -> Callable[[], datetime]:
    """The real time, moved as `manage.py clock` moved it."""
    connections = []

    def offset() -> timedelta:
        if not connections:
            connections.append(psycopg2.connect(database))
            connections[0].autocommit = True
        with connections[0].cursor() as cursor:
            cursor.execute(
                'SELECT coalesce(max(extract(epoch FROM "offset")), 0) FROM collective_clockoffset'
            )
            return timedelta(seconds=float(cursor.fetchone()[0]))

    def now() -> datetime:
        try:
            return datetime.now(UTC) + offset()
        except psycopg2.Error:
            connections.clear()
            return datetime.now(UTC)

    return now


if __name__ == "__main__":
    port, path, site = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    clock = demonstration_clock(os.environ["DATABASE_URL"])
    with FakeStripe(
        port, path=path, clock=clock, webhook=f"{site}/webhooks/stripe/", secret="whsec_fake"
    ) as fake:
        fake.state.posts_after, fake.state.ends_after = POSTS_AFTER, RETURNS_AFTER
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)
