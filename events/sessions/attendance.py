"""The session itself: people who came without signing up, and who will earn its fee."""

from django.db import transaction

from collective.errors import RuleError
from collective.models import Call, Person
from collective.models.person import clean_email
from events.models import Registration, Session
from events.models.registration import free_seat
from events.models.registration_states import State
from payments.owing import offering


@transaction.atomic
def note_walk_in(
    session: Session,
    *,
    email: str = "",
    name: str = "",
    capacity: str = "not_sure",
    by: Person | None = None,
):
    """Somebody came without signing up: note that they took part, over the places if need be.

    Found by email address, or added by name. Raises RuleError if they hold a registration already.
    """
    if not email and not name:
        raise RuleError("Give an email address or a name.")
    session = session.locked()
    if not session.has_started:
        raise RuleError("This session has not begun yet, so nobody has come.")
    person = Person.objects.filter(email=clean_email(email)).first() if email else None
    person = person or Person.objects.create_user(email, name=name)
    registration = session.registrations.live().filter(person=person).first()
    if registration and registration.state != State.WAITING:
        raise RuleError(f"{person} is on the list of this session already. Mark them there.")
    registration = registration or Registration(
        session=session, person=person, fee_pence=session.fee_pence
    )
    registration.state, registration.seat, registration.list_number = (
        State.ATTENDED,
        free_seat(session),
        None,
    )
    registration.came_without_signing_up, registration.confirmed_by = True, by
    registration.capacity = capacity if registration.is_unsure else registration.capacity
    registration.save()
    offering.settle(registration, by)
    registration.ask_capacity()
    return registration


def has_paid_session(person: Person, call: Call) -> bool:
    """Does this person hold a place in a session of this call that will earn the fee: to come, or
    not marked yet?
    """
    mine = Registration.objects.filter(person=person, session__call=call, state=State.CONFIRMED)
    mine = mine.filter(fee_pence__isnull=False)
    return (
        mine.exclude(capacity="paid_role").exclude(session__state=Session.State.CANCELLED).exists()
    )
