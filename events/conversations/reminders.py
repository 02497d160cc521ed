"""Reminders of conversations, a day and an hour before; a sweep writes each once."""

from datetime import datetime

from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.messages import mail
from collective.models import Person
from events.conversations import kinds
from events.models import Conversation, ConversationSeries
from events.models.conversation_states import State

A_BATCH = 200


def remind_all() -> tuple[int, int]:
    """The sweep: write the reminders that are due; returns (seen, done)."""
    staying = Conversation.objects.filter(state=State.BOOKED, leaves_at=None)
    due = staying.filter(next_reminder_at__lte=clock.now())
    rows = due.select_related("series").order_by("next_reminder_at", "pk")[:A_BATCH]
    return sweeps.each([(row,) for row in rows], remind)


@transaction.atomic
def remind(conversation: Conversation) -> int:
    """Write one reminder, if it is due; returns 0 or 1.

    Under the lock, so that none is written for a time that is just being left.
    """
    conversation = conversation.locked()
    due, now = conversation.next_reminder_at, clock.now()
    if conversation.state != State.BOOKED or conversation.is_leaving or due is None or due > now:
        return 0
    is_day_before = sum(at <= now for at in conversation.reminder_times()) == 1
    _plan_next(conversation, now)
    starts_at = conversation.slot.starts_at
    if starts_at <= now or not _is_reminded(conversation.person, is_day_before):
        return 0
    mail.tell(
        conversation.person,
        kinds.REMINDER,
        conversation,
        revision=f"{starts_at:%Y%m%dT%H%M}-{'day' if is_day_before else 'hour'}",
        not_after=starts_at,
    )
    return 1


def _plan_next(conversation: Conversation, now: datetime) -> int:
    conversation.plan_reminder(after=now)
    return Conversation.objects.filter(pk=conversation.pk).update(
        next_reminder_at=conversation.next_reminder_at
    )


def _is_reminded(person: Person, is_day_before: bool) -> bool:
    """Does this person want reminders? Told by phone or post, they get one, the day before."""
    return person.wants_reminders and (not person.is_told_by_hand or is_day_before)


def hold_after_restore(taken_at: datetime, now: datetime) -> int:
    """Reminders and news of new times may have gone out since the backup: not once more.

    Returns how many.
    """
    noted = ConversationSeries.objects.filter(new_times_since__isnull=False)
    held = noted.update(new_times_since=None)
    due = Conversation.objects.filter(state=State.BOOKED, next_reminder_at__lte=now)
    for row in due.select_related("slot"):
        held += _plan_next(row, now)
    return held
