"""What the ground itself moves when two records are joined: contacts, rows and messages."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Model, Q

from collective.models import (
    Announcement,
    ContactChange,
    DeletionRequest,
    Follow,
    FollowUp,
    InterruptedForm,
    Message,
    Person,
)

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
WAYS = ("email", "contact_email", "phone", "postal_address")
TAKEN_OVER = (*WAYS, "name")
Keys = dict[str, list[Any]]  # of rows that moved, by the name of their model
MODELS: dict[str, type[Model]] = {
    "follow": Follow,
    "followup": FollowUp,
    "contactchange": ContactChange,
    "chosen": Announcement.chosen.through,
    "deletionrequest": DeletionRequest,
    "interruptedform": InterruptedForm,
}
State = Message.State
CAME_TO_NOTHING = {State.FAILED, State.DROPPED}
ON_ITS_WAY = {State.WAITING, State.SENDING}


def contacts_of(person: Person) -> dict[str, Any]:
    """How the person is reached and wants to be, as JSON can hold it."""
    return {name: getattr(person, name) for name in CONTACTS}


def brings_a_way(kept: Person, gone: Person) -> bool:
    """Would the kept record be reached, or signed in to, by something that the other one brings?"""
    return any(getattr(gone, name) and not getattr(kept, name) for name in WAYS)


def take_over_contacts(kept: Person, gone: Person) -> None:
    """The kept record's own contacts stand; what it lacks comes from the other, then emptied."""
    values = contacts_of(gone)
    _empty(gone, joined_into=kept)
    had_address = bool(kept.mail_address)
    for name in TAKEN_OVER:
        setattr(kept, name, getattr(kept, name) or values[name])
    if not had_address and kept.mail_address:
        kept.reach_by = values["reach_by"]
    kept.wants_news = kept.wants_news and values["wants_news"]
    kept.wants_reminders = kept.wants_reminders or values["wants_reminders"]
    kept.save()


def _empty(person: Person, *, joined_into: Person) -> None:
    """Take every way to reach them off this record, and end every session of it."""
    person.email, person.contact_email, person.phone, person.postal_address = None, "", None, None
    person.is_active, person.joined_into = False, joined_into
    person.reach_by = Person.ReachBy.PHONE
    person.set_unusable_password()
    person.save()


def give_back_contacts(kept: Person, gone: Person, moved: dict[str, Any]) -> None:
    """Each has its contacts again; what was changed on the kept record since, stays."""
    for name, value in moved["kept"].items():
        if getattr(kept, name) == moved["kept_after"][name]:
            setattr(kept, name, value)
    for name, value in moved["gone"].items():
        setattr(gone, name, value)
    if gone.email and gone.email == kept.email:
        gone.email = None  # the kept record uses it now, by its owner's own wish
    gone.joined_into = None


def move_rows(kept: Person, gone: Person) -> Keys:
    """Move what simply moves; doubles stay behind. Returns the keys of what moved."""
    keys: Keys = {
        "follow": _follows(kept, gone),
        "followup": _texts(FollowUp.objects.filter(person=gone).values_list("pk", flat=True)),
        "contactchange": _texts(
            ContactChange.objects.filter(person=gone).values_list("pk", flat=True)
        ),
        "chosen": _chosen(kept, gone),
        "deletionrequest": list(gone.deletion_requests.values_list("pk", flat=True)),
        "interruptedform": _texts(gone.interrupted_forms.values_list("pk", flat=True)),
    }
    for name, found in keys.items():
        MODELS[name]._default_manager.filter(pk__in=found).update(person=kept)
    return keys


def move_rows_back(kept: Person, gone: Person, keys: Keys) -> None:
    """The same rows, to whom they were before, if they are still there."""
    for name, found in keys.items():
        MODELS[name]._default_manager.filter(pk__in=found, person=kept).update(person=gone)


def _texts(keys: Iterable[UUID]) -> list[str]:
    return [str(key) for key in keys]


def _follows(kept: Person, gone: Person) -> list[str]:
    """Follows of what the kept record does not follow itself."""
    mine = set(Follow.objects.filter(person=kept).values_list("call", "activity"))
    theirs = Follow.objects.filter(person=gone)
    return _texts(row.pk for row in theirs if (row.call_id, row.activity_id) not in mine)


def _chosen(kept: Person, gone: Person) -> list[int]:
    """Rows that name the other record among an announcement's chosen people."""
    rows = Announcement.chosen.through.objects
    mine = rows.filter(person=kept).values("announcement")
    theirs = rows.filter(person=gone).exclude(announcement__in=mine)
    return list(theirs.values_list("pk", flat=True))


def move_messages(kept: Person, gone: Person) -> list[int]:
    """Move the messages; returns the keys of those that moved.

    Of two about the same thing, one that waits is not lost to one that failed.
    """
    mine = {_key(row): row for row in Message.objects.filter(person=kept)}
    moved = []
    for row in Message.objects.filter(person=gone):
        double = mine.get(_key(row))
        if double is None:
            moved.append(row.pk)
        elif row.state in ON_ITS_WAY and double.state in CAME_TO_NOTHING:
            _send_in_its_place(double, row)
    Message.objects.filter(pk__in=moved).update(person=kept)
    return moved


def _key(message: Message) -> tuple[str, UUID, str]:
    return message.kind, message.about, message.revision


def _send_in_its_place(message: Message, waiting: Message) -> None:
    times = {"due_at": waiting.due_at, "not_after": waiting.not_after}
    Message.objects.filter(pk=message.pk).update(state=State.WAITING, error="", **times)


def part_messages(kept: Person, gone: Person, moved: list[int], about: Iterable[str]) -> None:
    """Those that moved go back, and with them what was written since about the other's rows."""
    mine = Message.objects.filter(person=kept)
    mine.filter(Q(pk__in=moved) | Q(about__in=about)).update(person=gone)
