"""Joining two records of one person: one place a session, one right to a payment, no message lost.

One record is kept and takes over what the other has; the other is emptied, never deleted. What went
where is written down, encrypted, so that it can be undone for three days: by staff, or by whoever
reads the mail about it (`join_links.py`). The portal registers how each app joins its rows. Nobody
joins a record of their own or of a colleague, and where private things come along a second
colleague looks too (`join_requests.py`). Both people are told.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q

from collective import clock
from collective.background.sweeps import Counts
from collective.errors import RuleError
from collective.messages import by_hand
from collective.models import DeletionRequest, JoinRequest, Person, RecordJoin
from collective.models.person import PersonQuerySet
from collective.models.record_join import UNDO_WITHIN
from collective.people import join_news, joined_rows
from collective.safety import emptied

TRIES = 3  # of a join beside which something was taken in for one of the two
SECOND = "A colleague looks at this too, before the records are joined."
OWN = "One of these records is your own. Ask a colleague to look at it."
Moved = dict[str, Any]  # JSON: what went where


@dataclass(frozen=True)
class Along:
    """Something private that a record has, and with which permission one colleague is enough."""

    words: str
    alone: str = ""


class Part(Protocol):
    """How the rows of one app are joined: a module with these six functions."""

    def preview(self, kept: Person, gone: Person) -> list[str]:
        """Sentences that say what joining would do."""

    def comes_along(self, person: Person) -> list[Along]:
        """What of this person's is private, so that a second colleague looks."""

    def moves(self, person: Person) -> list[str]:
        """What of this person's moves with the record, as they read it themselves."""

    def join(self, kept: Person, gone: Person, row: RecordJoin) -> Moved:
        """Move the rows; returns what `undo` needs, and under "about" what messages tell of.

        `row` says who joins them, and is not saved yet.
        """

    def is_clear(self, kept: Person, gone: Person) -> bool:
        """Is nothing left behind? Asked under the lock of both people."""

    def undo(self, kept: Person, gone: Person, moved: Moved) -> list[str]:
        """Move them back; returns sentences of what could not be as it was."""


class _Meanwhile(RuleError):
    """Something was taken in for one of the two while the rows were moved."""


_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Add an app's part. They run in the order of registering, which is the order of locks."""
    _parts[name] = part


def check(kept: Person, gone: Person, by: Person) -> None:
    """Raise RuleError where these two cannot be joined, or not by this colleague."""
    if kept.pk == gone.pk:
        raise RuleError("Choose another record: this is the same one.")
    if by.pk in {kept.pk, gone.pk}:
        raise RuleError(OWN)
    if team := [row for row in (kept, gone) if row.is_staff or row.is_superuser]:
        raise RuleError(f"{team[0]} is on our team. The record of a colleague is never joined.")
    if kept.joined_into_id or gone.joined_into_id:
        raise RuleError("One of these was joined into another record already.")
    asking = DeletionRequest.objects.open().filter(person__in=[kept.pk, gone.pk])
    if asked := asking.select_related("person").first():
        raise RuleError(
            f"There is an open request to forget {asked.person}. Settle that first: a join would "
            "make it one about both records."
        )


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


def needs_a_second(kept: Person, gone: Person, by: Person) -> list[str]:
    """What comes along so that a colleague looks too, in words; empty where `by` does it alone.

    What the kept record has counts as well where the other brings a way to reach it.
    """
    people = [gone, kept] if joined_rows.brings_a_way(kept, gone) else [gone]
    return _for_two(people, by)


def _for_two(people: Iterable[Person], by: Person) -> list[str]:
    """What these records have that this colleague takes along only with another one."""
    along = [
        row for person in people for part in _parts.values() for row in part.comes_along(person)
    ]
    return [row.words for row in along if not (row.alone and by.has_perm(row.alone))]


def has_anything(person: Person) -> bool:
    """Is there anything of theirs that somebody else could come to with this record?"""
    return any(part.moves(person) for part in _parts.values())


