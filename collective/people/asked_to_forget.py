"""Requests to be forgotten: asked, confirmed, stopped within a week, and carried out by a sweep.

The person asks on their own page, or staff take it down: for somebody who rings, and for somebody
who has died. What staff take down, a second colleague confirms.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import kinds, mail
from collective.models import DeletionRequest, FileToRemove, Message, Person
from collective.models.forgetting import CHANGE_OF_MIND
from collective.people import forgetting

How = DeletionRequest.How
LIST = "forgotten"  # a folder beside the uploads: one empty file for each person who is forgotten
A_BATCH = 50
TRY_AGAIN_IN = timedelta(hours=1)
GONE = "This record is empty already."


@dataclass(frozen=True)
class Told:
    """What staff note of somebody who asks: for whom, who it is, and how they know."""

    how: str
    asker: str
    checked: str


@transaction.atomic
def ask(person: Person) -> DeletionRequest:
    """The person asks on their own page; asked again, the open request is found. Returns it.

    Raises InTheWay where something has to be settled first.
    """
    person = _locked(person)
    if found := person.deletion_requests.open().first():
        return _begin(found)
    forgetting.check(forgetting.in_the_way(person))
    return _begin(DeletionRequest(person=person, asked_at=clock.now()))


@transaction.atomic
def take_down(person: Person, by: Person, told: Told) -> DeletionRequest:
    """Staff note that somebody asks; a second colleague confirms it. Returns the request.

    Nobody writes to somebody who has died: from now on they get no message at all. What stands in
    the way is no reason not to take it down. Raises RuleError for one's own record and for staff.
    """
    person = _locked(person)
    if person.pk == by.pk:
        raise RuleError("Ask for yourself on your own page, under “What we hold about you”.")
    if person.is_staff:
        raise RuleError("They are staff. Let them leave the team first.")
    if found := person.deletion_requests.open().first():
        return found
    shuts_out = told.how == How.DIED and person.is_active
    if shuts_out:
        Person.objects.filter(pk=person.pk).update(is_active=False)
    return _begin(
        DeletionRequest(
            person=person,
            how=told.how,
            asked_at=clock.now(),
            asker=told.asker,
            checked=told.checked,
            shuts_out=shuts_out,
            taken_by=by,
        )
    )


def _locked(person: Person) -> Person:
    """The record that stands for them, locked. Raises RuleError for one that is empty."""
    found = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if found.forgotten_at or found.joined_into_id:
        raise RuleError(GONE)
    return found


def _begin(request: DeletionRequest) -> DeletionRequest:
    """Set the day, and say what will happen, when, and how it can be stopped."""
    if request.due_at is None:
        request.due_at = clock.now() + CHANGE_OF_MIND
        request.save()
        if request.tells_them:
            _tell(request, kinds.FORGETTING_ASKED)
    return request


def _tell(request: DeletionRequest, kind: str) -> None:
    mail.tell(request.person, kind, request.person, revision=str(request.public_id))


@transaction.atomic
def begin(request: DeletionRequest) -> DeletionRequest:
    """One that was made before there was a day for it: it begins now. Returns it."""
    return _begin(_open(request))


@transaction.atomic
def confirm(request: DeletionRequest, by: Person) -> DeletionRequest:
    """A second colleague has looked at it, too. Returns the request.

    Raises RuleError for whoever took it down, for the person, and where it is not open.
    """
    request = _open(request)
    if by.pk in {request.taken_by_id, request.person_id}:
        raise RuleError("A second colleague confirms it: somebody who did not take it down.")
    if request.needs_confirming:
        request.confirmed_by = by
        request.save(update_fields=["confirmed_by"])
    return request


@transaction.atomic
def stop(request: DeletionRequest) -> DeletionRequest:
    """They have changed their mind: nothing is removed. Asked twice, it is stopped once.

    Raises RuleError once it is done.
    """
    request = DeletionRequest.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=request.pk
    )
    if request.done_at:
        raise RuleError("It is done already, so it can no longer be stopped.")
    if request.stopped_at:
        return request
    request.stopped_at, request.waits_since = clock.now(), None
    request.save(update_fields=["stopped_at", "waits_since"])
    if request.shuts_out:
        Person.objects.filter(pk=request.person_id).update(is_active=True)
    if request.tells_them:
        _tell(request, kinds.FORGETTING_STOPPED)
    return request


def _open(request: DeletionRequest) -> DeletionRequest:
    """The request, fresh and locked. Raises RuleError where it is no longer open."""
    rows = DeletionRequest.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("person").get(pk=request.pk)
    if not found.is_open:
        raise RuleError("This request is no longer open.")
    return found


# Carrying out


def carry_out_all() -> tuple[int, int]:
    """The sweep: requests whose day has come; returns (seen, done)."""
    _empty_addresses()
    _list_outside()
    due = DeletionRequest.objects.due().order_by("due_at").values_list("pk")[:A_BATCH]
    return sweeps.each(list(due), carry_out)


def carry_out(pk: int) -> bool:
    """Forget the person of one request, if it is due; returns whether it was done.

    Where something stands in the way, staff see it on Today and the person is told, once.
    """
    try:
        done = _carry_out(pk)
    except forgetting.InTheWay:
        _wait(pk)
        return False
    except RuleError:  # stopped, or something was just taken in: the next sweep looks again
        return False
    if done:
        _list_outside()
    return done


@transaction.atomic
def _carry_out(pk: int) -> bool:
    request = DeletionRequest.objects.due().select_related("person").filter(pk=pk).first()
    if request is None:
        return False
    address = _last_address(request)
    forgetting.forget(request)
    # looked at once more under its lock: it may have been stopped meanwhile
    fresh = _open(request)
    fresh.done_at, fresh.waits_since = clock.now(), None
    fresh.save(update_fields=["done_at", "waits_since"])
    if address:
        mail.tell(
            None,
            kinds.FORGOTTEN,
            fresh.person,
            address=address,
            revision=str(fresh.public_id),
        )
    return True


def _last_address(request: DeletionRequest) -> str:
    """Where the last mail goes; "" for whoever is told nothing, or has no address of their own."""
    person = request.person
    if not request.tells_them:
        return ""
    return person.email or ("" if person.is_told_by_hand else person.contact_email)


@transaction.atomic
def _wait(pk: int) -> None:
    """It cannot be done yet: it is tried again each hour. The first time, the person is told."""
    waiting = DeletionRequest.objects.open().filter(pk=pk)
    is_new = waiting.filter(waits_since=None).update(waits_since=clock.now())
    waiting.update(due_at=clock.now() + TRY_AGAIN_IN)
    if is_new:
        request = DeletionRequest.objects.select_related("person").get(pk=pk)
        if request.tells_them:
            _tell(request, kinds.FORGETTING_WAITS)


def _empty_addresses() -> None:
    """The last mail is gone, or can never go: the address was kept for nothing else."""
    last = Message.objects.filter(kind=kinds.FORGOTTEN).exclude(address="")
    over = Q(state__in=[Message.State.SENT, Message.State.DROPPED])
    last.filter(over).update(address="", error="")
    failed = last.filter(state=Message.State.FAILED)
    failed.update(address="", error="", state=Message.State.DROPPED)


# Outside the database: a restored backup must not bring anybody back


def _list_outside() -> None:
    """Note everybody who is forgotten in a folder beside the uploads, by their key alone."""
    rows = DeletionRequest.objects.filter(done_at__isnull=False, listed_at=None)
    for request in rows.select_related("person")[:A_BATCH]:
        for person in forgetting.records_of(request.person):
            list_one(person.pk)
        DeletionRequest.objects.filter(pk=request.pk).update(listed_at=clock.now())


def list_one(key: UUID) -> None:
    """Note that this person is forgotten; a second time changes nothing."""
    name = f"{LIST}/{key}"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(b""))


def forget_again_after_restore(taken_at: datetime, now: datetime) -> int:
    """After a backup was restored: whoever was forgotten since is forgotten again; counts them."""
    back = Person.objects.filter(pk__in=listed(), forgotten_at=None, joined_into=None)
    found = [_ask_again(person) for person in back]
    return sum(carry_out(request.pk) for request in found)


def _ask_again(person: Person) -> DeletionRequest:
    """The request for it, due at once: one that they made before the backup was taken, or a new."""
    request, _ = DeletionRequest.objects.get_or_create(
        person=person, done_at=None, stopped_at=None, defaults={"asked_at": clock.now()}
    )
    request.how, request.due_at = How.RESTORED, clock.now()
    request.save(update_fields=["how", "due_at"])
    return request


def listed() -> list[UUID]:
    """The keys in the folder."""
    if not default_storage.exists(LIST):
        return []
    return [UUID(name) for name in default_storage.listdir(LIST)[1]]


# Files


def remove_files() -> tuple[int, int]:
    """The sweep: files whose rows are gone are taken off the disk; returns (seen, done)."""
    keys = FileToRemove.objects.order_by("pk").values_list("pk", "name")[:A_BATCH]
    return sweeps.each(list(keys), _remove_file)


def _remove_file(pk: int, name: str) -> int:
    default_storage.delete(name)
    number, _ = FileToRemove.objects.filter(pk=pk).delete()
    return number
