"""Tell a worker to look now. If nobody hears it, a sweep finds the row: a ring never waits long."""

import logging
import time

from kombu import Connection
from kombu.pools import producers

from collective.celery import app
from collective.seeing import counts, request_ids

logger = logging.getLogger(__name__)
# The web process never waits on the broker: 0.3 s, one try.
QUICK = {
    **app.conf.broker_transport_options,
    "socket_timeout": 0.3,
    "socket_connect_timeout": 0.3,
    "max_retries": 0,
}
QUIET_AFTER = 10  # seconds in which nobody rings again after a ring that nobody heard
unheard = 0
_silent_until = 0.0


def ring(task: str, *arguments: object) -> None:
    """Announce a row by its key. Failures are counted and logged, never raised."""
    global unheard, _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        connection = Connection(app.conf.broker_url, transport_options=QUICK, connect_timeout=0.3)
        with producers[connection].acquire(block=True, timeout=0.3) as producer:
            headers = {"request_id": request_ids.current()}
            app.send_task(task, args=arguments, producer=producer, retry=False, headers=headers)
    except Exception as error:  # whatever fault a broker has: the sweep will find the row
        unheard += 1
        counts.UNHEARD.inc()
        _silent_until = time.monotonic() + QUIET_AFTER
        logger.warning(
            "The broker did not hear %s (%s so far): %s", task, unheard, type(error).__name__
        )
