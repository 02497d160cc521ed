"""Booking, moving and cancelling a conversation.

Each act holds the lock of the series' row, looks again, and can be repeated; the messages and
calendar updates that tell of it commit with it.
"""

from itertools import count
from typing import Unpack

from django.db import transaction

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.models import Person
from collective.people import standing
from events.conversations import kinds, leaving, news
from events.conversations.times import first_choice
from events.conversations.times.new_times import noting_new_times
from events.models import Conversation, ConversationSeries, Slot
from events.models.conversation import BookingAnswers
from events.models.conversation_states import State
from payments.owing import offering

EndedBecause = Conversation.EndedBecause


@transaction.atomic
def book(
    slot: Slot, person: Person, *, by_staff: bool = False, **answers: Unpack[BookingAnswers]
) -> Conversation:
    """Book this slot for the person; a second click finds the first one's conversation.

    Raises SlotTaken where it is no longer free, RuleError where nobody can book, or they have one
    already.
    """
    series = slot.series.locked()
    person = standing.record_of(person.pk)
    if mine := series.conversations.live().filter(slot=slot, person=person).first():
        return leaving.keep(mine) if mine.is_leaving else mine
    _let_go_of_the_other(series, person)
    check_may_book(series, person, slot, by_staff=by_staff)
    conversation = Conversation(
        series=series,
        slot=series.slots.free_to(person, by_staff=by_staff).pick(slot),
        person=person,
        turn=free_turn(series, person),
        fee_pence=series.fee_pence,
        forget_after_days=series.forget_after_days,
        **answers,
    )
    conversation.plan_reminder()
    conversation.save()
    with noting_new_times(series):
        first_choice.settle_wishes(series, person)
    news.tell_both(conversation, kinds.BOOKED)
    return conversation


def _let_go_of_the_other(series: ConversationSeries, person: Person) -> None:
    """One that they gave up by a link ends now, as they choose another time."""
    for row in series.conversations.filter(person=person, leaves_at__isnull=False):
        cancel(row, EndedBecause.PERSON)


def check_may_book(
    series: ConversationSeries, person: Person, slot: Slot, *, by_staff: bool = False
) -> None:
    """Raise RuleError where booking is not open, for the host, and for a person with enough booked.

    A slot that is kept for them is theirs all the same.
    """
    is_kept = series.slots.kept_for(person).filter(pk=slot.pk).exists()
    series.check_booking(by_staff=by_staff or is_kept)
    if person.pk == series.host_id:
        raise RuleError("The host of these conversations cannot book one.")
    if series.conversations.upcoming().filter(person=person).count() >= series.each_upcoming:
        raise RuleError(
            f"{person} has a conversation booked already. It can be moved to another time."
            if by_staff
            else "You have a conversation booked already. You can move it to another time."
        )


def free_turn(series: ConversationSeries, person: Person) -> int:
    """The first number that none of the person's booked conversations has."""
    booked = series.conversations.filter(person=person, state=State.BOOKED)
    taken = set(booked.values_list("turn", flat=True))
    return next(number for number in count(1) if number not in taken)


@transaction.atomic
def move(conversation: Conversation, slot: Slot, *, by_staff: bool = False) -> Conversation:
    """Take the new slot and free the old one, in one transaction.

    Raises SlotTaken, or RuleError once it has begun.
    """
    conversation = conversation.locked()
    if conversation.slot_id == slot.pk:
        return conversation
    if not conversation.is_upcoming:
        raise RuleError(
            "This conversation has begun, is over or was cancelled, so it can no longer be moved."
        )
    series, before = conversation.series, conversation.slot
    series.check_booking(by_staff=True)
    conversation.take_slot(conversation.other_times(by_staff=by_staff).pick(slot))
    with noting_new_times(series):
        conversation.save()
        before.give_back()
        first_choice.settle_wishes(series, conversation.person)
    news.tell_both(conversation, kinds.MOVED)
    return conversation


@transaction.atomic
def cancel(
    conversation: Conversation, because: str, *, reason: str = "", keeps_slot_open: bool = True
) -> Conversation:
    """Cancel it, up to the start.

    Where the host cannot, they say why, and the person has first choice of new times.

    Raises RuleError without the host's reason, and once it has begun.
    """
    conversation = conversation.locked()
    if conversation.state == State.CANCELLED:
        return conversation
    _check_may_cancel(conversation, because, reason)
    series, slot = conversation.series, conversation.slot
    with noting_new_times(series):
        _end(conversation, because, reason.strip())
        if keeps_slot_open:
            slot.give_back()
        else:
            slot.close()
        first_choice.keep_for_the_waiting(series)
        if because == EndedBecause.HOST:
            first_choice.keep_nearest(series, conversation.person, but=slot)
    offering.settle(conversation)
    news.tell_both(conversation, kinds.CANCELLED)
    return conversation


def _check_may_cancel(conversation: Conversation, because: str, reason: str) -> None:
    if not conversation.is_upcoming and not conversation.is_leaving:
        raise RuleError("This conversation has begun, so it can no longer be cancelled.")
    if because == EndedBecause.HOST and not reason.strip():
        raise RuleError("Say why, in a sentence: the person reads it.")


def _end(conversation: Conversation, because: str, reason: str) -> None:
    conversation.state, conversation.marked_at = State.CANCELLED, clock.now()
    conversation.ended_because, conversation.ended_reason = because, reason
    conversation.next_reminder_at = conversation.leaves_at = None
    conversation.calendar_sequence += 1
    conversation.save()


def let_go_all() -> sweeps.Counts:
    """The sweep: cancel what was given up by a link and not taken back; returns (seen, done)."""
    due = Conversation.objects.filter(leaves_at__lte=clock.now())
    return sweeps.each([(row,) for row in due.select_related("series").order_by("pk")], _let_go)


@transaction.atomic
def _let_go(conversation: Conversation) -> int:
    """Cancel it, unless it was taken back meanwhile."""
    locked = conversation.locked()
    if not locked.is_leaving or locked.can_take_back:
        return 0
    cancel(locked, EndedBecause.PERSON)
    return 1
