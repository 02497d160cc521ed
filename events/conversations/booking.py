"""Booking, moving and cancelling a conversation.

Each act holds the lock of the series' row, looks again, and can be repeated; the messages and
calendar updates that tell of it commit with it.
"""

from itertools import count

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Follow, Person
from events.conversations import first_choice, opening, single_times
from events.models import Conversation, ConversationSeries, Slot
from events.models.conversation_states import State
from payments.owing import offering

EndedBecause = Conversation.EndedBecause


class SlotTaken(RuleError):
    """Somebody else has this time now: nothing is lost, another one can be chosen."""


@transaction.atomic
def book(slot: Slot, person: Person, *, by_staff: bool = False, **answers):
    """Book this slot for the person; a second click finds the first one's conversation.

    Raises SlotTaken where it is no longer free, RuleError where nobody can book, or they have one
    already.
    """
    series = slot.series.locked()
    if mine := series.conversations.live().filter(slot=slot, person=person).first():
        return mine
    check_may_book(series, person, slot, by_staff=by_staff)
    slot = _free(series, slot, person, by_staff=by_staff)
    conversation = Conversation(
        series=series,
        slot=slot,
        person=person,
        turn=free_turn(series, person),
        fee_pence=series.fee_pence,
        **answers,
    )
    conversation.plan_reminder()
    conversation.save()
    _settle_wishes(series, person)
    _tell(conversation, "conversation_booked")
    return conversation


def check_may_book(
    series: ConversationSeries, person: Person, slot: Slot | None = None, *, by_staff: bool = False
) -> None:
    """Raise RuleError where booking is not open (a slot that is kept for them is theirs all the
    same), for the host, and for who has as many booked as the host allows.
    """
    is_kept = slot is not None and series.slots.kept_for(person).filter(pk=slot.pk).exists()
    series.check_booking(by_staff=by_staff or is_kept)
    if person.pk == series.host_id:
        raise RuleError("The host of these conversations cannot book one.")
    if series.conversations.upcoming().filter(person=person).count() >= series.each_upcoming:
        raise RuleError(
            f"{person} has a conversation booked already. It can be moved to another time."
            if by_staff
            else "You have a conversation booked already. You can move it to another time."
        )


def _free(
    series: ConversationSeries, slot: Slot, person: Person, *, by_staff: bool = False, moving=None
):
    free = series.slots.free_to(person, by_staff=by_staff, moving=moving)
    found = free.filter(pk=slot.pk).first()
    if found is None:
        raise SlotTaken("This time is no longer free. Please choose another one.")
    found.series = series
    return found


def free_turn(series: ConversationSeries, person: Person) -> int:
    taken = set(
        series.conversations.filter(person=person, state=State.BOOKED).values_list(
            "turn", flat=True
        )
    )
    return next(number for number in count(1) if number not in taken)


def _settle_wishes(series: ConversationSeries, person: Person) -> None:
    """They have a time now: what was kept beside it is free again, and nobody looks for another or
    tells of new.
    """
    with opening.noting_new_times(series):
        first_choice.release(series, person)
        series.time_requests.open().filter(person=person).update(settled_at=clock.now())
        first_choice.serve(series)
    Follow.objects.filter(person=person, activity=series.pk).delete()


def locked(conversation: Conversation) -> Conversation:
    """The conversation, fresh and locked, with its fresh series: from the top."""
    series = conversation.series.locked()
    rows = Conversation.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "slot", "person"
    )
    found = rows.get(pk=conversation.pk)
    found.series = found.slot.series = series
    return found


@transaction.atomic
def move(conversation: Conversation, slot: Slot, *, by_staff: bool = False) -> Conversation:
    """Take the new slot and free the old one, in one transaction.

    Raises SlotTaken, or RuleError once it has begun.
    """
    conversation = locked(conversation)
    if conversation.slot_id == slot.pk:
        return conversation
    if not conversation.is_upcoming:
        raise RuleError(
            "This conversation has begun, is over or was cancelled, so it can no longer be moved."
        )
    series, before = conversation.series, conversation.slot
    series.check_booking(by_staff=True)
    with opening.noting_new_times(series):
        conversation.slot = _free(
            series, slot, conversation.person, by_staff=by_staff, moving=conversation
        )
        conversation.moved_from = before.starts_at
        conversation.plan_reminder()
        _changed(conversation)
        single_times.freed(before)
        _settle_wishes(series, conversation.person)
    _tell(conversation, "conversation_moved")
    return conversation


