"""Worker and beat say every few seconds that they are alive, by the time of a file.

So that `bin/role healthy worker` costs a look at a file, and no question to the broker.
"""

from pathlib import Path
from typing import Any

from celery import bootsteps
from celery.beat import Scheduler as CelerysScheduler

from collective import environment

EVERY = 10  # seconds


def say(role: str) -> None:
    """Note that this role is alive now; where nobody asks (no ALIVE), nothing is written."""
    if environment.ALIVE:
        (Path(environment.ALIVE) / role).touch()


class Step(bootsteps.StartStopStep):
    """Part of a worker that is connected to the broker: without one it falls silent."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        self.timer: Any = None
        super().__init__(consumer, **options)

    def start(self, consumer: Any) -> None:
        say("worker")
        self.timer = consumer.timer.call_repeatedly(EVERY, say, ("worker",))

    def stop(self, consumer: Any) -> None:
        if self.timer:
            self.timer.cancel()


class Scheduler(CelerysScheduler):
    """Beat's, which knows from the code what to start, and keeps no file of it."""

    max_interval = EVERY

    def tick(self, *args: Any, **options: Any) -> float:
        wait: float = super().tick(*args, **options)
        say("beat")
        return min(wait, EVERY)
