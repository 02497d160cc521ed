"""Which record stands for a person: their own, or the one that it was joined into.

Whoever takes something in for a person asks here, in the order of locks: after activities, slots,
registrations and conversations, before payments. A join waits for them, or they for the join, and
what was taken in stands with the record that is left. The trigger of `collective/safety/emptied.py`
is the last guard.
"""

from uuid import UUID

from django.db import transaction

from collective.errors import RuleError
from collective.models import Person

JOINED = "This record was joined with another one meanwhile. Please look again."
FORGOTTEN = "This person has left, and we hold nothing about them any more."


class Forgotten(RuleError):
    """What comes in is for somebody who is forgotten."""


class _JoinedInto(Exception):
    """The row that was locked is empty: another record stands for the person."""


def record_of(key: UUID | str) -> Person:
    """The record that stands for this person, locked until the caller's transaction ends.

    What somebody does in a tab that was open before a join is theirs all the same. The lock of an
    emptied record is given back at once, so that nobody holds two out of order. Raises
    Person.DoesNotExist where there is none, and Forgotten.
    """
    while True:
        try:
            return _locked(key)
        except _JoinedInto as into:
            key = into.args[0]


@transaction.atomic
def _locked(key: UUID | str) -> Person:
    person = Person.objects.select_for_update(no_key=True).get(pk=key)
    if person.joined_into_id is not None:
        raise _JoinedInto(person.joined_into_id)
    if person.forgotten_at is not None:
        raise Forgotten(FORGOTTEN)
    return person


def check(person: Person) -> None:
    """Lock the record. Raises RuleError where it was joined into another since it was looked at."""
    if record_of(person.pk).pk != person.pk:
        raise RuleError(JOINED)
