"""Adding or changing somebody's email address: a code goes to the new one, and only with it is the
address theirs.
"""

from django.db import IntegrityError, transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import by_hand, mail
from collective.messages.mail import Letter
from collective.models import FollowUp, Message, Person, SignIn
from collective.people.sign_in import prove, record_asked

TAKEN = (
    "There is another record with this address. Our team can join the two: call us, or wait to "
    "hear from us."
)


def ask(person: Person, email: str, visitor_address: str) -> SignIn:
    """Send a code to the new address; returns the SignIn. Raises RuleError past the limits."""
    return record_asked(email, visitor_address, kind="address_code", person=person)


def newest(person: Person) -> SignIn | None:
    """The last address that somebody asked for, if its code can still be typed; else None."""
    asked = SignIn.objects.filter(person=person).order_by("-created_at").first()
    return asked if asked and asked.is_usable else None


def confirm(asked, code: str) -> Person:
    """The code is right: the address is theirs, and the old one is told; what waited to be told
    goes there.

    Raises RuleError for a wrong or old code, and where another record has the address (staff are
    told of it).
    """
    prove(asked, code)
    person = Person.objects.get(pk=asked.person_id)
    try:
        return _change(person, asked.email)
    except IntegrityError as error:
        _ask_staff_to_join(person)
        raise RuleError(TAKEN) from error


@transaction.atomic
def _change(person: Person, email: str) -> Person:
    if person.email is None:  # sessions are locked before people
        for message in Message.objects.by_hand().filter(person=person, state=Message.State.WAITING):
            by_hand.to_mail(message)
    person = Person.objects.select_for_update().get(pk=person.pk)
    old, first = person.email, person.email is None
    person.email = email
    if first:
        person.reach_by = Person.ReachBy.EMAIL
    person.save(update_fields=["email", "reach_by"])
    if old and old != person.email:
        mail.tell(None, "address_changed", person, address=old, revision=clock.now().isoformat())
    return person


def _ask_staff_to_join(person: Person) -> None:
    what = (
        "They have proved an email address that another record has. Are these two records of one "
        "person? Join them."
    )
    if not FollowUp.objects.open().filter(person=person, created_by=None).exists():
        FollowUp.objects.create(
            person=person, what=what, due_on=clock.now().date(), created_at=clock.now()
        )


@mail.kind("address_code", "Code for a new address", keep_text=False)
def address_code(message: Message) -> Letter | None:
    asked = SignIn.objects.filter(pk=message.about).first()
    if asked is None or not asked.is_usable:
        return None
    return mail.Letter("Your code", "email/address_code.html", {"code": asked.code})


@mail.kind("address_changed", "Address changed, to the old one")
def address_changed(message: Message) -> Letter:
    return mail.Letter("Your email address was changed", "email/address_changed.html", {})
