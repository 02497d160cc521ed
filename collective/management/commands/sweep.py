import logging
import signal
import threading
import uuid
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection

from collective.background import standing_in, sweeps
from collective.seeing import request_ids

logger = logging.getLogger(__name__)
EVERY = 15  # seconds


class Command(BaseCommand):
    help = (
        "Do the work that is due, once or (with --loop) every 15 seconds: the same as Celery's "
        "beat and worker."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true")
        parser.add_argument(
            "--stand-in",
            action="store_true",
            help="Every 15 seconds, but only while worker and beat are silent: bin/role stand-in.",
        )

    def handle(self, *, loop: bool, stand_in: bool, **options: Any) -> None:
        if not loop and not stand_in:
            sweeps.run_all()
            return
        asked_to_end = self.ending()
        while not asked_to_end.is_set():
            request_ids.use(uuid.uuid4().hex)
            try:
                standing_in.look() if stand_in else sweeps.run_all()
            except Error:
                logger.exception("The database did not answer; trying again in %s seconds", EVERY)
                connection.close()
            asked_to_end.wait(EVERY)

    def ending(self) -> threading.Event:
        """Set when somebody asks us to end: what is under way is done first, so no mail goes twice.

        It is set in a thread, as a signal's handler may meet the lock that it waits with.
        """
        asked = threading.Event()

        def ask(number: int, frame: FrameType | None) -> None:
            threading.Thread(target=asked.set).start()

        signal.signal(signal.SIGTERM, ask)
        return asked
