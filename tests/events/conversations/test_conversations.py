"""Booking, moving, cancelling and what becomes of a conversation: the rules."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from collective import clock
from collective.errors import RuleError
from collective.models import Follow, Message
from events.conversations import booking, invariants, outcomes
from events.conversations.times import first_choice, wishes
from events.models import Conversation, Slot
from events.models.slot import SlotTaken
from payments.models import Payment
from payments.owing import offering
from tests.factories import (
    KICK_OFF,
    CallFactory,
    CoordinatorFactory,
    PersonFactory,
    PhonePersonFactory,
    SeriesFactory,
    SessionFactory,
    book,
    sign_up,
    slot_of,
    slots_of,
)
from tests.messages import kinds

pytestmark = pytest.mark.usefixtures("early")
State = Conversation.State


@pytest.fixture
def series(db):
    return SeriesFactory()


def test_booking_takes_the_slot_and_tells_both(series):
    slot = slot_of(series)

    conversation = book(slot)

    assert (conversation.state, conversation.fee_pence) == (State.BOOKED, 2500)
    assert not series.slots.free_to(AnonymousUser()).exists()
    assert kinds(conversation.person) == {"conversation_booked": 1}
    assert kinds(series.host) == {"host_news": 1}


def test_second_click_finds_the_first_ones_conversation(series):
    slot, person = slot_of(series), PersonFactory()

    assert book(slot, person) == book(slot, person)
    assert Conversation.objects.count() == 1


def test_slot_that_somebody_has_booked_is_taken(series):
    slot = slot_of(series)
    book(slot)

    with pytest.raises(SlotTaken):
        book(slot)


def test_one_person_has_one_upcoming_conversation_of_a_series(series):
    (first, second), person = slots_of(series, 2), PersonFactory()
    book(first, person)

    with pytest.raises(RuleError, match="booked already"):
        book(second, person)


def test_host_can_allow_more_than_one(series):
    series.each_upcoming = 2
    series.save()
    (first, second), person = slots_of(series, 2), PersonFactory()

    assert [book(first, person).turn, book(second, person).turn] == [1, 2]


def test_another_one_can_be_booked_while_an_old_one_is_not_marked(series, early):
    person = PersonFactory()
    book(slot_of(series), person)
    early.move_to(KICK_OFF + timedelta(days=1))

    again = book(slot_of(series, KICK_OFF + timedelta(days=9)), person)

    assert again.turn == 2


def test_host_cannot_book_themselves(series):
    with pytest.raises(RuleError, match="cannot book one"):
        book(slot_of(series), series.host)


@pytest.mark.parametrize("state", ["to_be_confirmed", "closed", "cancelled", "happened"])
def test_nobody_books_where_booking_is_not_open(series, state):
    slot = slot_of(series)
    series.state = state
    series.save()

    with pytest.raises(RuleError):
        book(slot)


def test_slot_within_the_least_notice_is_not_free_but_staff_may_book_it(series):
    slot, person = slot_of(series, clock.now() + timedelta(hours=5)), PersonFactory()

    with pytest.raises(SlotTaken):
        book(slot, person)

    assert book(slot, person, by_staff=True).state == State.BOOKED


def test_day_with_as_many_conversations_as_the_host_holds_is_full(series):
    series.most_per_day = 1
    series.save()
    morning, evening = slot_of(series), slot_of(series, KICK_OFF + timedelta(hours=4))
    other_day = slot_of(series, KICK_OFF + timedelta(days=1))
    conversation = book(morning)

    assert list(series.slots.free_to(PersonFactory())) == [other_day]
    assert booking.move(conversation, evening).slot == evening


def test_database_refuses_two_live_conversations_in_one_slot(series):
    first, second = (book(slot) for slot in slots_of(series, 2))

    with pytest.raises(IntegrityError, match="one_conversation_a_slot"), transaction.atomic():
        Conversation.objects.filter(pk=second.pk).update(slot=first.slot)


def test_database_refuses_slots_of_one_host_that_overlap_breaks_included(series):
    slot_of(series)

    with pytest.raises(IntegrityError, match="one_slot_at_a_time_for_a_host"), transaction.atomic():
        slot_of(SeriesFactory(host=series.host), KICK_OFF + timedelta(minutes=50))


def test_slot_right_after_the_break_is_good(series):
    slot_of(series)

    assert slot_of(series, KICK_OFF + timedelta(minutes=60)).pk


def test_closed_slots_may_overlap(series):
    slot_of(series, state="closed")

    assert slot_of(series, KICK_OFF + timedelta(minutes=5)).pk


# Moving


def test_move_takes_the_new_slot_and_frees_the_old_one(series):
    old, new = slots_of(series, 2)
    conversation = book(old)

    moved = booking.move(conversation, new)

    assert (moved.pk, moved.slot, moved.moved_from, moved.calendar_sequence) == (
        conversation.pk,
        new,
        KICK_OFF,
        1,
    )
    assert list(series.slots.free_to(AnonymousUser())) == [old]
    assert kinds(conversation.person)["conversation_moved"] == 1
    assert kinds(series.host) == {"host_news": 2}


def test_move_to_a_slot_that_is_taken_keeps_the_old_one(series):
    old, taken = slots_of(series, 2)
    conversation = book(old)
    book(taken)

    with pytest.raises(SlotTaken):
        booking.move(conversation, taken)

    conversation.refresh_from_db()
    assert conversation.slot == old


def test_conversation_that_has_begun_cannot_be_moved_or_cancelled(series, early):
    old, new = slots_of(series, 2)
    conversation = book(old)
    early.move_to(KICK_OFF)

    with pytest.raises(RuleError, match="begun"):
        booking.move(conversation, new)
    with pytest.raises(RuleError, match="begun"):
        booking.cancel(conversation, Conversation.EndedBecause.PERSON)


# Cancelling


def test_cancelled_conversation_frees_its_slot_and_tells_both(series):
    slot = slot_of(series)
    conversation = booking.cancel(book(slot), Conversation.EndedBecause.PERSON)

    assert (conversation.state, conversation.calendar_sequence) == (State.CANCELLED, 1)
    assert list(series.slots.free_to(AnonymousUser())) == [slot]
    assert kinds(conversation.person)["conversation_cancelled"] == 1
    assert kinds(series.host)["host_news"] == 2


def test_cancelling_up_to_the_last_second_before_the_start(series, early):
    conversation = book(slot_of(series))
    early.move_to(KICK_OFF - timedelta(seconds=1))

    assert booking.cancel(conversation, Conversation.EndedBecause.PERSON).state == State.CANCELLED


def test_host_says_why_and_the_person_has_first_choice(series):
    first, *others = slots_of(series, 5)
    conversation = book(first)

    with pytest.raises(RuleError, match="Say why"):
        booking.cancel(conversation, Conversation.EndedBecause.HOST)
    booking.cancel(
        conversation, Conversation.EndedBecause.HOST, reason="I am ill.", keeps_slot_open=False
    )

    assert list(series.slots.kept_for(conversation.person)) == others[:3]
    assert list(series.slots.free_to(PersonFactory())) == others[3:]
    first.refresh_from_db()
    assert first.state == Slot.State.CLOSED


def test_kept_slots_are_free_for_everybody_after_two_days_sweep_or_not(series, early):
    first, second = slots_of(series, 2)
    conversation = book(first)
    booking.cancel(conversation, "host", reason="Ill.", keeps_slot_open=False)
    early.shift(timedelta(hours=48))

    assert list(series.slots.free_to(PersonFactory())) == [second]
    first_choice.release_lapsed()
    second.refresh_from_db()
    assert second.kept_for is None


def test_booking_one_kept_slot_frees_the_others(series):
    first, second, third = slots_of(series, 3)
    conversation = book(first)
    booking.cancel(conversation, "host", reason="Ill.", keeps_slot_open=False)

    book(second, conversation.person)

    assert list(series.slots.free_to(PersonFactory())) == [third]


# Wishes


def test_wish_is_answered_by_a_slot_kept_for_the_person(series):
    person = PersonFactory()
    asked = wishes.ask(series, person, "Sundays")

    slot = wishes.offer_new_time(asked, KICK_OFF.date(), (KICK_OFF + timedelta(hours=1)).time())

    assert list(series.slots.kept_for(person)) == [slot]
    assert not series.slots.free_to(PersonFactory()).exists()
    assert kinds(person) == {"time_offered": 1}


def test_new_slot_that_was_offered_and_not_taken_goes(series, early):
    person = PersonFactory()
    asked = wishes.ask(series, person, "Sundays")
    slot = wishes.offer_new_time(asked, KICK_OFF.date(), KICK_OFF.time())
    early.shift(timedelta(hours=49))

    assert not series.slots.free_to(PersonFactory()).exists()
    first_choice.release_lapsed()
    slot.refresh_from_db()
    assert slot.state == Slot.State.GONE


def test_booking_settles_the_wish_and_the_wait_for_new_times(series):
    person = PersonFactory()
    asked = wishes.ask(series, person, "Sundays")
    Follow.objects.create(person=person, activity=series)

    book(slot_of(series), person)

    asked.refresh_from_db()
    assert asked.settled_at == clock.now()
    assert not Follow.objects.exists()


def test_wish_asked_twice_is_one_with_the_newest_words(series):
    person = PersonFactory()
    wishes.ask(series, person, "Sundays")

    assert wishes.ask(series, person, "Mondays").wish == "Mondays"
    assert series.time_requests.count() == 1


# Outcomes and payment


def mark(conversation, state, early):
    early.move_to(conversation.slot.ends_at)
    return outcomes.mark(conversation, state, conversation.series.host)


def test_held_conversation_earns_its_fee_once_confirmed_by_the_host(series, early):
    conversation = book(slot_of(series))

    mark(conversation, State.HELD, early)
    mark(conversation, State.HELD, early)

    payment = Payment.objects.get()
    assert (payment.fee_pence, payment.confirmed_by, payment.reason) == (
        2500,
        series.host,
        "took_part",
    )
    assert (payment.person, payment.happened_on) == (conversation.person, KICK_OFF.date())


def test_fee_is_the_one_that_was_offered_when_it_was_booked(series, early):
    conversation = book(slot_of(series))
    type(series).objects.filter(pk=series.pk).update(fee_pence=100)

    mark(conversation, State.HELD, early)

    assert Payment.objects.get().fee_pence == 2500


def test_mark_that_was_wrong_cancels_the_payment_and_right_again_brings_it_back(series, early):
    conversation = book(slot_of(series))
    mark(conversation, State.HELD, early)
    states = []
    for state in (State.MISSED, State.HELD):
        mark(conversation, state, early)
        states.append(Payment.objects.get().state)

    assert states == ["cancelled", "due"]


def test_two_conversations_of_one_person_are_two_payments(series, early):
    person = PersonFactory()
    series.each_upcoming = 2
    series.save()
    both = [book(slot, person) for slot in slots_of(series, 2)]

    for conversation in both:
        mark(conversation, State.HELD, early)

    assert sorted(Payment.objects.values_list("occasion", flat=True)) == sorted(
        row.pk for row in both
    )


def test_payment_that_staff_made_by_hand_is_the_payment_of_the_conversation(series, early):
    conversation = book(slot_of(series))
    decision = offering.Decision(conversation.person, series, 2500, "Agreed")
    by_hand = offering.pay_by_hand(decision, CoordinatorFactory())

    mark(conversation, State.HELD, early)

    conversation.refresh_from_db()
    assert conversation.payment == by_hand
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("state", [State.HOST_MISSED, State.FAILED])
def test_conversation_not_held_through_no_fault_of_theirs_is_paid_if_staff_say_so(
    series, early, state
):
    conversation = book(slot_of(series))
    mark(conversation, state, early)
    assert not Payment.objects.exists()
    staff = CoordinatorFactory()

    outcomes.decide_payment(conversation, True, staff)

    payment = Payment.objects.get()
    assert (payment.reason, payment.confirmed_by) == ("fell_through", staff)


def test_person_who_was_not_sure_is_asked_where_staff_pay_all_the_same(series, early):
    conversation = book(slot_of(series), capacity="not_sure")
    mark(conversation, State.FAILED, early)

    outcomes.decide_payment(conversation, True, CoordinatorFactory())

    assert kinds(conversation.person)["ask_conversation_capacity"] == 1
    outcomes.correct_capacity(conversation, "personal", conversation.person)
    assert Payment.objects.get().reason == "fell_through"


def test_host_does_not_overturn_what_staff_have_decided_on_the_payment(series, early):
    conversation = book(slot_of(series))
    mark(conversation, State.FAILED, early)
    outcomes.decide_payment(conversation, True, CoordinatorFactory())

    with pytest.raises(RuleError, match="decided on the payment already"):
        mark(conversation, State.MISSED, early)


def test_person_whom_the_host_missed_can_book_anew_with_first_choice(series, early):
    slot, *others = slots_of(series, 4)
    conversation = book(slot)

    mark(conversation, State.HOST_MISSED, early)

    assert (
        list(series.slots.kept_for(conversation.person)) == others[1:]
    )  # the first comes too soon
    assert book(others[1], conversation.person).is_upcoming


def test_person_who_did_not_come_is_not_paid_and_is_told_gently(series, early):
    conversation = book(slot_of(series))

    mark(conversation, State.MISSED, early)

    assert not Payment.objects.exists()
    assert kinds(conversation.person)["conversation_not_held"] == 1
    with pytest.raises(RuleError, match="host missed"):
        outcomes.decide_payment(conversation, True, CoordinatorFactory())


def test_nothing_is_noted_before_it_has_begun(series):
    with pytest.raises(RuleError, match="not begun"):
        outcomes.mark(book(slot_of(series)), State.HELD, series.host)


def test_nobody_decides_on_their_own_conversation(series, early):
    person = CoordinatorFactory()
    conversation = book(slot_of(series), person)
    mark(conversation, State.FAILED, early)

    with pytest.raises(RuleError, match="their own"):
        outcomes.mark(conversation, State.HELD, person)
    with pytest.raises(RuleError, match="of their own"):
        outcomes.decide_payment(conversation, True, person)


def test_small_fee_is_not_added_to_a_paid_session(db, early):
    call, person, later = (
        CallFactory(pay_rule="small_fee_only"),
        PersonFactory(),
        KICK_OFF + timedelta(days=20),
    )
    sign_up(SessionFactory(call=call, starts_at=later, ends_at=later + timedelta(hours=2)), person)

    mark(book(slot_of(SeriesFactory(call=call)), person), State.HELD, early)

    assert not Payment.objects.exists()


def test_person_who_was_not_sure_is_asked_and_then_paid(series, early):
    conversation = book(slot_of(series), capacity="not_sure")
    mark(conversation, State.HELD, early)
    assert kinds(conversation.person)["ask_conversation_capacity"] == 1

    outcomes.correct_capacity(conversation, "personal", conversation.person)

    assert Payment.objects.get().confirmed_by == series.host


def test_person_told_by_phone_gets_tasks_for_staff(series):
    person = PhonePersonFactory()
    conversation = book(slot_of(series), person)
    booking.cancel(conversation, Conversation.EndedBecause.STAFF)

    assert set(Message.objects.filter(person=person).values_list("channel", flat=True)) == {"phone"}


def test_invariants_hold_and_a_broken_one_is_named(series):
    conversation = book(slot_of(series))
    assert invariants.broken() == []

    Slot.objects.filter(pk=conversation.slot_id).update(state="closed")

    assert invariants.broken() == [
        ("a conversation to come has an open slot of its own series", [conversation.pk])
    ]
