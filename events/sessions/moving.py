"""Moving and cancelling a session: everybody is told, calendars and reminders follow, and staff see
it all before.

`rehearse` says who would be told what; `move` and `cancel` do it under the session's lock, in one
transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message, Person
from events.models import Reminder, Session
from events.models.registration_states import State
from events.sessions import access_needs, waiting_list
from payments.owing import offering

LONGEST, FURTHEST = timedelta(days=1), timedelta(days=730)
TOLD = [State.CONFIRMED, State.OFFERED, State.WAITING]


@dataclass(frozen=True)
class Rehearsal:
    """What would happen: people by state and channel, companions, and the reminders with their new
    times.
    """

    told: list  # (state in words, {"email": n, "phone": n, "post": n}, how many)
    companions: int
    reminders: list  # (reminder, when it was due, when it would be)
    to_call_off: int  # things arranged for people, where the session is cancelled

    @property
    def people(self):
        return sum(row[2] for row in self.told)


def rehearse(
    session: Session, *, starts_at: datetime | None = None, ends_at: datetime | None = None
) -> Rehearsal:
    """Look at what moving it to these times (or, without times, cancelling it) would do.

    Changes nothing.
    """
    return Rehearsal(
        told=_counted(session),
        companions=sum(1 for row in _with_companion(session) if row.companion_email),
        reminders=_reminders(session, starts_at, ends_at) if starts_at else [],
        to_call_off=session.registrations.filter(
            needs__state__in=["arranging", "arranged"]
        ).count(),
    )


def _counted(session: Session):
    rows = (
        session.registrations.filter(state__in=TOLD).order_by().values("state", "person__reach_by")
    )
    by_state = {}
    for row in rows.annotate(people=Count("pk")):
        by_state.setdefault(row["state"], {})[row["person__reach_by"]] = row["people"]
    return [
        (State(key).label, by_state[key], sum(by_state[key].values()))
        for key in TOLD
        if key in by_state
    ]


def _with_companion(session: Session):
    return session.registrations.filter(state=State.CONFIRMED, companion__isnull=False)


def _reminders(session: Session, starts_at: datetime, ends_at: datetime):
    moved = Session(starts_at=starts_at, ends_at=ends_at)
    rows = []
    for reminder in session.reminders.all():
        before = reminder.due_at
        after = Reminder(
            session=moved,
            what=reminder.what,
            days_before=reminder.days_before,
            at_time=reminder.at_time,
            minutes_before=reminder.minutes_before,
        )
        goes_out = reminder.fanned_out_at is None or _comes_again(reminder, after.moment())
        rows.append((reminder, before, after.moment() if goes_out else None))
    return rows


def _comes_again(reminder, moment: datetime):
    """Does one that went out for the old time go out once more for the new one?

    How to join is sent once.
    """
    return reminder.what != Reminder.What.JOINING and moment > clock.now()


@transaction.atomic
def move(session: Session, *, starts_at: datetime, ends_at: datetime, note: str = ""):
    """Move the session; everybody on it is told and may leave.

    Raises RuleError for a time that cannot be.
    """
    moved = session.locked()
    check_times(moved, starts_at, ends_at)
    waiting_list.release_lapsed(moved)
    moved.moved_from, moved.moved_note = moved.starts_at, note
    moved.starts_at, moved.ends_at = starts_at, ends_at
    for reminder in moved.reminders.exclude(fanned_out_at=None):
        reminder.session = moved
        if _comes_again(reminder, reminder.moment()):
            moved.reminders.filter(pk=reminder.pk).update(fanned_out_at=None)
    moved.save()
    access_needs.follow_move(moved)
    _follow_offers(moved)
    _tell(moved, "moved")
    return moved


def check_times(session: Session, starts_at: datetime, ends_at: datetime) -> None:
    """Raise RuleError, with what to do, for a session that cannot be moved, or not to these
    times.
    """
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


def _follow_offers(session: Session) -> None:
    """An offer never outlasts the start; one that nobody was told of yet is kept until the new
    one.
    """
    for row in session.registrations.filter(state=State.OFFERED).select_for_update(no_key=True):
        until = (
            session.starts_at
            if row.offer_waits_to_be_told
            else min(row.offer_until, session.starts_at)
        )
        row.offer_until = until
        row.save()
        offers = Message.objects.filter(about=row.pk, kind="offered", state=Message.State.WAITING)
        offers.update(not_after=until)


@transaction.atomic
def cancel(session: Session, reason: str, by: Person | None = None):
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
    waiting = Message.objects.filter(state=Message.State.WAITING)
    for about in (cancelled.registrations.values("pk"), cancelled.announcements.values("pk")):
        waiting.filter(about__in=about).update(state=Message.State.DROPPED)
    access_needs.withdraw_all(cancelled)
    _tell(cancelled, "cancelled")
    _pay_who_had_a_place(cancelled, by)
    return cancelled


def _pay_who_had_a_place(session: Session, by: Person) -> None:
    """Where the call pays although it fell through: whoever held a place has earned the fee."""
    if session.call.pays_if_it_falls_through:
        rows = (
            session.registrations.filter(state=State.CONFIRMED)
            .select_related("person")
            .order_by("pk")
        )
        rows = list(rows.select_for_update(no_key=True, of=("self",)))
        offering.lock_people(row.person_id for row in rows)
        for row in rows:
            row.session, row.confirmed_by = session, by
            row.save(update_fields=["confirmed_by"])
            offering.settle(row, by)


def _tell(session: Session, kind: str) -> None:
    """One message each, for this change: its revision is the calendar's sequence."""
    revision = str(session.calendar_sequence)
    for row in session.registrations.filter(state__in=TOLD).select_related("person").order_by("pk"):
        row.session = session
        mail.tell(
            row.person,
            kind,
            row,
            revision=revision,
            not_after=session.worth_telling_until(row.person),
        )
        if row.companion_email and row.state == State.CONFIRMED:
            row.tell_companion("companion_news", revision=revision, not_after=session.ends_at)


@transaction.atomic
def send_joining_details_again(session: Session) -> int:
    """They changed: send them once more; returns to how many people.

    A second click in the same minute sends nothing more. Raises RuleError before they went out.
    """
    locked = session.locked()
    if not locked.joining_details_are_out:
        raise RuleError(
            "The joining details have not gone out yet, so there is nothing to send again."
        )
    rows = (
        locked.registrations.filter(state=State.CONFIRMED).select_related("person").order_by("pk")
    )
    for row in rows:
        row.tell_joining_details(locked, revision=f"{clock.now():%Y-%m-%dT%H:%M}")
    return len(rows)
