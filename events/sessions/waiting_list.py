"""The waiting list: who is offered a free place, until when, and what happens if nobody answers.

Every act here runs under the lock of the session's row. The order is `list_number`, drawn from a
counter under that lock, so it is the order in which the sign-ups were committed.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message
from events.models import Registration, Session
from events.models.registration import free_seat
from events.models.registration_states import State

# (if the session is at least this far away, this is how long to answer); docs/how-it-works.md shows
# it
TIME_TO_ANSWER = [
    (timedelta(days=7), timedelta(hours=48)),
    (timedelta(days=3), timedelta(hours=24)),
    (timedelta(days=1), timedelta(hours=6)),
    (timedelta(hours=6), timedelta(hours=2)),
    (timedelta(hours=2), timedelta(minutes=45)),
    (timedelta(0), timedelta(minutes=20)),
]
SMALLEST = Decimal("0.000001")  # of a list number


def offer_until(session: Session, moment: datetime) -> datetime | None:
    """When an offer made at this moment ends: sooner the nearer the session is, and never past its
    start.
    """
    left = session.starts_at - moment
    answer_in = next((span for least, span in TIME_TO_ANSWER if left >= least), timedelta(0))
    return min(moment + answer_in, session.starts_at)


def offer(registration: Registration, session: Session) -> None:
    """Keep a place for this person until a time, and tell them.

    Who is told by staff has the time to answer from the moment at which they are told; until then
    the place is kept.
    """
    now, by_hand = clock.now(), registration.person.is_told_by_hand
    registration.state, registration.seat = State.OFFERED, free_seat(session)
    registration.offer_until = session.starts_at if by_hand else offer_until(session, now)
    registration.offer_told_at = None if by_hand else now
    registration.save()
    mail.tell(
        registration.person,
        "offered",
        registration,
        revision=now.isoformat(),
        not_after=registration.offer_until,
    )


@transaction.atomic
def start_offer(registration: Registration) -> None:
    """Staff have told the person: from now on they have the usual time to answer.

    Told twice, nothing changes.
    """
    session, registration = registration.locked()
    if registration.offer_waits_to_be_told:
        registration.offer_told_at = clock.now()
        registration.offer_until = offer_until(session, clock.now())
        registration.save()


@transaction.atomic
def hold_until_told(registration: Registration) -> None:
    """The mail with the offer came to nobody: the place is kept until staff have told them.

    Raises RuleError for an offer that has ended.
    """
    session, registration = registration.locked()
    if not registration.offer_is_open:
        raise RuleError("This offer has ended, so there is nothing to tell any more.")
    registration.offer_told_at, registration.offer_until = None, session.starts_at
    registration.save()
    offers = Message.objects.filter(about=registration.pk, kind="offered")
    offers.update(not_after=session.starts_at)


@transaction.atomic
def take_back_offer(registration: Registration) -> Registration:
    """Undo an offer: back to the same place on the list; who knew of it is told.

    Raises RuleError without one.
    """
    session, registration = registration.locked()
    if registration.state != State.OFFERED or registration.list_number is None:
        raise RuleError(f"{registration.person} has no offer any more.")
    knew = registration.offer_told_at is not None
    registration.state, registration.seat = State.WAITING, None
    registration.offer_until = registration.offer_told_at = None
    registration.save()
    untold = Message.objects.filter(
        about=registration.pk, kind="offered", state=Message.State.WAITING
    )
    if not untold.update(state=Message.State.DROPPED) and knew:
        revision = clock.now().isoformat()
        mail.tell(
            registration.person,
            "offer_taken_back",
            registration,
            revision=revision,
            not_after=session.starts_at,
        )
    # staff are deciding who comes next: otherwise the sweep would offer it to the same person again
    Session.objects.filter(pk=session.pk).update(offers_by_hand=True)
    return registration


@transaction.atomic
def move(registration: Registration, position: int, reason: str) -> Registration:
    """Staff move somebody on the list to this position (1 is the next in order), with a reason that
    others can read.

    The number lies between its new neighbours'. Raises RuleError for who does not wait, and without
    a reason.
    """
    session, registration = registration.locked()
    if registration.state != State.WAITING:
        raise RuleError(f"{registration.person} is not on the waiting list.")
    if not reason.strip():
        raise RuleError("Say why: whoever looks at the list later wants to understand it.")
    registration.list_number = _number_for(session, registration, position)
    registration.list_reason = reason.strip()
    registration.save()
    return registration


def _number_for(session: Session, registration: Registration, position: int):
    others = list(
        session.registrations.waiting()
        .exclude(pk=registration.pk)
        .values_list("list_number", flat=True)
    )
    position = max(1, min(position, len(others) + 1))
    if position > len(others):
        session.last_list_number += 1
        Session.objects.filter(pk=session.pk).update(last_list_number=session.last_list_number)
        return session.last_list_number
    before, after = others[position - 2] if position > 1 else Decimal(0), others[position - 1]
    between = ((before + after) / 2).quantize(SMALLEST)
    if between in {before, after}:
        raise RuleError(
            "There is no room between these two any more. Move one of them by a position first."
        )
    return between


def offer_free_places(session: Session) -> None:
    """Offer every free place to the next in order, unless staff do it by hand or there is no time
    to answer.
    """
    if session.offers_by_hand or session.has_started or not session.has_date or session.has_ended:
        return
    if session.state not in {Session.State.OPEN, Session.State.CLOSED}:
        return
    waiting = session.registrations.waiting().select_related("person")
    for registration in waiting.select_for_update(no_key=True, of=("self",))[
        : max(session.free_places, 0)
    ]:
        offer(registration, session)


def release_lapsed(session: Session) -> int:
    """End the offers that nobody answered in time, tell those people, and offer the places on."""
    if session.state == Session.State.CANCELLED:
        return 0  # they are told that it is cancelled; nobody waits for their answer
    past = session.registrations.filter(state=State.OFFERED, offer_until__lte=clock.now())
    lapsed = past.select_related("person").select_for_update(no_key=True, of=("self",))
    for registration in lapsed:
        knew = not registration.offer_waits_to_be_told
        registration.end(Registration.EndedBecause.LAPSED)
        if knew:
            mail.tell(registration.person, "offer_lapsed", registration, not_after=session.ends_at)
    if lapsed:
        offer_free_places(session)
    return len(lapsed)


@transaction.atomic
def move_on(session_id) -> int:
    """Release one session's lapsed offers and offer its free places, under its lock; returns 1."""
    session = Session.objects.lock(session_id)
    release_lapsed(session)
    offer_free_places(session)
    return 1


