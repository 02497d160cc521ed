"""Booking, moving and cancelling a conversation. Each act holds the lock of the series' row, looks again, and can be
repeated; the messages and calendar updates that tell of it commit with it."""

from itertools import count

from django.db import transaction

from collective import clock, mail
from collective.errors import RuleError
from collective.models import Follow
from events import first_choice, opening
from events.models import Conversation, Slot
from events.models.conversation_states import State

EndedBecause = Conversation.EndedBecause


class SlotTaken(RuleError):
    """Somebody else has this time now: nothing is lost, another one can be chosen."""


@transaction.atomic
def book(slot, person, *, by_staff=False, **answers):
    """Book this slot for the person; a second click finds the first one's conversation.

    Raises SlotTaken where it is no longer free, RuleError where nobody can book, or they have one already.
    """
    series = slot.series.locked()
    if mine := series.conversations.live().filter(slot=slot, person=person).first():
        return mine
    series.check_booking(by_staff=by_staff)
    check_may_book(series, person)
    slot = _free(series, slot, person, by_staff=by_staff)
    conversation = Conversation(
        series=series, slot=slot, person=person, turn=free_turn(series, person), fee_pence=series.fee_pence, **answers
    )
    conversation.plan_reminder()
    conversation.save()
    _settle_wishes(series, person)
    _tell(conversation, "conversation_booked")
    return conversation


def check_may_book(series, person):
    """Raise RuleError for the host, and for who has as many booked as the host allows."""
    if person.pk == series.host_id:
        raise RuleError("This is your own series, so there is nobody to talk with but yourself.")
    if series.conversations.upcoming().filter(person=person).count() >= series.each_upcoming:
        raise RuleError("You have a conversation booked already. You can move it to another time.")


def _free(series, slot, person, *, by_staff=False, moving=None):
    free = series.slots.free_to(person, by_staff=by_staff, moving=moving)
    found = free.filter(pk=slot.pk).first()
    if found is None:
        raise SlotTaken("This time is no longer free. Nothing that you typed is lost: choose another one.")
    found.series = series
    return found


def free_turn(series, person):
    taken = set(series.conversations.filter(person=person, state=State.BOOKED).values_list("turn", flat=True))
    return next(number for number in count(1) if number not in taken)


def _settle_wishes(series, person):
    """They have a time now: what was kept beside it is free again, and nobody looks for another or tells of new."""
    first_choice.release(series, person)
    series.time_requests.open().filter(person=person).update(settled_at=clock.now())
    Follow.objects.filter(person=person, activity=series.pk).delete()


def locked(conversation):
    """The conversation, fresh and locked, with its fresh series: from the top."""
    series = conversation.series.locked()
    rows = Conversation.objects.select_for_update(no_key=True, of=("self",)).select_related("slot", "person")
    found = rows.get(pk=conversation.pk)
    found.series = found.slot.series = series
    return found


@transaction.atomic
def move(conversation, slot, *, by_staff=False):
    """Take the new slot and free the old one, in one transaction. Raises SlotTaken, or RuleError once it has begun."""
    conversation = locked(conversation)
    if conversation.slot_id == slot.pk:
        return conversation
    if not conversation.is_upcoming:
        raise RuleError("This conversation has begun, is over or was cancelled, so it can no longer be moved.")
    series, before = conversation.series, conversation.slot
    series.check_booking(by_staff=True)
    conversation.slot = _free(series, slot, conversation.person, by_staff=by_staff, moving=conversation)
    conversation.moved_from = before.starts_at
    conversation.plan_reminder()
    _changed(conversation)
    opening.freed(before, series)
    first_choice.release(series, conversation.person)
    _tell(conversation, "conversation_moved")
    return conversation


@transaction.atomic
def cancel(conversation, because, *, reason="", keeps_slot_open=True):
    """Cancel it, up to the start. Where the host cannot, they say why, and the person has first choice of new times.

    Raises RuleError without the host's reason, and once it has begun.
    """
    conversation = locked(conversation)
    if conversation.state == State.CANCELLED:
        return conversation
    if not conversation.is_upcoming:
        raise RuleError("This conversation has begun, so it can no longer be cancelled.")
    if because == EndedBecause.HOST and not reason.strip():
        raise RuleError("Say why, in a sentence: the person reads it.")
    conversation.state, conversation.ended_because, conversation.ended_reason = State.CANCELLED, because, reason.strip()
    conversation.next_reminder_at = None
    _changed(conversation)
    if keeps_slot_open:
        opening.freed(conversation.slot, conversation.series)
    else:
        Slot.objects.filter(pk=conversation.slot_id).update(state=Slot.State.CLOSED)
    if because == EndedBecause.HOST:
        first_choice.keep_nearest(conversation.series, conversation.person)
    conversation.settle_payment()
    _tell(conversation, "conversation_cancelled")
    return conversation


@transaction.atomic
def change_answers(conversation, **answers):
    """Change how they talk, the number, the topics, what helps, the capacity. Raises RuleError once it has begun."""
    conversation = locked(conversation)
    if not conversation.is_upcoming:
        raise RuleError("This conversation has begun or was cancelled, so the answers can no longer be changed.")
    way_before = (conversation.how, conversation.who_rings)
    for name, value in answers.items():
        setattr(conversation, name, value)
    if way_before == (conversation.how, conversation.who_rings):
        conversation.save()
    else:
        _changed(conversation)
        _tell(conversation, "conversation_changed")
    conversation.settle_payment()
    return conversation


@transaction.atomic
def set_link(conversation, link):
    """Give this conversation a video link of its own ("" for none); the person is told, once for each change."""
    conversation = locked(conversation)
    if not conversation.is_on:
        raise RuleError("This conversation is over or was cancelled.")
    if (conversation.video_link or "") == link:
        return conversation
    conversation.video_link = link or None
    _changed(conversation)
    if conversation.link:
        _tell(conversation, "conversation_link", host=False)
    return conversation


def _changed(conversation):
    """Save it with the next number for calendars (RFC 5545, 3.8.7.4)."""
    conversation.calendar_sequence += 1
    conversation.save()


def _tell(conversation, kind, *, host=True):
    """One message to the person and one to the host, for this change: its revision is the calendar's sequence."""
    until, revision = conversation.slot.ends_at, str(conversation.calendar_sequence)
    mail.tell(conversation.person, kind, conversation, revision=revision, not_after=until)
    if host:
        mail.tell(conversation.series.host, "host_news", conversation, revision=f"{kind}@{revision}", not_after=until)
