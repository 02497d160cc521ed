"""Joining two records of one person: one place a session, one right to a payment, and no message
lost.

One record is kept and takes over what the other has; the other is emptied, never deleted. What went
where is written down, encrypted, so that it can be undone within a day. Apps register how their
rows are joined when they are ready.
"""

from datetime import timedelta
from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from collective import clock
from collective.errors import RuleError
from collective.messages import by_hand
from collective.models import (
    Announcement,
    DeletionRequest,
    Follow,
    FollowUp,
    Message,
    Person,
    RecordJoin,
)

UNDO_WITHIN = timedelta(days=1)
CONTACTS = (
    "email",
    "contact_email",
    "phone",
    "postal_address",
    "reach_by",
    "wants_news",
    "wants_reminders",
    "name",
    "is_active",
)


class Part(Protocol):
    """How the rows of one app are joined: a module with these four functions."""

    def preview(self, kept: Person, gone: Person) -> None:
        """Sentences that say what joining would do."""

    def join(self, kept: Person, gone: Person) -> None:
        """Move the rows; returns JSON for `undo`."""

    def is_clear(self, gone: Person) -> None:
        """Is nothing left behind? Asked under the lock of both people."""

    def undo(self, kept: Person, gone: Person, moved) -> None:
        """Move them back; returns sentences of what could not be as it was."""


_parts = {}


def register(name: str, part) -> None:
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


def preview(kept: Person, gone: Person):
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
    moved = {}
    for name, part in _parts.items():  # first what locks activities and registrations, then people
        moved[name] = part.join(kept, gone)
    people = {row.pk: row for row in _locked(kept, gone)}
    kept, gone = people[kept.pk], people[gone.pk]
    check(kept, gone)
    if not all(part.is_clear(gone) for part in _parts.values()):
        raise RuleError("Somebody is signing this person up just now. Please try again.")
    moved["rows"] = _move_rows(kept, gone)
    moved["messages"] = _move_messages(kept, gone)
    moved["kept"], moved["gone"] = _contacts(kept), _contacts(gone)
    _take_over_contacts(kept, gone)
    moved["kept_after"] = _contacts(kept)
    by_hand.rechannel(kept)
    return RecordJoin.objects.create(
        kept=kept, gone=gone, moved=moved, joined_by=by, joined_at=clock.now()
    )


def _locked(*people) -> QuerySet[Person]:
    keys = sorted(person.pk for person in people)
    return Person.objects.filter(pk__in=keys).order_by("pk").select_for_update()


def _contacts(person: Person):
    return {name: getattr(person, name) for name in CONTACTS}


def _take_over_contacts(kept: Person, gone: Person) -> None:
    """The kept record's own contacts stand; what it lacks comes from the other, which is left
    without any.
    """
    values = _contacts(gone)
    gone.email, gone.contact_email, gone.phone, gone.postal_address = None, "", None, None
    gone.is_active, gone.joined_into, gone.reach_by = False, kept, Person.ReachBy.PHONE
    gone.set_unusable_password()  # every session of it ends
    gone.save()
    had_address = bool(kept.mail_address)
    for name in ("email", "contact_email", "phone", "postal_address", "name"):
        setattr(kept, name, getattr(kept, name) or values[name])
    if not had_address and kept.mail_address:
        kept.reach_by = values["reach_by"]
    kept.wants_news = kept.wants_news and values["wants_news"]
    kept.wants_reminders = kept.wants_reminders or values["wants_reminders"]
    kept.save()


def _move_rows(kept: Person, gone: Person):
    """{model: keys} of what simply moves: follows, follow-ups, requests to be deleted; doubles stay
    behind.
    """
    follows = Follow.objects.filter(person=gone)
    mine = set(Follow.objects.filter(person=kept).values_list("call", "activity"))
    free = [row.pk for row in follows if (row.call_id, row.activity_id) not in mine]
    open_request = DeletionRequest.objects.filter(person=kept, done_at=None).exists()
    requests = DeletionRequest.objects.filter(person=gone)
    keys = {
        "follow": [str(key) for key in free],
        "followup": [
            str(key) for key in FollowUp.objects.filter(person=gone).values_list("pk", flat=True)
        ],
        "chosen": _chosen(kept, gone),
        "deletionrequest": [] if open_request else list(requests.values_list("pk", flat=True)),
    }
    for name, found in keys.items():
        _model(name).objects.filter(pk__in=found).update(person=kept)
    return keys


