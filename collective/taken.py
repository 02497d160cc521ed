"""Marks on lines of Today: which colleague takes care of what, for two days."""

from datetime import timedelta

from collective import clock
from collective.errors import RuleError
from collective.models import Person, Taken


def take(key: str, person: Person, *, instead_of: str | None = None) -> None:
    """Mark a line as this person's, also instead of a colleague whose key is named.

    Raises RuleError where another one was quicker.
    """
    row, made = Taken.objects.get_or_create(
        line=key[:80], defaults={"person": person, "taken_at": clock.now()}
    )
    if made or row.person_id == person.pk:
        return
    if str(row.person_id) != instead_of:
        raise RuleError(f"{row.person} has just taken this.")
    Taken.objects.filter(line=row.line).update(person=person, taken_at=clock.now())


def put_back(key: str) -> None:
    """Nobody takes care of this line any more."""
    Taken.objects.filter(line=key).delete()


def forget_old_marks() -> tuple[int, int]:
    """The sweep: marks of the day before yesterday say nothing any more; returns (seen, done)."""
    done, _ = Taken.objects.filter(taken_at__lt=clock.now() - timedelta(days=2)).delete()
    return done, done
