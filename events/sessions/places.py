"""Places in a session: who gets one, says yes or no to an offered one, or gives one back.

Each act locks from the top, looks again and can be repeated without harm.
"""

from typing import Unpack

from django.db import transaction

from collective.errors import RuleError
from collective.messages import mail
from collective.models import Person
from collective.people import standing
from events.models import Registration, Session
from events.models.answers import Answers
from events.models.registration_states import State
from events.sessions import access_needs, leaving, registration_steps, waiting_list
from events.sessions.messages import kinds, telling

EndedBecause = Registration.EndedBecause
NOT_BOOKABLE: dict[str, str] = {
    Session.State.CANCELLED: "This session is cancelled, so we cannot book places in it.",
    Session.State.HAPPENED: "This session is over, so we cannot book places in it.",
    Session.State.TO_BE_CONFIRMED: (
        "The date of this session is not set yet. You can ask us to tell you when it is."
    ),
}
NOT_OPEN: dict[str, str] = {
    Session.State.CLOSED: (
        "Sign-up for this session is closed. Call or write to us if you would still like to come."
    ),
    "opens_later": (
        "Sign-up for this session is not open yet. You can ask us to tell you when it opens."
    ),
}
HAS_BEGUN = "This session has begun, and no place is free to book."


def check_booking(session: Session) -> None:
    """Raise RuleError, with a sentence for the person, if not even staff can book anybody."""
    if session.shown_state in NOT_BOOKABLE:
        raise RuleError(NOT_BOOKABLE[session.shown_state])


def check_sign_up(session: Session) -> None:
    """Raise RuleError, with a sentence for the person, if nobody can sign up now."""
    check_booking(session)
    if session.shown_state in NOT_OPEN:
        raise RuleError(NOT_OPEN[session.shown_state])


@transaction.atomic
def sign_up(session: Session, person: Person, **answers: Unpack[Answers]) -> Registration:
    """Give the person a place, or a spot on the waiting list if it is full.

    Returns the live registration if there is one already. Raises RuleError if sign-up is not open.
    """
    session = _locked_without_lapsed_offers(session)
    person = standing.record_of(person.pk)
    if registration := _live_one(session, person):
        return registration
    check_sign_up(session)
    return _take_in(session, person, answers)


@transaction.atomic
def book(session: Session, person: Person, **answers: Unpack[Answers]) -> Registration:
    """The same by staff, who may also book before sign-up opens and after it has closed."""
    session = _locked_without_lapsed_offers(session)
    person = standing.record_of(person.pk)
    if registration := _live_one(session, person):
        return registration
    check_booking(session)
    return _take_in(session, person, answers)


def sign_up_again(registration: Registration) -> Registration:
    """Sign up with the same answers: a place if one is free, else the end of the list."""
    return sign_up(registration.session, registration.person, **registration.answers)


def book_again(registration: Registration) -> Registration:
    """The same by staff, also where sign-up is closed."""
    return book(registration.session, registration.person, **registration.answers)


def _locked_without_lapsed_offers(session: Session) -> Session:
    locked = session.locked()
    waiting_list.release_lapsed(locked)
    return locked


def _live_one(session: Session, person: Person) -> Registration | None:
    """The live registration; one that was being given up by a link is kept, as they want it."""
    registration = session.registrations.live().filter(person=person).first()
    if registration and registration.is_leaving:
        leaving.keep(registration, session)
    return registration


def _take_in(session: Session, person: Person, answers: Answers) -> Registration:
    registration = Registration(
        session=session, person=person, fee_pence=session.fee_pence, **answers
    )
    if not session.is_full:
        registration_steps.confirm(registration, session)
    elif session.has_started:
        raise RuleError(HAS_BEGUN)
    else:
        registration_steps.join_list(registration, session)
    access_needs.record(registration, session)
    telling.tell_result_of_sign_up(registration, session)
    return registration


@transaction.atomic
def accept(registration: Registration) -> Registration:
    """Take the offered place. Raises RuleError if the offer has ended."""
    session, registration = registration.locked()
    if registration.state == State.CONFIRMED:
        return registration
    if not registration.offer_is_open or session.shown_state == Session.State.CANCELLED:
        raise RuleError(
            "This offer has ended, so we cannot book the place. Below is what you can do now."
        )
    registration_steps.confirm(registration, session)
    telling.tell_booked(registration, session)
    return registration


@transaction.atomic
def decline(registration: Registration) -> Registration:
    """Say no to the offered place; it goes to the next in order.

    Raises RuleError if there is no offer.
    """
    session, registration = registration.locked()
    if registration.ended_because == EndedBecause.DECLINED:
        return registration
    if registration.state != State.OFFERED:
        raise RuleError(leaving.NO_OFFER)
    registration_steps.end(registration, EndedBecause.DECLINED)
    mail.tell(registration.person, kinds.DECLINED, registration, not_after=session.ends_at)
    waiting_list.offer_free_places(session)
    return registration


@transaction.atomic
def give_up(
    registration: Registration, because: EndedBecause = EndedBecause.GAVE_UP
) -> Registration:
    """Give back the place or the spot on the list; the freed place is offered on at once.

    Raises RuleError when the session is over.
    """
    session, registration = registration.locked()
    if registration.state == State.CANCELLED:
        return registration
    if not registration.can_give_up:
        raise RuleError("This session is over, so there is no place to give back.")
    registration_steps.end(registration, because)
    mail.tell(registration.person, kinds.GIVEN_UP, registration, not_after=session.ends_at)
    waiting_list.offer_free_places(session)
    return registration


@transaction.atomic
def set_places(session: Session, places: int) -> int:
    """Raise the places, and offers go out; or lower them, and nobody loses a place.

    Returns how many places are held now.
    """
    if places < 1:
        raise RuleError("A session has at least one place.")
    session = session.locked()
    session.places = places
    Session.objects.filter(pk=session.pk).update(places=places)
    waiting_list.release_lapsed(session)
    waiting_list.offer_free_places(session)
    return session.registrations.holding().count()
