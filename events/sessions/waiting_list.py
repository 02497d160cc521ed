"""The waiting list: its order, and how free places go to the next in it.

Every act here runs under the lock of the session's row. The order is `list_number`, drawn from a
counter under that lock, so it is the order in which the sign-ups were committed.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import mail
from events.models import Registration, Session
from events.models.registration_states import State
from events.sessions import offers, registration_steps
from events.sessions.messages import kinds

SMALLEST = Decimal("0.000001")  # of a list number


@transaction.atomic
def move(registration: Registration, position: int, reason: str) -> Registration:
    """Staff move somebody on the list to this position, with a reason that others can read.

    Position 1 is the next in order. Raises RuleError for somebody who does not wait, and without a
    reason.
    """
    session, registration = registration.locked()
    if registration.state != State.WAITING:
        raise RuleError(f"{registration.person} is not on the waiting list.")
    if not reason.strip():
        raise RuleError("Say why: whoever looks at the list later wants to understand it.")
    others = session.registrations.waiting().exclude(pk=registration.pk)
    registration.list_number = _number_at(session, position, others.list_numbers())
    registration.list_reason = reason.strip()
    registration.save()
    return registration


def first_number(session: Session) -> Decimal:
    """A number before everybody who waits. Raises RuleError where there is no room."""
    return _number_at(session, 1, session.registrations.waiting().list_numbers())


def _number_at(session: Session, position: int, others: list[Decimal]) -> Decimal:
    """A number between the neighbours at this position, or the next one at the end of the list."""
    index = max(1, min(position, len(others) + 1)) - 1
    if index == len(others):
        return Decimal(session.next_list_number())
    before, after = others[index - 1] if index else Decimal(0), others[index]
    between = ((before + after) / 2).quantize(SMALLEST)
    if between in {before, after}:
        where = "between these two" if index else "before the first on the list"
        raise RuleError(
            f"There is no room {where} any more. Move somebody there by a position first."
        )
    return between


def offer_free_places(session: Session) -> None:
    """Offer every free place to the next in order.

    Not where staff offer by hand, and not where there is no time to answer: from then on staff see
    the free place on Today, and may ring somebody.
    """
    takes_people = session.state in {Session.State.OPEN, Session.State.CLOSED}
    if session.offers_by_hand or not takes_people or not session.makes_offers:
        return
    waiting = session.registrations.waiting().select_related("person")
    in_order = waiting.select_for_update(no_key=True, of=("self",))
    for registration in in_order[: max(session.free_places, 0)]:
        offers.offer(registration, session)


def release_lapsed(session: Session) -> int:
    """End the offers that nobody answered in time, tell those people, and offer the places on.

    Returns how many.
    """
    if session.state == Session.State.CANCELLED:
        return 0  # they are told that it is cancelled; nobody waits for their answer
    past = session.registrations.filter(state=State.OFFERED, offer_until__lte=clock.now())
    lapsed = past.select_related("person").select_for_update(no_key=True, of=("self",))
    for registration in lapsed:
        _end_lapsed(registration, session)
    if lapsed:
        offer_free_places(session)
    return len(lapsed)


def _end_lapsed(registration: Registration, session: Session) -> None:
    knew = not registration.offer_waits_to_be_told
    registration_steps.end(registration, Registration.EndedBecause.LAPSED)
    if knew:
        until = session.ends_at
        mail.tell(registration.person, kinds.OFFER_LAPSED, registration, not_after=until)


@transaction.atomic
def move_on(session_id: UUID) -> int:
    """Release one session's lapsed offers and offer its free places, under its lock; returns 1."""
    session = Session.objects.lock(session_id)
    release_lapsed(session)
    offer_free_places(session)
    return 1


def move_all_on() -> tuple[int, int]:
    """The sweep: sessions with an offer past its time, or a free place while somebody waits.

    Returns (seen, done).
    """
    past = Registration.objects.filter(state=State.OFFERED, offer_until__lte=clock.now())
    lapsed = past.exclude(session__state=Session.State.CANCELLED)
    free = [row.pk for row in Session.objects.with_places_to_offer() if row.makes_offers]
    keys = {*lapsed.values_list("session_id", flat=True), *free}
    return sweeps.each([(key,) for key in sorted(keys)], move_on)


@transaction.atomic
def offer_by_hand(registration: Registration) -> Registration:
    """Staff offer a free place to this person.

    Raises RuleError if none is free or they do not wait.
    """
    session, registration = registration.locked()
    release_lapsed(session)
    if registration.state != State.WAITING:
        raise RuleError(f"{registration.person} is not on the waiting list.")
    if session.has_started or session.shown_state == Session.State.CANCELLED:
        raise RuleError("This session has begun or is cancelled, so no place can be offered.")
    if session.free_places <= 0:
        raise RuleError("No place is free. Raise the number of places first.")
    offers.offer(registration, session)
    return registration


def move_on_after_restore(taken_at: datetime, now: datetime) -> int:
    """After a backup was restored: what only time has brought since; returns how many sessions."""
    return move_all_on()[1]
