"""Reminders: one row a session and offset; when it is due, everybody who is coming gets a message.

A sweep finds what is due and writes the messages.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.messages import mail
from collective.models import Message
from events.models import Registration, Reminder, Session
from events.models.registration_states import RegistrationQuerySet
from events.sessions.messages import telling
from payments.owing.offering import TIME_TO_UNDO

State = Registration.State
A_BATCH = 50


def fan_out_all_due() -> tuple[int, int]:
    """The sweep: write what is due of every session; returns (seen, done)."""
    due = Reminder.objects.due(clock.now()).order_by("-due_at")
    return sweeps.each(list(due.values_list("pk", "session_id")[:A_BATCH]), fan_out)


@transaction.atomic
def fan_out(pk: int, session_id: UUID) -> int:
    """Write the messages of one reminder, once; returns how many.

    Under the session's lock, so that nobody confirmed now is missed.
    """
    session = Session.objects.lock(session_id)
    reminder = Reminder.objects.due(clock.now()).filter(pk=pk).first()
    if reminder is None:
        return 0
    reminder.session = session
    if reminder.waits_for_staff:
        return 0
    told = 0
    if not reminder.is_too_late:
        told = sum(_tell(reminder, registration) for registration in _whom(reminder, session))
    Reminder.objects.filter(pk=pk).update(fanned_out_at=clock.now())
    if reminder.what == Reminder.What.REMINDER:
        _skip_earlier(reminder, session)
    return told


def _skip_earlier(reminder: Reminder, session: Session) -> None:
    """A session that was moved nearer: one reminder goes out, not all that were missed."""
    due = session.reminders.due(clock.now()).filter(what=reminder.what)
    due.filter(due_at__lte=reminder.due_at).update(fanned_out_at=clock.now())


def comes_again(reminder: Reminder, moment: datetime | None) -> bool:
    """Does one that went out for the old time go out once more at this moment, for the new one?

    How to join is sent once.
    """
    return moment is not None and moment > clock.now() and not reminder.sends_joining_details


def send_again_after_move(session: Session) -> None:
    """The session has a new time, not saved yet: what went out for the old one goes out again."""
    for reminder in session.reminders.exclude(fanned_out_at=None):
        reminder.session = session
        if comes_again(reminder, reminder.moment()):
            session.reminders.filter(pk=reminder.pk).update(fanned_out_at=None)


def hold_after_restore(taken_at: datetime, now: datetime) -> int:
    """Reminders that were due may have gone out since the backup: they do not go out again.

    Returns how many. Joining details that nobody had written have not gone out; they wait for
    staff as before.
    """
    due = Reminder.objects.due(now).select_related("session")
    held = [reminder.pk for reminder in due if not reminder.waits_for_staff]
    return Reminder.objects.filter(pk__in=held).update(fanned_out_at=now)


def _whom(reminder: Reminder, session: Session) -> RegistrationQuerySet:
    """People who are coming; thanks go to people who are marked as there."""
    is_thanks = reminder.what == Reminder.What.AFTER
    rows = session.registrations.filter(state=State.ATTENDED if is_thanks else State.CONFIRMED)
    return rows.select_related("person").order_by("pk")


def thank_whoever_is_marked_late(registration: Registration, session: Session) -> None:
    """Thanks went out already: somebody who is marked as there only now has them, too, once.

    A little later, so that a slip can be undone before. The caller holds the session's lock.
    """
    thanks = session.reminders.filter(what=Reminder.What.AFTER).exclude(fanned_out_at=None).first()
    told = Message.objects.filter(about=registration.pk, kind=Reminder.What.AFTER)
    if thanks is None or told.exclude(state=Message.State.DROPPED).exists():
        return
    thanks.session, now = session, clock.now()
    if thanks.is_too_late:
        return
    mail.tell(
        registration.person,
        thanks.what,
        registration,
        revision=now.isoformat(),
        due_at=now + TIME_TO_UNDO,
        not_after=thanks.not_after,
    )


def _tell(reminder: Reminder, registration: Registration) -> int:
    """Tell one person; returns 1, or 0 where this reminder is not for them."""
    if reminder.sends_joining_details:
        telling.tell_how_to_join(registration, reminder.session)
        return 1
    if not reminder.is_for(registration.person) or reminder.due_at is None:
        return 0
    mail.tell(
        registration.person,
        reminder.what,  # its kind has the same name
        registration,
        revision=f"{reminder.pk}@{reminder.due_at.timestamp():.0f}",
        not_after=reminder.not_after,
    )
    return 1
