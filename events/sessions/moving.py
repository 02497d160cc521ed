"""Moving and cancelling a session: people are told, calendars and reminders follow.

Each acts under the session's lock, in one transaction. rehearsing.py says before what each would
do.
"""

from datetime import datetime, timedelta

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.models import Message, Person
from events.models import Session
from events.models.registration_states import State
from events.sessions import access_needs, offers, waiting_list
from events.sessions.messages import kinds, reminders, telling
from payments.owing import offering

LONGEST, FURTHEST = timedelta(days=1), timedelta(days=730)
TOLD = [State.CONFIRMED, State.OFFERED, State.WAITING]


@transaction.atomic
def move(session: Session, *, starts_at: datetime, ends_at: datetime, note: str = "") -> Session:
    """Move the session; everybody on it is told and may leave.

    Raises RuleError for a time that cannot be.
    """
    moved = session.locked()
    check_times(moved, starts_at, ends_at)
    waiting_list.release_lapsed(moved)
    moved.moved_from, moved.moved_note = moved.starts_at, note
    moved.starts_at, moved.ends_at = starts_at, ends_at
    reminders.send_again_after_move(moved)
    moved.save()
    access_needs.follow_move(moved)
    offers.follow_move(moved)
    _tell(moved, kinds.MOVED)
    return moved


def check_times(session: Session, starts_at: datetime, ends_at: datetime) -> None:
    """Raise RuleError, with what to do, where the session cannot move, or not to these times."""
    if session.has_started or session.state == Session.State.CANCELLED:
        raise RuleError("This session has begun or is cancelled, so it can no longer be moved.")
    if starts_at <= clock.now():
        raise RuleError("The new time is over already. Choose one that is still to come.")
    if not timedelta(0) < ends_at - starts_at <= LONGEST:
        raise RuleError("The end comes after the start, and within a day of it.")
    if starts_at > clock.now() + FURTHEST:
        raise RuleError("This is more than two years away. Is the year right?")
    if (starts_at, ends_at) == (session.starts_at, session.ends_at):
        raise RuleError("That is the time that it has now.")


@transaction.atomic
def cancel(session: Session, reason: str, by: Person | None = None) -> Session:
    """Cancel it for good; everybody on it reads the reason.

    Raises RuleError without one, or when it is over.
    """
    cancelled = session.locked()
    if cancelled.state == Session.State.CANCELLED:
        return cancelled
    if cancelled.has_ended:
        raise RuleError("This session is over, so it can no longer be cancelled.")
    if not reason.strip():
        raise RuleError("Say why: people read it.")
    cancelled.state, cancelled.cancelled_because = Session.State.CANCELLED, reason.strip()
    cancelled.save()
    _drop_messages(cancelled)
    access_needs.withdraw_all(cancelled)
    _tell(cancelled, kinds.CANCELLED)
    if cancelled.call.pays_if_it_falls_through:
        _pay_people_with_a_place(cancelled, by)
    return cancelled


def _drop_messages(session: Session) -> None:
    """What waits to go out about it is no longer true."""
    waiting = Message.objects.filter(state=Message.State.WAITING)
    for rows in (session.registrations.all(), session.announcements.all()):
        keys = rows.values_list("pk", flat=True)
        waiting.filter(about__in=keys).update(state=Message.State.DROPPED)


def _pay_people_with_a_place(session: Session, by: Person | None) -> None:
    """The call pays although it fell through: whoever held a place has earned the fee."""
    held = session.registrations.filter(state=State.CONFIRMED).select_related("person")
    rows = list(held.order_by("pk").select_for_update(no_key=True, of=("self",)))
    offering.lock_people(row.person_id for row in rows)
    for row in rows:
        row.session, row.confirmed_by = session, by
        row.save(update_fields=["confirmed_by"])
        offering.settle(row, by)


def _tell(session: Session, kind: str) -> None:
    on_it = session.registrations.filter(state__in=TOLD).select_related("person")
    for row in on_it.order_by("pk"):
        row.session = session
        telling.tell_change(row, session, kind)
