"""Changes of an address that wait three days, as nobody has shown that they read the old one.

Both addresses are told. A link in the mail to the old one stops it. Until it is due, nothing is the
new one's: nobody signs in with it, and no mail of theirs goes there.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import addresses, kinds, mail
from collective.messages.letters import Letter
from collective.models import AddressChange, Message, Person, SignIn
from collective.people import email_change

WAIT = timedelta(hours=72)
A_BATCH = 50
KEEP = timedelta(days=90)  # what became of it, should somebody ask
State = AddressChange.State
STOPPED_BY_OLD = (
    "Somebody wanted another email address for this person, and the old address has stopped it. "
    "Please ring them on a number that you know: is all well?"
)
TAKEN_MEANWHILE = (
    "Their new email address was due today, but another record has it by now. Are these two "
    "records of one person? Join them."
)


def begin(asked: SignIn, code: str, by: Person | None = None) -> AddressChange:
    """The code to the new address is right: it becomes theirs in three days, and both are told.

    Raises RuleError for a wrong code, where another record has the address (staff are told), and
    while another change waits. `by` is who of our team asked.
    """
    person = email_change.prove_new(asked, code)
    try:
        return _begin(person, asked.email, by)
    except email_change.AddressTaken:
        email_change.tell_staff(person, email_change.OTHER_RECORD)
        raise


@transaction.atomic
def _begin(person: Person, email: str, by: Person | None) -> AddressChange:
    old = person.email
    person = Person.objects.select_for_update().get(pk=person.pk)
    email_change.check_still(person, old)
    email_change.check_free(person, email)
    if waiting(person):
        raise RuleError("Another change waits already. Stop that one first.")
    now = clock.now()
    change = AddressChange.objects.create(
        person=person, email=email, asked_by=by, asked_at=now, due_at=now + WAIT
    )
    until = change.due_at
    mail.tell(None, kinds.ADDRESS_WAITS_OLD, change, address=old or "", not_after=until)
    mail.tell(None, kinds.ADDRESS_WAITS, change, address=email, not_after=until)
    return change


def waiting(person: Person) -> AddressChange | None:
    """The change of theirs that waits, or None."""
    return AddressChange.objects.waiting().filter(person=person).first()


@transaction.atomic
def stop(change: AddressChange) -> bool:
    """The address stays as it is. Returns whether it waited until now. Raises RuleError if late."""
    _, fresh = _locked(change.pk)
    if fresh.state == State.DONE:
        raise RuleError("The address was changed already. Please call us: we can put it right.")
    if fresh.state != State.WAITING:
        return False
    fresh.state = State.STOPPED
    fresh.save(update_fields=["state"])
    return True


@transaction.atomic
def stop_from_old_address(change: AddressChange) -> None:
    """The same, by the link in the mail to the old address: somebody else may be signed in as them.

    So every session ends, and our team looks into it.
    """
    if stop(change):
        change.person.sign_out_everywhere()
        email_change.tell_staff(change.person, STOPPED_BY_OLD)


def _locked(pk: UUID) -> tuple[Person, AddressChange]:
    """The person first, then the change, both fresh."""
    person_pk = AddressChange.objects.values_list("person", flat=True).get(pk=pk)
    person = Person.objects.select_for_update().get(pk=person_pk)
    return person, AddressChange.objects.select_for_update(of=("self",)).get(pk=pk)


def apply_all_due() -> sweeps.Counts:
    """The sweep: addresses that waited three days become people's; returns (seen, done)."""
    due = AddressChange.objects.waiting().filter(due_at__lte=clock.now()).order_by("due_at")
    return sweeps.each(list(due.values_list("pk")[:A_BATCH]), apply)


@transaction.atomic
def apply(pk: UUID) -> int:
    """Change the address now, if it still waits and is free; returns how many were changed.

    Where another record has taken it, staff are told. All of it, or nothing, is done.
    """
    person, change = _locked(pk)
    if change.state != State.WAITING:
        return 0
    if person.joined_into_id or not person.is_active:
        return _end(change)
    try:
        with transaction.atomic():
            change.state = State.DONE
            change.save(update_fields=["state"])
            email_change.write_address(person, change.email, old=person.email)
    except email_change.AddressTaken:
        email_change.tell_staff(person, TAKEN_MEANWHILE)
        return _end(change)
    mail.tell(None, kinds.ADDRESS_READY, change, address=change.email)
    return 1


def _end(change: AddressChange) -> int:
    change.state = State.ENDED
    change.save(update_fields=["state"])
    return 0


def forget_old() -> sweeps.Counts:
    """The sweep: changes that are over go after three months; returns (seen, done)."""
    over = AddressChange.objects.exclude(state=State.WAITING)
    done, _ = over.filter(due_at__lt=clock.now() - KEEP).delete()
    return done, done


@mail.kind(kinds.ADDRESS_WAITS_OLD, "Address will change, to the old one", keep_text=False)
def address_waits_old(message: Message) -> Letter | None:
    change = _still_waiting(message)
    if change is None:
        return None
    context = {
        "due_at": change.due_at,
        "by_team": change.asked_by_id is not None,
        "stop": addresses.stop_address_change(change),
    }
    subject = "Your email address will be changed"
    return Letter(subject, "email/address_waits_old.html", context)


@mail.kind(kinds.ADDRESS_WAITS, "Address will change, to the new one")
def address_waits(message: Message) -> Letter | None:
    change = _still_waiting(message)
    if change is None:
        return None
    context = {"due_at": change.due_at}
    return Letter("Your new email address", "email/address_waits.html", context)


def _still_waiting(message: Message) -> AddressChange | None:
    return AddressChange.objects.waiting().filter(pk=message.about).first()


@mail.kind(kinds.ADDRESS_READY, "Address was changed, to the new one")
def address_ready(message: Message) -> Letter:
    return Letter("Your new email address", "email/address_ready.html", {})
