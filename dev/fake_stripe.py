"""`make run` without Stripe keys: the fake Stripe of the tests, on the demonstration's clock.

No real money moves.
"""

import contextlib
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg2

from tests.fake_stripe import FakeStripe

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

POSTS_AFTER = timedelta(seconds=20)  # as if a bank took its time
RETURNS_AFTER = timedelta(days=1)
OFFSET = 'SELECT coalesce(max(extract(epoch FROM "offset")), 0) FROM collective_clockoffset'


class DemonstrationClock:
    """The real time, moved as `manage.py clock` moved it."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.connection: Connection | None = None

    def now(self) -> datetime:
        """The moved time, or the real one while no database answers."""
        try:
            return datetime.now(UTC) + self._offset()
        except psycopg2.Error:
            self.connection = None
            return datetime.now(UTC)

    def _offset(self) -> timedelta:
        if self.connection is None:
            self.connection = psycopg2.connect(self.database)
            self.connection.autocommit = True
        with self.connection.cursor() as cursor:
            cursor.execute(OFFSET)
            row = cursor.fetchone()
        return timedelta(seconds=float(row[0] if row else 0))


if __name__ == "__main__":
    port, path, site = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    clock = DemonstrationClock(os.environ["DATABASE_URL"]).now
    webhook = f"{site}/webhooks/stripe/"
    with FakeStripe(port, path=path, clock=clock, webhook=webhook, secret="whsec_fake") as fake:
        fake.state.posts_after, fake.state.ends_after = POSTS_AFTER, RETURNS_AFTER
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
