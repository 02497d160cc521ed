"""The steps of one registration: what is written, and what the person is told.

Whoever calls these holds the lock of the session's row and gives the session along.
"""

from collective.messages import mail
from events.models import Registration, Session
from events.models.registration_states import State
from events.sessions import access_needs, joining_details, kinds


def confirm(registration: Registration, session: Session) -> None:
    """Give a place for good; if the others know already how to join, send that at once."""
    registration.seat = registration.seat or session.free_seat()
    registration.state = State.CONFIRMED
    registration.offer_until = registration.list_number = None
    registration.save()
    until = session.worth_telling_until(registration.person)
    mail.tell(registration.person, kinds.BOOKED, registration, not_after=until)
    if session.joining_details_are_out:
        joining_details.tell(registration, session)


def join_list(registration: Registration, session: Session) -> None:
    """Wait at the end of the list: its order is the order in which the lock was held."""
    registration.state, registration.seat = State.WAITING, None
    registration.list_number = session.next_list_number()
    registration.save()
    mail.tell(registration.person, kinds.WAITING, registration, not_after=session.starts_at)


def end(registration: Registration, because: Registration.EndedBecause) -> None:
    """Let go of the place or the spot on the list, and call off what was arranged."""
    registration.state, registration.ended_because = State.CANCELLED, because
    registration.seat = registration.offer_until = registration.list_number = None
    registration.save()
    access_needs.withdraw(registration)
