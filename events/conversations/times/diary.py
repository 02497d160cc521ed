"""When a host is busy: looked up beforehand, and kept by the database in any case."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Self
from uuid import UUID

from django.db import IntegrityError, transaction

from collective import clock
from collective.errors import RuleError, broken_constraint
from events.models import Slot
from events.models.slot import ONE_AT_A_TIME_FOR_A_HOST


class Diary:
    """When somebody is busy, by day: looked up once, not asked again for each time."""

    def __init__(self, spans: Iterable[tuple[datetime, datetime]] = ()) -> None:
        self._days: dict[date, list[tuple[datetime, datetime]]] = {}
        for start, until in spans:
            self.add(start, until)

    @classmethod
    def of_host(cls, host_id: UUID) -> Self:
        """Busy in open slots of any series of this host, the breaks after them included."""
        rows = Slot.objects.open().filter(host=host_id, busy_until__gt=clock.now())
        return cls(rows.values_list("starts_at", "busy_until"))

    def add(self, start: datetime, until: datetime) -> None:
        """Note that they are busy then."""
        for day in {start.date(), until.date()}:
            self._days.setdefault(day, []).append((start, until))

    def is_busy(self, start: datetime, until: datetime) -> bool:
        """Are they busy at any moment between these two?"""
        near = [span for day in {start.date(), until.date()} for span in self._days.get(day, ())]
        return any(begins < until and start < ends for begins, ends in near)


@contextmanager
def refusing_overlaps() -> Iterator[None]:
    """Turn the database's no to two open slots of one host at once into a sentence for the host.

    Another series of theirs was quicker: only its own lock is held. Every other error stays one.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if broken_constraint(error) != ONE_AT_A_TIME_FOR_A_HOST:
            raise
        raise RuleError(
            "Your times have just changed in another window. Please try again."
        ) from error
