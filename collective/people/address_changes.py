"""Changes of an address that wait three days, as nobody has shown that they read the old one.

Both addresses are told. A link in the mail to the old one stops it. Until it is due, nothing is the
new one's: nobody signs in with it, and no mail of theirs goes there. A first address waits too,
where anything is theirs already: they are told by the way that was known before, and our team can
stop it for them.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import addresses, kinds, mail
from collective.messages.letters import Letter
from collective.models import AddressChange, Message, Person, RecordJoin, SignIn
from collective.people import contact_changes, email_change, record_joins
from collective.templatetags.collective import clock_time, day

BECAUSE = "it is about your email address with us"
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
FIRST = (
    "{who} has noted a first email address of theirs, {email}. On {when} it becomes theirs: they "
    "can sign in with it then, and what waits to be told goes there. Please ask them before, by "
    "the way that we knew before: {way}. Somebody else than {who} does this. If it is not theirs, "
    "press “Stop that” on their page, under “Add or change the email address”."
)


class _NotAnyMore(RuleError):
    """It was stopped meanwhile, or the record is no longer one that is used."""


def give(asked: SignIn, code: str, by: Person) -> AddressChange | None:
    """A colleague has typed the code that came to somebody's new address.

    A new record with nothing in it gets its first address at once, and None is returned; anything
    else waits as `begin` says. Raises RuleError as that does.
    """
    person = email_change.owner_of(asked)
    if waits(person):
        return begin(asked, code, by)
    with transaction.atomic():
        before = contact_changes.ways_of(person)
        person = email_change.first(asked, code)
        contact_changes.note(person, ["email"], before, by)
    return None


def waits(person: Person) -> bool:
    """Does an address that staff note for them wait, so that they hear of it before?"""
    has_something = bool(person.email) or record_joins.has_anything(person)
    return has_something or contact_changes.was_changed_lately(person)


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
    if old:
        mail.tell(None, kinds.ADDRESS_WAITS_OLD, change, address=old, not_after=until)
    else:
        _tell_by_old_ways(change)
    mail.tell(None, kinds.ADDRESS_WAITS, change, address=email, not_after=until)
    return change


def _tell_by_old_ways(change: AddressChange) -> None:
    """Somebody whom staff ring or write to hears of their first address before it is theirs."""
    words = FIRST.format(
        who=change.asked_by or contact_changes.NOBODY,
        email=change.email,
        when=f"{day(change.due_at)} at {clock_time(change.due_at)}",
        way="{way}",
    )
    contact_changes.tell_by_old_ways(change.person, kinds.ADDRESS_WAITS_OLD, change, words)


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
    try:
        with transaction.atomic():
            return _apply(pk)
    except email_change.AddressTaken:
        return _end(pk, TAKEN_MEANWHILE)
    except _NotAnyMore:
        return _end(pk)


def _apply(pk: UUID) -> int:
    """Raises AddressTaken, and _NotAnyMore where it is not to be changed after all."""
    owner = AddressChange.objects.select_related("person").get(pk=pk).person
    if owner.email is None:
        email_change.mail_what_waits(owner)
    person, change = _locked(pk)
    is_usable = person.is_active and not person.joined_into_id
    if change.state != State.WAITING or not is_usable or _was_joined_since(change):
        raise _NotAnyMore("This change was stopped, or came to nothing.")
    old, before = person.email, contact_changes.ways_of(person)
    change.state = State.DONE
    change.save(update_fields=["state"])
    email_change.write_after_mail(person, change.email, old=old)
    if change.asked_by:
        contact_changes.note(person, ["email"], {**before, "email": old}, change.asked_by)
    mail.tell(None, kinds.ADDRESS_READY, change, address=change.email)
    return 1


def _was_joined_since(change: AddressChange) -> bool:
    """Has another record brought its address since? That one was not asked."""
    joins = RecordJoin.objects.filter(kept=change.person, undone_at=None)
    return joins.filter(joined_at__gte=change.asked_at).exists()


def _end(pk: UUID, for_staff: str = "") -> int:
    """It comes to nothing, if it still waits; staff are told these words, if any."""
    person, change = _locked(pk)
    if change.state == State.WAITING:
        change.state = State.ENDED
        change.save(update_fields=["state"])
        if for_staff:
            email_change.tell_staff(person, for_staff)
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
    context = {"due_at": change.due_at, "is_first": change.person.email is None}
    return Letter("Your new email address", "email/address_waits.html", context)


def _still_waiting(message: Message) -> AddressChange | None:
    waiting_ones = AddressChange.objects.waiting().select_related("person")
    return waiting_ones.filter(pk=message.about).first()


@mail.kind(kinds.ADDRESS_READY, "Address was changed, to the new one")
def address_ready(message: Message) -> Letter:
    return Letter("Your new email address", "email/address_ready.html", {})