def _chosen(kept: Person, gone: Person):
    """Keys of the rows that name the other record among an announcement's chosen people."""
    rows = Announcement.chosen.through.objects
    mine = rows.filter(person=kept).values("announcement")
    return list(
        rows.filter(person=gone).exclude(announcement__in=mine).values_list("pk", flat=True)
    )


def _model(name: str):
    models = {"follow": Follow, "followup": FollowUp, "deletionrequest": DeletionRequest}
    return models.get(name) or Announcement.chosen.through


def _move_messages(kept: Person, gone: Person):
    """Keys of the messages that moved.

    Of two about the same thing, one that waits is not lost to one that failed.
    """
    mine = {_key(row): row for row in Message.objects.filter(person=kept)}
    moved, State = [], Message.State
    for row in Message.objects.filter(person=gone):
        double = mine.get(_key(row))
        if double is None:
            moved.append(row.pk)
        elif row.state in {State.WAITING, State.SENDING} and double.state in {
            State.FAILED,
            State.DROPPED,
        }:
            Message.objects.filter(pk=double.pk).update(
                state=State.WAITING, due_at=row.due_at, not_after=row.not_after, error=""
            )
    Message.objects.filter(pk__in=moved).update(person=kept)
    return moved


def _key(message: Message) -> tuple[str, UUID, str]:
    return message.kind, message.about, message.revision


def can_undo(row: RecordJoin):
    return (
        row.undone_at is None
        and row.moved is not None
        and clock.now() < row.joined_at + UNDO_WITHIN
    )


@transaction.atomic
def undo(row, by: Person):
    """Part the two records again; what happened since stays with the kept one.

    Returns sentences of what could not be as it was. Raises RuleError after a day.
    """
    if not can_undo(row):
        raise RuleError(
            "A join can be undone for a day. After that, please correct each record by hand."
        )
    kept, gone, moved = row.kept, row.gone, row.moved
    _give_back_contacts(
        kept, gone, moved
    )  # not saved yet: what is offered anew goes by each one's own way
    sentences = [
        line for name, part in _parts.items() for line in part.undo(kept, gone, moved[name])
    ]
    people = {person.pk: person for person in _locked(kept, gone)}
    row = RecordJoin.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not can_undo(row):
        raise RuleError("Somebody has undone this join already.")
    kept, gone = people[row.kept_id], people[row.gone_id]
    _give_back_contacts(kept, gone, moved)
    if gone.email and Person.objects.filter(email=gone.email).exclude(pk=kept.pk).exists():
        gone.email = None  # another record uses it now
    kept.save()
    gone.save()
    for name, keys in moved["rows"].items():
        _model(name).objects.filter(pk__in=keys, person=kept).update(person=gone)
    _part_messages(kept, gone, moved)
    for person in (kept, gone):
        by_hand.rechannel(person)
    row.undone_at, row.undone_by, row.moved = clock.now(), by, None
    row.save()
    return sentences


def _part_messages(kept: Person, gone: Person, moved) -> None:
    """Those that moved go back, and with them what was written since about what is the other's
    again.
    """
    about = [key for part in _parts for key in moved[part].get("about", ())]
    mine = Message.objects.filter(person=kept)
    mine.filter(Q(pk__in=moved["messages"]) | Q(about__in=about)).update(person=gone)


def _give_back_contacts(kept: Person, gone: Person, moved) -> None:
    """Each has its contacts again; what was changed on the kept record since, stays."""
    for name, value in moved["kept"].items():
        if getattr(kept, name) == moved["kept_after"][name]:
            setattr(kept, name, value)
    for name, value in moved["gone"].items():
        setattr(gone, name, value)
    if gone.email and gone.email == kept.email:
        gone.email = None  # the kept record uses it now, by its owner's own wish
    gone.joined_into = None


def forget_old() -> tuple[int, int]:
    """The sweep: what went where is deleted once it can no longer be undone; returns (seen,
    done).
    """
    old = RecordJoin.objects.filter(joined_at__lt=clock.now() - UNDO_WITHIN).exclude(moved=None)
    done = old.update(moved=None)
    return done, done
