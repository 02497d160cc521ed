"""The session itself: people who came, also without signing up, and people who earn its fee."""

from django.db import transaction

from collective.errors import RuleError
from collective.messages import mail
from collective.models import Call, Person
from collective.people import standing
from events.models import Registration, Session
from events.models.registration_states import State
from events.sessions.messages import kinds
from payments.owing import offering

Capacity = Registration.Capacity


@transaction.atomic
def mark(
    registration: Registration,
    state: State,
    *,
    came_for_part: bool = False,
    by: Person | None = None,
) -> Registration:
    """Note that somebody took part or was not seen, or (with CONFIRMED) undo that.

    The payment follows in the same transaction. Raises RuleError for people who held no place.
    """
    session, registration = registration.locked()
    if not session.has_started and state != State.CONFIRMED:
        raise RuleError("This session has not begun yet, so nobody can be marked.")
    if registration.state not in {State.CONFIRMED, State.ATTENDED, State.MISSED}:
        raise RuleError(f"{registration.person} held no place, so there is nothing to mark.")
    registration.state, registration.came_for_part = state, came_for_part
    registration.confirmed_by = by if state == State.ATTENDED else None
    registration.leaves_at = None
    registration.save()
    _settle(registration, by)
    return registration


@transaction.atomic
def note_walk_in(
    session: Session,
    *,
    email: str = "",
    name: str = "",
    capacity: str = Capacity.NOT_SURE,
    by: Person | None = None,
) -> Registration:
    """Note that somebody who had not signed up took part, over the places if need be.

    They are found by email address, or added by name; somebody who waits keeps that registration.
    Raises RuleError if they hold a place already.
    """
    if not email and not name:
        raise RuleError("Give an email address or a name.")
    session = session.locked()
    if not session.has_started:
        raise RuleError("This session has not begun yet, so nobody has come.")
    person = standing.record_of(_found_or_added(email, name).pk)
    registration = _registration_for(session, person)
    if registration.capacity == Capacity.NOT_SURE:
        registration.capacity = capacity
    _seat_walk_in(registration, session, by)
    _settle(registration, by)
    return registration


def _seat_walk_in(registration: Registration, session: Session, by: Person | None) -> None:
    registration.state, registration.seat = State.ATTENDED, session.free_seat()
    registration.list_number = registration.leaves_at = None
    registration.came_without_signing_up, registration.confirmed_by = True, by
    registration.save()


def _found_or_added(email: str, name: str) -> Person:
    known = Person.objects.filter(email=email).first() if email else None
    return known or Person.objects.create_user(email, name=name)


def _registration_for(session: Session, person: Person) -> Registration:
    """The registration with which they waited, or a new one."""
    registration = session.registrations.live().filter(person=person).first()
    if registration is None:
        return Registration(session=session, person=person, fee_pence=session.fee_pence)
    if registration.state != State.WAITING:
        raise RuleError(f"{person} is on the list of this session already. Mark them there.")
    return registration


def _settle(registration: Registration, by: Person | None) -> None:
    """The payment follows; somebody who was not sure is asked, once, in which capacity it was."""
    offering.settle(registration, by)
    if registration.state == State.ATTENDED and registration.is_unsure:
        mail.tell(registration.person, kinds.ASK_CAPACITY, registration)


def has_paid_session(person: Person, call: Call) -> bool:
    """Does this person hold a place in a session of this call that will earn the fee?

    To come, or not marked yet: what was marked has a payment.
    """
    mine = Registration.objects.filter(person=person, session__call=call, state=State.CONFIRMED)
    earning = mine.filter(fee_pence__isnull=False).exclude(capacity=Capacity.PAID_ROLE)
    return earning.exclude(session__state=Session.State.CANCELLED).exists()
