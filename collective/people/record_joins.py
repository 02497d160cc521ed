"""Joining two records of one person: one place a session, one right to a payment, no message lost.

One record is kept and takes over what the other has; the other is emptied, never deleted. What went
where is written down, encrypted, so that it can be undone within a day. The portal registers how
each app joins its rows.
"""

from datetime import timedelta
from typing import Any, Protocol

from django.db import transaction

from collective import clock
from collective.background.sweeps import Counts
from collective.errors import RuleError
from collective.messages import by_hand
from collective.models import Person, RecordJoin
from collective.models.person import PersonQuerySet
from collective.people import joined_rows

UNDO_WITHIN = timedelta(days=1)
Moved = dict[str, Any]  # JSON: what went where


class Part(Protocol):
    """How the rows of one app are joined: a module with these four functions."""

    def preview(self, kept: Person, gone: Person) -> list[str]:
        """Sentences that say what joining would do."""

    def join(self, kept: Person, gone: Person) -> Moved:
        """Move the rows; returns what `undo` needs, and under "about" what messages tell of."""

    def is_clear(self, gone: Person) -> bool:
        """Is nothing left behind? Asked under the lock of both people."""

    def undo(self, kept: Person, gone: Person, moved: Moved) -> list[str]:
        """Move them back; returns sentences of what could not be as it was."""


_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Add an app's part. They run in the order of registering, which is the order of locks."""
    _parts[name] = part


def check(kept: Person, gone: Person) -> None:
    """Raise RuleError where these two cannot be joined."""
    if kept.pk == gone.pk:
        raise RuleError("Choose another record: this is the same one.")
    if gone.is_staff or gone.is_superuser:
        raise RuleError(
            "The other record is a staff account. Keep that one, and join this one into it."
        )
    if kept.joined_into_id or gone.joined_into_id:
        raise RuleError("One of these was joined into another record already.")


def preview(kept: Person, gone: Person) -> list[str]:
    """Sentences that say what joining would do. Changes nothing."""
    lines = [f"{kept} is kept, and everything of {gone} moves to it. The other record is emptied."]
    if gone.email and not kept.email:
        lines.append(f"They sign in with {gone.email}.")
    elif gone.email:
        lines.append(f"They sign in with {kept.email}. {gone.email} is no longer known here.")
    for part in _parts.values():
        lines += part.preview(kept, gone)
    return lines


@transaction.atomic
def join(kept: Person, gone: Person, by: Person) -> RecordJoin:
    """Move everything of `gone` to `kept`. Raises RuleError where they cannot be joined."""
    check(kept, gone)
    # first what locks activities and registrations, then people
    moved: Moved = {name: part.join(kept, gone) for name, part in _parts.items()}
    kept, gone = _locked(kept, gone)
    check(kept, gone)
    if not all(part.is_clear(gone) for part in _parts.values()):
        raise RuleError("Somebody is signing this person up just now. Please try again.")
    moved |= _move(kept, gone)
    by_hand.rechannel(kept)
    return RecordJoin.objects.create(
        kept=kept, gone=gone, moved=moved, joined_by=by, joined_at=clock.now()
    )


def _move(kept: Person, gone: Person) -> Moved:
    """Move what is the ground's own, contacts last; both records are locked."""
    moved: Moved = {
        "rows": joined_rows.move_rows(kept, gone),
        "messages": joined_rows.move_messages(kept, gone),
        "kept": joined_rows.contacts_of(kept),
        "gone": joined_rows.contacts_of(gone),
    }
    joined_rows.take_over_contacts(kept, gone)
    return {**moved, "kept_after": joined_rows.contacts_of(kept)}


def _locked(kept: Person, gone: Person) -> tuple[Person, Person]:
    """Both, fresh and locked, always in the same order."""
    rows: PersonQuerySet = Person.objects.filter(pk__in=[kept.pk, gone.pk]).order_by("pk")
    found = {row.pk: row for row in rows.select_for_update()}
    return found[kept.pk], found[gone.pk]


def can_undo(row: RecordJoin) -> bool:
    """Is it known what went where, and is it not too late?"""
    is_known = row.undone_at is None and row.moved is not None
    return is_known and clock.now() < row.joined_at + UNDO_WITHIN


@transaction.atomic
def undo(row: RecordJoin, by: Person) -> list[str]:
    """Part the two records again; what happened since stays with the kept one.

    Returns sentences of what could not be as it was. Raises RuleError after a day.
    """
    if not can_undo(row):
        raise RuleError(
            "A join can be undone for a day. After that, please correct each record by hand."
        )
    moved: Moved = row.moved or {}
    sentences = _undo_parts(row.kept, row.gone, moved)
    kept, gone = _locked(row.kept, row.gone)
    row = RecordJoin.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not can_undo(row):
        raise RuleError("Somebody has undone this join already.")
    _part(kept, gone, moved)
    row.undone_at, row.undone_by, row.moved = clock.now(), by, None
    row.save()
    return sentences


def _undo_parts(kept: Person, gone: Person, moved: Moved) -> list[str]:
    """Each app moves its rows back; what is offered anew goes by each record's own ways.

    So these have their contacts again here, and are not saved yet: people are locked last.
    """
    joined_rows.give_back_contacts(kept, gone, moved)
    return [line for name, part in _parts.items() for line in part.undo(kept, gone, moved[name])]


def _part(kept: Person, gone: Person, moved: Moved) -> None:
    """Give back contacts, rows and messages; both records are locked."""
    joined_rows.give_back_contacts(kept, gone, moved)
    if gone.email and Person.objects.filter(email=gone.email).exclude(pk=kept.pk).exists():
        gone.email = None  # another record uses it now
    kept.save()
    gone.save()
    joined_rows.move_rows_back(kept, gone, moved["rows"])
    about = [key for name in _parts for key in moved[name].get("about", ())]
    joined_rows.part_messages(kept, gone, moved["messages"], about)
    for person in (kept, gone):
        by_hand.rechannel(person)


def forget_old() -> Counts:
    """The sweep: what went where is deleted once it can no longer be undone; (seen, done)."""
    old = RecordJoin.objects.filter(joined_at__lt=clock.now() - UNDO_WITHIN).exclude(moved=None)
    done = old.update(moved=None)
    return done, done
