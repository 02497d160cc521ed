"""Changing somebody's email address: a code goes to the new one, and makes it theirs."""

from django.db import IntegrityError, transaction

from collective import clock
from collective.errors import RuleError, broken_constraint
from collective.messages import by_hand, kinds, mail
from collective.messages.letters import Letter
from collective.models import FollowUp, Message, Person, SignIn
from collective.models.person import ONE_ADDRESS_EACH
from collective.people.sign_in import prove, record_asked

TAKEN = (
    "There is another record with this address. Our team can join the two: call us, or wait to "
    "hear from us."
)


def ask(person: Person, email: str, visitor_address: str) -> SignIn:
    """Send a code to the new address; returns the SignIn. Raises RuleError past the limits."""
    return record_asked(email, visitor_address, kind=kinds.ADDRESS_CODE, person=person)


def newest(person: Person) -> SignIn | None:
    """The last address that somebody asked for, if its code can still be typed; else None."""
    asked = SignIn.objects.filter(person=person).order_by("-created_at").first()
    return asked if asked and asked.is_usable else None


def confirm(asked: SignIn, code: str) -> Person:
    """The code is right: the address is theirs, and the old one is told.

    What waited to be told goes to the new one. Raises RuleError for a wrong or old code, and where
    another record has the address: staff are told of it. Any other refusal of the database is
    raised.
    """
    prove(asked, code)
    person = asked.person
    if person is None:
        raise ValueError("This code was sent to sign in, not to change an address")
    try:
        return _change(person, asked.email)
    except IntegrityError as error:
        if broken_constraint(error) != ONE_ADDRESS_EACH:
            raise
        _ask_staff_to_join(person)
        raise RuleError(TAKEN) from error


@transaction.atomic
def _change(person: Person, email: str) -> Person:
    if person.email is None:
        _mail_what_waits(person)  # before people, as it can lock sessions
    person = Person.objects.select_for_update().get(pk=person.pk)
    old = person.email
    person.email = email
    if old is None:
        person.reach_by = Person.ReachBy.EMAIL
    person.save(update_fields=["email", "reach_by"])
    if old and old != person.email:
        now = clock.now().isoformat()
        mail.tell(None, kinds.ADDRESS_CHANGED, person, address=old, revision=now)
    return person


def _mail_what_waits(person: Person) -> None:
    """What staff would have told by phone or post goes to their first address."""
    tasks = Message.objects.by_hand().filter(person=person, state=Message.State.WAITING)
    for message in tasks:
        by_hand.to_mail(message)


def _ask_staff_to_join(person: Person) -> None:
    what = (
        "They have proved an email address that another record has. Are these two records of one "
        "person? Join them."
    )
    if not FollowUp.objects.open().filter(person=person, created_by=None).exists():
        FollowUp.objects.create(
            person=person, what=what, due_on=clock.now().date(), created_at=clock.now()
        )


@mail.kind(kinds.ADDRESS_CODE, "Code for a new address", keep_text=False)
def address_code(message: Message) -> Letter | None:
    asked = SignIn.objects.filter(pk=message.about).first()
    if asked is None or not asked.is_usable:
        return None
    return Letter("Your code", "email/address_code.html", {"code": asked.code})


@mail.kind(kinds.ADDRESS_CHANGED, "Address changed, to the old one")
def address_changed(message: Message) -> Letter:
    return Letter("Your email address was changed", "email/address_changed.html", {})
