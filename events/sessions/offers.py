"""Offers of a place: until when one holds, who told it, and how it is taken back.

Every act here runs under the lock of the session's row.
"""

from datetime import datetime, timedelta

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message
from events.models import Registration, Session
from events.models.registration_states import State
from events.models.session import LEAST_TO_ANSWER
from events.sessions.messages import kinds
from payments import working_days

# (if the session is at least this far away, this is the least time to answer);
# docs/how-it-works.md shows it
TIME_TO_ANSWER = [
    (timedelta(days=7), timedelta(hours=48)),
    (timedelta(days=3), timedelta(hours=24)),
    (timedelta(days=1), timedelta(hours=6)),
    (timedelta(hours=6), timedelta(hours=2)),
    (timedelta(hours=2), timedelta(minutes=45)),
    (timedelta(0), timedelta(minutes=20)),
]
REMIND_BEFORE = timedelta(hours=7)  # at ten, where an offer ends at five
WORTH_REMINDING = timedelta(hours=4)  # an offer that stands as long is reminded of


def offer_until(starts_at: datetime, moment: datetime) -> datetime:
    """When an offer made at this moment ends: at five on a working day, when somebody can be rung.

    It leaves at least the time of the table, or less where offers stop before that. One that staff
    make later than that ends by the clock, and never past the start.
    """
    left = starts_at - moment
    least = next((span for far, span in TIME_TO_ANSWER if left >= far), timedelta(0))
    stop = working_days.last_end_before_day_of(starts_at)
    if moment > stop - LEAST_TO_ANSWER:
        return min(moment + least, starts_at)
    return min(working_days.first_end_from(moment + least), stop)


def remind_at(told_at: datetime, until: datetime) -> datetime | None:
    """When the person is reminded, once: on the last morning, or half way where that is later.

    None for an offer that stands too short a time to be reminded of.
    """
    if until - told_at < WORTH_REMINDING:
        return None
    return max(until - REMIND_BEFORE, told_at + (until - told_at) / 2)


def offer(registration: Registration, session: Session) -> None:
    """Keep a place for this person until a time, and tell them.

    Somebody whom staff ring or write to has the time to answer from when they are told; until then
    the place is kept.
    """
    now, by_hand = clock.now(), registration.person.is_told_by_hand
    registration.state, registration.seat = State.OFFERED, session.free_seat()
    registration.offer_until = session.start if by_hand else offer_until(session.start, now)
    registration.offer_told_at = None if by_hand else now
    registration.save()
    revision, until = now.isoformat(), registration.offer_until
    mail.tell(registration.person, kinds.OFFERED, registration, revision=revision, not_after=until)
    reminder = None if by_hand else remind_at(now, until)
    if reminder:
        mail.tell(
            registration.person,
            kinds.OFFER_ENDS,
            registration,
            revision=revision,
            due_at=reminder,
            not_after=until,
        )


@transaction.atomic
def start_to_count(registration: Registration) -> None:
    """Staff have told the person: from now on they have the usual time to answer.

    Told twice, nothing changes.
    """
    session, registration = registration.locked()
    if registration.offer_waits_to_be_told:
        registration.offer_told_at = clock.now()
        registration.offer_until = offer_until(session.start, clock.now())
        registration.save()


@transaction.atomic
def hold_until_told(registration: Registration) -> None:
    """The mail with the offer came to nobody: the place is kept until staff have told them.

    Raises RuleError for an offer that has ended.
    """
    session, registration = registration.locked()
    if not registration.offer_is_open:
        raise RuleError("This offer has ended, so there is nothing to tell any more.")
    registration.offer_told_at, registration.offer_until = None, session.start
    registration.save()
    offers = Message.objects.filter(about=registration.pk, kind=kinds.OFFERED)
    offers.update(not_after=session.start)


@transaction.atomic
def take_back(registration: Registration) -> Registration:
    """Undo an offer: back to the same place on the list; a person who knew of it is told.

    Raises RuleError without one.
    """
    session, registration = registration.locked()
    if registration.state != State.OFFERED or registration.list_number is None:
        raise RuleError(f"{registration.person} has no offer any more.")
    knew = registration.offer_told_at is not None
    registration.state, registration.seat = State.WAITING, None
    registration.offer_until = registration.offer_told_at = None
    registration.save()
    if not _drop_untold(registration) and knew:
        mail.tell(
            registration.person,
            kinds.OFFER_TAKEN_BACK,
            registration,
            revision=clock.now().isoformat(),
            not_after=session.starts_at,
        )
    # staff decide who comes next: otherwise the sweep would offer it to the same person again
    Session.objects.filter(pk=session.pk).update(offers_by_hand=True)
    return registration


def _drop_untold(registration: Registration) -> int:
    """Drop what was to tell of the offer and has not gone out; returns how many messages."""
    untold = Message.objects.filter(
        about=registration.pk, kind=kinds.OFFERED, state=Message.State.WAITING
    )
    return untold.update(state=Message.State.DROPPED)


def follow_move(session: Session) -> None:
    """The session has another start, past which no offer lasts.

    One that nobody was told of yet is kept until the new start.
    """
    offered = session.registrations.filter(state=State.OFFERED)
    for row in offered.select_for_update(no_key=True):
        told_until = None if row.offer_waits_to_be_told else row.offer_until
        row.offer_until = min(told_until or session.start, session.start)
        row.save()
        untold = Message.objects.filter(
            about=row.pk, kind=kinds.OFFERED, state=Message.State.WAITING
        )
        untold.update(not_after=row.offer_until)
