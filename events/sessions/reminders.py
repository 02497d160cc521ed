"""Reminders: one row a session and offset; when it is due, a sweep makes one message for each who
is coming.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.messages import mail
from events.models import Registration, Reminder, Session

State = Registration.State


def fan_out_all_due():
    """Send what is due of every session; returns (seen, done)."""
    due = list(
        Reminder.objects.due(clock.now()).order_by("-due_at").values_list("pk", "session_id")[:50]
    )
    return sweeps.each(due, fan_out)


@transaction.atomic
def fan_out(pk: UUID, session_id) -> int:
    """Write the messages of one reminder, once; under the session's lock, so that nobody confirmed
    now is missed.
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
        # a session that was moved nearer: one reminder, not all that were missed
        earlier = session.reminders.due(clock.now()).filter(
            what=reminder.what, due_at__lte=reminder.due_at
        )
        earlier.update(fanned_out_at=clock.now())
    return told


def hold_after_restore(taken_at: datetime, now: datetime) -> int:
    """Reminders that were due may have gone out since the backup: they do not go out again.

    Returns how many.

    Joining details that nobody had written have not; they wait for staff as before.
    """
    due = Reminder.objects.due(now).select_related("session")
    held = [reminder.pk for reminder in due if not reminder.waits_for_staff]
    return Reminder.objects.filter(pk__in=held).update(fanned_out_at=now)


def _whom(reminder: Reminder, session: Session):
    states = (
        [State.CONFIRMED, State.ATTENDED]
        if reminder.what == Reminder.What.AFTER
        else [State.CONFIRMED]
    )
    return session.registrations.filter(state__in=states).select_related("person").order_by("pk")


def _tell(reminder: Reminder, registration: Registration) -> int:
    if reminder.what == Reminder.What.JOINING:
        registration.tell_joining_details(reminder.session)
    elif reminder.is_for(registration.person):
        revision = f"{reminder.pk}@{reminder.due_at.timestamp():.0f}"
        mail.tell(
            registration.person,
            reminder.what,
            registration,
            revision=revision,
            not_after=reminder.not_after,
        )
    else:
        return 0
    return 1
