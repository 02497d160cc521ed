"""Requests to be forgotten: asked, confirmed, stopped within a week, and carried out by a sweep.

The person asks on their own page, or staff take it down: for somebody who rings, and for somebody
who has died. What staff take down, a second colleague confirms, and every address of the record
hears of it (`forgetting_emails.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.models import DeletionRequest, FileToRemove, Person
from collective.models.forgetting import CHANGE_OF_MIND
from collective.people import forgetting, forgetting_emails

How = DeletionRequest.How
LIST = "forgotten"  # a folder beside the uploads: one empty file for each person who is forgotten
A_BATCH = 50
TRY_AGAIN_IN = timedelta(hours=1)
TO_ANSWER = timedelta(days=3)  # once a death is confirmed: whoever reads the mail may know better
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

    Every address of the record is told. What stands in the way is no reason not to take it down.
    Raises RuleError for one's own record and for staff.
    """
    person = _locked(person)
    if person.pk == by.pk:
        raise RuleError("Ask for yourself on your own page, under “What we hold about you”.")
    if person.is_staff:
        raise RuleError("They are staff. Let them leave the team first.")
    if found := person.deletion_requests.open().first():
        return found
    return _begin(
        DeletionRequest(
            person=person,
            how=told.how,
            asked_at=clock.now(),
            asker=told.asker,
            checked=told.checked,
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
        forgetting_emails.tell_asked(request)
    return request


@transaction.atomic
def begin(request: DeletionRequest) -> DeletionRequest:
    """One that was made before there was a day for it: it begins now. Returns it."""
    return _begin(_open(request))


@transaction.atomic
def confirm(request: DeletionRequest, by: Person) -> DeletionRequest:
    """A second colleague has looked at it, too. Returns the request.

    From now on somebody who has died gets no message, and nobody signs in as them; every address
    hears of it once more, and has three days. Raises RuleError for whoever took it down, for the
    person, and where it is not open.
    """
    _lock_person(request)
    request = _open(request)
    if by.pk in {request.taken_by_id, request.person_id}:
        raise RuleError("A second colleague confirms it: somebody who did not take it down.")
    if request.needs_confirming:
        request.confirmed_by = by
        if request.is_of_a_death:
            _shut_out(request)
        request.save(update_fields=["confirmed_by", "due_at", "shuts_out"])
        forgetting_emails.tell_confirmed(request)
    return request


def _shut_out(request: DeletionRequest) -> None:
    """Nobody signs in as somebody who has died; the caller saves the request."""
    request.shuts_out = request.person.is_active
    Person.objects.filter(pk=request.person_id).update(is_active=False)
    last = clock.now() + TO_ANSWER
    request.due_at = max(request.due_at or last, last)


@transaction.atomic
def stop(request: DeletionRequest) -> DeletionRequest:
    """They have changed their mind: nothing is removed. Asked twice, it is stopped once.

    Raises RuleError once it is done.
    """
    return _stop(request)


@transaction.atomic
def stop_for(request: DeletionRequest, by: Person, why: str) -> DeletionRequest:
    """The same by staff, who say why: every address hears who it was, and they can ask again.

    Raises RuleError once it is done, and without a reason.
    """
    if not why.strip():
        raise RuleError("Say how you know that they would rather stay.")
    return _stop(request, by, why)


def _stop(request: DeletionRequest, by: Person | None = None, why: str = "") -> DeletionRequest:
    _lock_person(request)
    request = _locked_request(request)
    if request.done_at:
        raise RuleError("It is done already, so it can no longer be stopped.")
    if request.stopped_at:
        return request
    request.stopped_at, request.waits_since = clock.now(), None
    request.stopped_by, request.stop_reason = by, why or None
    request.save(update_fields=["stopped_at", "waits_since", "stopped_by", "stop_reason"])
    if request.shuts_out:
        Person.objects.filter(pk=request.person_id).update(is_active=True)
        request.person.is_active = True
    forgetting_emails.tell_stopped(request)
    return request


def _lock_person(request: DeletionRequest) -> None:
    """Before the request, as the act that forgets locks them."""
    Person.objects.select_for_update(no_key=True).get(pk=request.person_id)


def _locked_request(request: DeletionRequest) -> DeletionRequest:
    rows = DeletionRequest.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("person", "taken_by").get(pk=request.pk)


def _open(request: DeletionRequest) -> DeletionRequest:
    """The request, fresh and locked. Raises RuleError where it is no longer open."""
    found = _locked_request(request)
    if not found.is_open:
        raise RuleError("This request is no longer open.")
    return found


# Carrying out


def carry_out_all() -> tuple[int, int]:
    """The sweep: requests whose day has come; returns (seen, done)."""
    forgetting_emails.empty_last_addresses()
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
    address = forgetting_emails.last_address(request)
    forgetting.forget(request)
    # looked at once more under its lock: it may have been stopped meanwhile
    fresh = _open(request)
    fresh.done_at, fresh.waits_since = clock.now(), None
    fresh.save(update_fields=["done_at", "waits_since"])
    forgetting_emails.tell_done(fresh, address)
    return True


@transaction.atomic
def _wait(pk: int) -> None:
    """It cannot be done yet: it is tried again each hour. The first time, the person is told."""
    waiting = DeletionRequest.objects.open().filter(pk=pk)
    is_new = waiting.filter(waits_since=None).update(waits_since=clock.now())
    waiting.update(due_at=clock.now() + TRY_AGAIN_IN)
    if is_new:
        request = DeletionRequest.objects.select_related("person").get(pk=pk)
        forgetting_emails.tell_waits(request)


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
