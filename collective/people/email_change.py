"""Changing somebody's email address: a code goes to the new one, and the old one has its say.

A code to the old address agrees at once, or a sign-in with one a moment ago. Where nobody can read
it, or where staff change it, the change waits three days (`address_changes.py`). So does a first
address, unless the record is a new one with nothing in it.
"""

from django.db import IntegrityError, transaction

from collective import clock
from collective.errors import RuleError, broken_constraint
from collective.messages import addresses, by_hand, kinds, mail
from collective.messages.letters import Letter
from collective.models import AddressChange, FollowUp, Message, Person, SignIn
from collective.models.person import ONE_ADDRESS_EACH
from collective.people import sign_in_limits, standing
from collective.people.sign_in import prove, prove_each, record_asked
from collective.people.sign_in_limits import Asking
from collective.typed.addresses import clean_email

BECAUSE = "somebody asked us to write to another email address"
TAKEN = (
    "There is another record with this address. Our team can join the two: call us, or wait to "
    "hear from us."
)
NOT_THE_FIRST = "They have an address already, so the old one is asked first. Please try again."
IN_USE = "That is the address already."


class AddressTaken(RuleError):
    """Another record has the address."""


def ask(person: Person, email: str, visitor_address: str) -> SignIn:
    """Send a code to the new address; returns the SignIn. Raises RuleError past the limits."""
    if person.email and clean_email(email) == person.email:
        raise RuleError(IN_USE)
    return _ask(person, email, visitor_address, kinds.ADDRESS_CODE)


def ask_old(person: Person, visitor_address: str) -> SignIn:
    """Send a code to the address that they have, to make sure that it is them. Raises as `ask`."""
    return _ask(person, person.email or "", visitor_address, kinds.ADDRESS_OLD_CODE)


def _ask(person: Person, email: str, visitor_address: str, kind: str) -> SignIn:
    sign_in_limits.check_person_may_ask(person)
    network = sign_in_limits.network_of(visitor_address)
    return record_asked(Asking(clean_email(email) or "", network, person=person), kind)


def newest(person: Person) -> SignIn | None:
    """The last address that somebody asked for, if its code can still be typed; else None."""
    asked = SignIn.objects.filter(person=person).exclude(email=person.email or "")
    row = asked.order_by("-created_at").first()
    return row if row and row.is_usable else None


def _living(person: Person, email: str | None) -> list[SignIn]:
    """Every code of theirs to this address that can still be typed, also an older one."""
    return list(SignIn.objects.living().filter(person=person, email=email))


def first(asked: SignIn, code: str) -> Person:
    """The code is right: it is the first address of somebody who had none.

    What waited to be told goes to it. Raises RuleError for a wrong or old code, where another
    record has the address (staff are told), and where they have an address already.
    """
    person = owner_of(asked)
    if person.email:
        raise RuleError(NOT_THE_FIRST)
    return set_address(prove_new(asked, code), asked.email, old=None)


def change(asked: SignIn, code: str, old_code: str) -> Person:
    """Both codes are right: the address is theirs at once, and the old one is told.

    Every session of theirs ends. Raises RuleError as `first` does.
    """
    person = owner_of(asked)
    new, old = _living(person, asked.email), _living(person, person.email)
    prove_each((old, old_code), (new, code))
    return set_address(person, asked.email, old=person.email)


def change_after_sign_in(asked: SignIn, code: str) -> Person:
    """The same where they signed in with a code to the old address a moment ago."""
    person = prove_new(asked, code)
    return set_address(person, asked.email, old=person.email)


def prove_new(asked: SignIn, code: str) -> Person:
    """Only the code to the new address; returns whose it is. Raises RuleError for a wrong one."""
    person = owner_of(asked)
    prove(_living(person, asked.email), code)
    return person


def owner_of(asked: SignIn) -> Person:
    """Whose address this shall become."""
    if asked.person is None:
        raise ValueError("This code was sent to sign in, not to change an address")
    return asked.person


def set_address(person: Person, email: str, *, old: str | None) -> Person:
    """The address is theirs, if they still have the old one; raises RuleError otherwise."""
    try:
        return write_address(person, email, old=old)
    except AddressTaken:
        tell_staff(person, OTHER_RECORD)
        raise


@transaction.atomic
def write_address(person: Person, email: str, *, old: str | None) -> Person:
    """The same, where the caller tells staff of an address that is taken."""
    if old is None:
        mail_what_waits(person)
    return write_after_mail(person, email, old=old)


def write_after_mail(person: Person, email: str, *, old: str | None) -> Person:
    """The same in the caller's transaction, which has mailed what waited for a first address."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    check_still(person, old)
    check_free(person, email)
    person.email = email
    if old is None:
        person.reach_by = Person.ReachBy.EMAIL
    try:
        with transaction.atomic():
            person.save(update_fields=["email", "reach_by"])
    except IntegrityError as error:
        if broken_constraint(error) != ONE_ADDRESS_EACH:
            raise
        raise AddressTaken(TAKEN) from error  # in this very moment
    _after(person, old)
    return person


def check_still(person: Person, old: str | None) -> None:
    """Raise RuleError where the record was joined, or has got another address meanwhile."""
    if person.joined_into_id:
        raise RuleError(standing.JOINED)
    if person.email != old:
        raise RuleError("The address was changed meanwhile. Please look again.")


def check_free(person: Person, email: str) -> None:
    """Raise AddressTaken where another record has this address."""
    if Person.objects.filter(email=email).exclude(pk=person.pk).exists():
        raise AddressTaken(TAKEN)


def _after(person: Person, old: str | None) -> None:
    """No other change waits any more; where there was an address, it is told, and sessions end."""
    waiting = AddressChange.objects.waiting().filter(person=person)
    waiting.update(state=AddressChange.State.ENDED)
    if old:
        person.sign_out_everywhere()
        now = clock.now().isoformat()
        mail.tell(None, kinds.ADDRESS_CHANGED, person, address=old, revision=now)


def mail_what_waits(person: Person) -> None:
    """What staff would have told by phone or post goes to their first address.

    Before people are locked, as it can lock sessions.
    """
    tasks = Message.objects.by_hand().filter(person=person, state=Message.State.WAITING)
    for message in tasks:
        by_hand.to_mail(message)


OTHER_RECORD = (
    "They have proved an email address that another record has. Are these two records of one "
    "person? Join them."
)


def tell_staff(person: Person, what: str) -> None:
    """One open line for the team, however often it happens."""
    open_ones = FollowUp.objects.open().filter(person=person, created_by=None)
    if what not in {row.what for row in open_ones}:
        FollowUp.objects.for_the_team(person, what, clock.now())


@mail.kind(kinds.ADDRESS_CODE, "Code for a new address", keep_text=False)
def address_code(message: Message) -> Letter | None:
    return _code_letter(message, "email/address_code.html")


@mail.kind(kinds.ADDRESS_OLD_CODE, "Code to the old address, before it changes", keep_text=False)
def address_old_code(message: Message) -> Letter | None:
    return _code_letter(message, "email/old_address_code.html")


def _code_letter(message: Message, template: str) -> Letter | None:
    asked = SignIn.objects.filter(pk=message.about).first()
    if asked is None or not asked.is_usable:
        return None
    context = {"code": asked.code, "devices": addresses.full_reverse("devices")}
    return Letter("Your code to change an email address", template, context)


@mail.kind(
    kinds.ADDRESS_CHANGED,
    "Address changed, to the old one",
    because="this was your address with us until now",
)
def address_changed(message: Message) -> Letter:
    return Letter("Your email address was changed", "email/address_changed.html", {})
