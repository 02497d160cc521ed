"""The steps of one registration, as they are written.

Whoever calls these holds the lock of the session's row and gives the session along; what people
are told of it is in telling.py.
"""

from events.models import Registration, Session
from events.models.registration_states import State
from events.sessions import access_needs


def confirm(registration: Registration, session: Session) -> None:
    """Give a place for good."""
    registration.seat = registration.seat or session.free_seat()
    registration.state = State.CONFIRMED
    registration.offer_until = registration.list_number = registration.leaves_at = None
    registration.save()


def join_list(registration: Registration, session: Session) -> None:
    """Wait at the end of the list: its order is the order in which the lock was held."""
    registration.state, registration.seat = State.WAITING, None
    registration.list_number = session.next_list_number()
    registration.save()


def end(registration: Registration, because: Registration.EndedBecause) -> None:
    """Let go of the place or the spot on the list, and call off what was arranged."""
    registration.state, registration.ended_because = State.CANCELLED, because
    registration.seat = registration.offer_until = registration.list_number = None
    registration.leaves_at = None
    registration.save()
    access_needs.withdraw(registration)