def join(kept: Person, gone: Person, by: Person, confirmed_by: Person | None = None) -> RecordJoin:
    """Move everything of `gone` to `kept`, and tell both. Raises RuleError where it cannot be.

    Somebody may be signing up beside it: then it waits for that, and begins anew.
    """
    for _ in range(TRIES - 1):
        try:
            return _join(kept, gone, by, confirmed_by)
        except _Meanwhile:
            continue
    return _join(kept, gone, by, confirmed_by)


@transaction.atomic
def _join(kept: Person, gone: Person, by: Person, confirmed_by: Person | None) -> RecordJoin:
    _check_all(kept, gone, by, confirmed_by)
    row = RecordJoin(id=uuid.uuid4(), kept=kept, gone=gone, joined_by=by, confirmed_by=confirmed_by)
    before = [] if confirmed_by else _for_two([kept], by)
    along = [line for part in _parts.values() for line in part.moves(gone)]
    # first what locks activities and registrations, then people
    moved: Moved = {name: part.join(kept, gone, row) for name, part in _parts.items()}
    kept, gone = _locked(kept, gone)
    _check_all(kept, gone, by, confirmed_by)
    is_clear = all(part.is_clear(kept, gone) for part in _parts.values())
    if not is_clear or (confirmed_by is None and _for_two([kept], by) != before):
        raise _Meanwhile("Somebody is signing this person up just now. Please try again.")
    row.moved = moved | _move(kept, gone) | {"along": along}
    row.joined_at = clock.now()
    row.save(force_insert=True)
    join_news.tell_joined(row)
    by_hand.rechannel(kept)
    _settle_requests(gone, by)
    return row


def _check_all(kept: Person, gone: Person, by: Person, confirmed_by: Person | None) -> None:
    """Raise RuleError where one of the colleagues may not, or a second one has not looked."""
    check(kept, gone, by)
    if confirmed_by is None:
        if needs_a_second(kept, gone, by):
            raise RuleError(SECOND)
        return
    check(kept, gone, confirmed_by)
    if confirmed_by.pk == by.pk:
        raise RuleError("Somebody else than you confirms it.")


def _settle_requests(gone: Person, by: Person) -> None:
    """Whatever was asked about the record that is empty now is answered."""
    asked = JoinRequest.objects.filter(Q(kept=gone) | Q(gone=gone), settled_at=None)
    asked.update(settled_at=clock.now(), settled_by=by)


def _move(kept: Person, gone: Person) -> Moved:
    """Move what is the ground's own, contacts last; both records are locked."""
    moved: Moved = {
        "rows": joined_rows.move_rows(kept, gone),
        "messages": joined_rows.move_messages(kept, gone),
        "kept": joined_rows.contacts_of(kept),
        "gone": joined_rows.contacts_of(gone),
    }
    emptied.look_now()
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
    return is_known and clock.now() < row.can_be_parted_until


def check_undo(row: RecordJoin, by: Person | None) -> None:
    """Raise RuleError where it is too late, or not for this colleague to undo.

    Nobody (`by` None) stands for whoever pressed the link in the mail.
    """
    if not can_undo(row):
        raise RuleError(
            "A join can be undone for three days. After that, please correct each record by hand."
        )
    if by is not None and by.pk in {row.kept_id, row.gone_id}:
        raise RuleError(OWN)
    if row.kept.is_staff and not (by and by.has_perm("collective.manage_staff")):
        raise RuleError(f"{row.kept} is on our team now. Ask somebody who manages staff.")


@transaction.atomic
def undo(row: RecordJoin, by: Person | None) -> list[str]:
    """Part the two records again, and tell both; what happened since stays with the kept one.

    Returns sentences of what could not be as it was. Raises RuleError after three days, and for
    one's own record.
    """
    check_undo(row, by)
    moved: Moved = row.moved or {}
    sentences = _undo_parts(row.kept, row.gone, moved)
    kept, gone = _locked(row.kept, row.gone)
    row = RecordJoin.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not can_undo(row):
        raise RuleError("Somebody has undone this join already.")
    _part(kept, gone, moved)
    row.undone_at, row.undone_by, row.moved = clock.now(), by, None
    row.save()
    join_news.tell_parted(row, kept, gone)
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
