"""What a check of the installation says: one line, in plain words."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db import DatabaseError, connection

from collective.seeing import away, faults

logger = logging.getLogger(__name__)
Found = tuple[bool, str]  # is it well, and the words
NO_DATABASE = (
    "The database does not answer at DATABASE_URL. Is PostgreSQL running, and are name and "
    "password right?"
)


class Line(NamedTuple):
    """What was looked at, whether it is well, and what to do where it is not."""

    name: str
    ok: bool
    words: str


@dataclass(frozen=True)
class Check:
    """Something to look at. `look` returns whether it is well, and the words for it."""

    name: str
    look: Callable[[], Found]

    def line(self) -> Line:
        """What there is to say; a look that fails is told like everything else."""
        try:
            return Line(self.name, *self.look())
        except Exception as error:  # a check tells of what is wrong, and never goes wrong itself
            summary = faults.summary(error)
            logger.info("The check %s failed: %s", self.name, summary)
            if isinstance(error, DatabaseError):
                connection.close()
            if away.is_away(error):
                return Line(self.name, False, NO_DATABASE)
            return Line(self.name, False, f"This could not be asked: {summary}.")


def lines(checks: Iterable[Check]) -> list[Line]:
    """What there is to say of each."""
    return [check.line() for check in checks]
