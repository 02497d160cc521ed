"""Forgetting somebody: what goes, what stays and why, what stands in the way, and the act itself.

The record is emptied, never deleted, so that counts and the ledger of payments stay true. Each app
hands over its part, and the portal registers them in the order of locks. `docs/forgetting.md` says
of every text that we hold about a person whether it goes; a test reads that table.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from django.db import connection, transaction
from django.db.models import Model

from collective.errors import RuleError
from collective.models import DeletionRequest, Person
from collective.people import traces
from collective.people.my_data import LoggedRow
from collective.safety import emptied, redaction

FIRST = "Something has to be settled first: "
BUSY = "Something was taken in for this person just now. Please try again."
WHY = "Somebody is forgotten (UK GDPR, article 17)"


@dataclass(frozen=True)
class Obstacle:
    """What has to be settled first: as the person reads it, as staff do, and where it is done."""

    words: str
    for_staff: str
    url: str = ""


class InTheWay(RuleError):
    """Something has to be settled first."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__(FIRST + " ".join(row.for_staff for row in obstacles))


@dataclass(frozen=True)
class Stays:
    """What is not removed, and why."""

    what: str
    why: str


@dataclass
class Preview:
    """What forgetting would do, in sentences."""

    ends: list[str] = field(default_factory=list)
    goes: list[str] = field(default_factory=list)
    stays: list[Stays] = field(default_factory=list)


class Part(Protocol):
    """How the rows of one app are forgotten: a module with these functions."""

    def preview(self, person: Person) -> Preview:
        """What would end, go and stay. Changes nothing."""

    def in_the_way(self, person: Person) -> list[Obstacle]:
        """What has to be settled before."""

    def histories(self) -> list[type[Model]]:
        """The histories that `forget` empties."""

    def forget(self, people: list[Person]) -> None:
        """End what is open by the ordinary rules, then empty the rows; locks from the top."""

    def is_clear(self, people: list[Person]) -> bool:
        """Is nothing open left? Asked under the lock of the people."""

    def rows(self, person: Person) -> Iterator[LoggedRow]:
        """Their rows of which messages and the admin's log speak."""


_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Add an app's part. They run in the order of registering, which is the order of locks."""
    _parts[name] = part


def records_of(person: Person) -> list[Person]:
    """This record and every emptied one that was joined into it, in the order of their keys."""
    found = {person.pk: person}
    newest = [person.pk]
    while newest:
        joined = Person.objects.filter(joined_into__in=newest).exclude(pk__in=found)
        newest = [row.pk for row in joined]
        found |= {row.pk: row for row in joined}
    return [found[key] for key in sorted(found)]


def preview(person: Person) -> Preview:
    """What forgetting this person would do, from every app. Changes nothing."""
    whole = Preview()
    for part in _parts.values():
        one = part.preview(person)
        whole.ends += one.ends
        whole.goes += one.goes
        whole.stays += one.stays
    return whole


def in_the_way(person: Person) -> list[Obstacle]:
    """What has to be settled before this person can be forgotten."""
    return [obstacle for part in _parts.values() for obstacle in part.in_the_way(person)]


def check(obstacles: list[Obstacle]) -> None:
    """Raise InTheWay where there is any: each part asks once more, under its locks."""
    if obstacles:
        raise InTheWay(obstacles)


def rows_of(people: list[Person]) -> list[LoggedRow]:
    """The rows about these people, of which messages and the admin's log speak."""
    return [
        row
        for person in people
        for part in _parts.values()
        for row in part.rows(person)
        if row.since is None
    ]


@transaction.atomic
def forget(request: DeletionRequest) -> None:
    """Empty everything about the person, in one transaction; emptied twice is emptied once.

    Raises InTheWay where something has to be settled first, and RuleError while something is just
    being taken in.
    """
    check(in_the_way(request.person))
    _begin()
    people = records_of(request.person)
    rows = rows_of(people)
    histories = [model for part in _parts.values() for model in part.histories()]
    with redaction.opened(
        histories,
        reason=WHY,
        asked_by=request.taken_by or request.person,
        allowed_by=request.confirmed_by,
    ):
        for part in _parts.values():
            part.forget(people)
    if not all(part.is_clear(people) for part in _parts.values()):
        raise RuleError(BUSY)
    traces.remove(people, rows)


def _begin() -> None:
    """Tell the trigger that refuses rows of the forgotten: in this transaction the act looks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'on', true)", [emptied.FORGETTING])