@transaction.atomic
def cancel(
    conversation: Conversation, because: str, *, reason: str = "", keeps_slot_open: bool = True
) -> Conversation:
    """Cancel it, up to the start.

    Where the host cannot, they say why, and the person has first choice of new times.

    Raises RuleError without the host's reason, and once it has begun.
    """
    conversation = locked(conversation)
    if conversation.state == State.CANCELLED:
        return conversation
    if not conversation.is_upcoming:
        raise RuleError("This conversation has begun, so it can no longer be cancelled.")
    if because == EndedBecause.HOST and not reason.strip():
        raise RuleError("Say why, in a sentence: the person reads it.")
    conversation.ended_because, conversation.ended_reason = because, reason.strip()
    with opening.noting_new_times(conversation.series):
        _end(conversation, keeps_slot_open)
        first_choice.serve(conversation.series)
        if because == EndedBecause.HOST:
            first_choice.keep_nearest(
                conversation.series, conversation.person, but=conversation.slot
            )
    offering.settle(conversation)
    _tell(conversation, "conversation_cancelled")
    return conversation


def _end(conversation: Conversation, keeps_slot_open: bool) -> None:
    conversation.state, conversation.marked_at = State.CANCELLED, clock.now()
    conversation.next_reminder_at = None
    _changed(conversation)
    if keeps_slot_open:
        single_times.freed(conversation.slot)
    else:
        Slot.objects.filter(pk=conversation.slot_id).update(state=Slot.State.CLOSED)


@transaction.atomic
def change_answers(conversation: Conversation, **answers) -> Conversation:
    """Change how they talk, the number, the topics, what helps, the capacity.

    Raises RuleError once it has begun.
    """
    conversation = locked(conversation)
    if not conversation.is_upcoming:
        raise RuleError(
            "This conversation has begun or was cancelled, so the answers can no longer be changed."
        )
    way_before = (conversation.how, conversation.who_rings)
    for name, value in answers.items():
        setattr(conversation, name, value)
    if way_before == (conversation.how, conversation.who_rings):
        conversation.save()
    else:
        _changed(conversation)
        _tell(conversation, "conversation_changed")
    offering.settle(conversation)
    return conversation


@transaction.atomic
def set_link(conversation: Conversation, link) -> Conversation:
    """Give this conversation a video link of its own ("" for none); the person is told, once for
    each change. Raises RuleError by phone, and once it is over.
    """
    conversation = locked(conversation)
    if not conversation.is_on or conversation.is_by_phone:
        raise RuleError("This conversation is by phone, is over or was cancelled.")
    if (conversation.video_link or "") != link:
        conversation.video_link = link or None
        conversation.save(update_fields=["video_link"])
        _tell_how_to_join(conversation)
    return conversation


def joining_changed(series: ConversationSeries, *, link, number: int) -> int:
    """The host's usual link, or number, is another one: who has booked and joins by it is told.

    Returns how many. The caller holds the series. Raises RuleError where somebody is to ring and
    there is no number any more.
    """
    on = series.conversations.filter(state=State.BOOKED, slot__ends_at__gt=clock.now())
    rows = list(on.select_related("person", "slot").order_by("pk"))
    told = 0
    for row in rows:
        row.series = series
        rings = row.is_by_phone and not row.host_rings
        if rings and not series.ring_host_on:
            raise RuleError(
                f"{row.person} is to ring you on this number, so please leave one, or cancel "
                "that first."
            )
        if (rings and number) or (link and not row.is_by_phone and not row.video_link):
            _tell_how_to_join(row)
            told += 1
    return told


def _tell_how_to_join(conversation: Conversation) -> None:
    """For each change anew: the newest mail says how to join."""
    revision, until = (
        f"{clock.now():%Y%m%dT%H%M%S%f}@{conversation.calendar_sequence}",
        conversation.slot.ends_at,
    )
    mail.tell(
        conversation.person, "conversation_link", conversation, revision=revision, not_after=until
    )


def _changed(conversation: Conversation) -> None:
    """Save it with the next number for calendars (RFC 5545, 3.8.7.4)."""
    conversation.calendar_sequence += 1
    conversation.save()


def _tell(conversation: Conversation, kind: str) -> None:
    """One message to the person and one to the host, for this change: its revision is the
    calendar's sequence.
    """
    until, revision = conversation.slot.ends_at, str(conversation.calendar_sequence)
    mail.tell(conversation.person, kind, conversation, revision=revision, not_after=until)
    mail.tell(
        conversation.series.host,
        "host_news",
        conversation,
        revision=f"{kind}@{revision}",
        not_after=until,
    )