def move_all_on():
    """The sweep: sessions with an offer past its time, or with a free place while somebody waits;
    (seen, done).
    """
    lapsed = Registration.objects.filter(state=State.OFFERED, offer_until__lte=clock.now())
    lapsed = lapsed.exclude(session__state=Session.State.CANCELLED)
    coming = Session.objects.filter(starts_at__gt=clock.now(), offers_by_hand=False)
    free = coming.filter(state__in=[Session.State.OPEN, Session.State.CLOSED]).with_counts()
    free = free.filter(waiting__gt=0, held__lt=F("places")).values_list("pk", flat=True)
    return sweeps.each(
        [(key,) for key in sorted({*lapsed.values_list("session_id", flat=True), *free})], move_on
    )


@transaction.atomic
def offer_by_hand(registration: Registration) -> Registration:
    """Staff offer a free place to this person.

    Raises RuleError if none is free or they do not wait.
    """
    session, registration = registration.locked()
    release_lapsed(session)
    if registration.state != State.WAITING:
        raise RuleError(f"{registration.person} is not on the waiting list.")
    if session.has_started or session.shown_state == "cancelled":
        raise RuleError("This session has begun or is cancelled, so no place can be offered.")
    if session.free_places <= 0:
        raise RuleError("No place is free. Raise the number of places first.")
    offer(registration, session)
    return registration


def move_on_after_restore(taken_at: datetime, now: datetime):
    """After a backup was restored: what only time has brought since; returns how many sessions."""
    return move_all_on()[1]
