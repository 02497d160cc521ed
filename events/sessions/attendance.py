"""The session itself: people who came, and people who earn its fee."""

from django.db import transaction

from collective.errors import RuleError
from collective.messages import mail
from collective.models import Person
from events.models import Registration, Session
from events.models.registration_states import State
from events.sessions.messages import kinds, reminders
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
    registration.save()
    settle(registration, by)
    if state == State.ATTENDED:
        reminders.thank_whoever_is_marked_late(registration, session)
    return registration


def settle(registration: Registration, by: Person | None) -> None:
    """The payment follows; somebody who was not sure is asked, once, in which capacity it was."""
    offering.settle(registration, by)
    if registration.state == State.ATTENDED and registration.is_unsure:
        mail.tell(registration.person, kinds.ASK_CAPACITY, registration)


def calls_with_paid_session(person: Person) -> list[int]:
    """The calls in which this person holds a place in a session that will earn the fee.

    To come, or not marked yet: what was marked has a payment.
    """
    mine = Registration.objects.filter(person=person, state=State.CONFIRMED)
    earning = mine.filter(fee_pence__isnull=False).exclude(capacity=Capacity.PAID_ROLE)
    on = earning.exclude(session__state=Session.State.CANCELLED)
    return list(on.values_list("session__call", flat=True))
