"""Reminders of conversations, a day and an hour before: a sweep writes each message once, when it
is due.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.messages import mail
from events.conversations import booking
from events.models import Conversation, ConversationSeries
from events.models.conversation_states import State

if TYPE_CHECKING:
    from collective.models import Person

A_BATCH = 200


def remind_all():
    """Write what is due; returns (seen, done)."""
    due = Conversation.objects.filter(state=State.BOOKED, next_reminder_at__lte=clock.now())
    rows = due.select_related("series").order_by("next_reminder_at", "pk")[:A_BATCH]
    return sweeps.each([(row,) for row in rows], remind)


@transaction.atomic
def remind(conversation: Conversation) -> int:
    """One reminder, under the lock, so that none is written for a time that is just being left;
    returns 0 or 1.
    """
    conversation = booking.locked(conversation)
    due, now = conversation.next_reminder_at, clock.now()
    if conversation.state != State.BOOKED or due is None or due > now:
        return 0
    passed = [time for time in conversation.reminder_times() if time <= now]
    is_day_before = len(passed) == 1
    conversation.plan_reminder()
    Conversation.objects.filter(pk=conversation.pk).update(
        next_reminder_at=conversation.next_reminder_at
    )
    starts_at = conversation.slot.starts_at
    if starts_at <= now or not _is_for(conversation.person, is_day_before):
        return 0
    revision = f"{starts_at:%Y%m%dT%H%M}-{'day' if is_day_before else 'hour'}"
    mail.tell(
        conversation.person,
        "conversation_reminder",
        conversation,
        revision=revision,
        not_after=starts_at,
    )
    return 1


def _is_for(person: "Person", is_day_before: bool):
    """Who is told by phone or post is reminded once, the day before, and by nobody who is asked not
    to.
    """
    return person.wants_reminders and (not person.is_told_by_hand or is_day_before)


def hold_after_restore(taken_at: datetime, now: datetime) -> int:
    """Reminders and news of new times may have gone out since the backup: not once more.

    Returns how many.
    """
    held = ConversationSeries.objects.filter(new_times_since__isnull=False).update(
        new_times_since=None
    )
    for row in Conversation.objects.filter(
        state=State.BOOKED, next_reminder_at__lte=now
    ).select_related("slot"):
        row.plan_reminder(after=now)
        held += Conversation.objects.filter(pk=row.pk).update(next_reminder_at=row.next_reminder_at)
    return held
