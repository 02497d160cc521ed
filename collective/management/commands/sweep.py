import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection

from collective.background import sweeps


class Command(BaseCommand):
    help = (
        "Do the work that is due, once or (with --loop) every 15 seconds: the same as Celery's "
        "beat and worker."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true")

    def handle(self, *, loop: bool, **options: Any) -> None:
        while True:
            try:
                sweeps.run_all()
            except Error as error:
                if not loop:
                    raise
                self.stderr.write(
                    f"The database did not answer; trying again in 15 seconds. {error}"
                )
                connection.close()
            if not loop:
                return
            time.sleep(15)
