"""Places and the waiting list: the rules themselves."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from collective import clock
from collective.clock import LONDON
from collective.errors import RuleError
from collective.messages import mail
from collective.safety import steps
from events.models import Registration, Session
from events.sessions import attendance, door, offers, places, retention, waiting_list
from events.sessions.door import Newcomer
from tests.factories import KICK_OFF, PersonFactory, SessionFactory, fill, sign_up
from tests.messages import kinds

State = Registration.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early")]


def states(*registrations):
    for registration in registrations:
        registration.refresh_from_db()
    return [registration.state for registration in registrations]


def test_person_who_signs_up_while_places_are_left_gets_one():
    registration = sign_up(SessionFactory(places=1))

    assert (registration.state, registration.seat) == (State.CONFIRMED, 1)


def test_person_who_signs_up_for_a_full_session_joins_the_waiting_list():
    session = SessionFactory(places=1)
    sign_up(session)

    registration = sign_up(session)

    assert (registration.state, registration.list_number, registration.position) == (
        State.WAITING,
        1,
        1,
    )


def test_thirty_first_of_thirty_places_waits():
    session = SessionFactory(places=30)
    fill(session)

    assert sign_up(session).state == State.WAITING


def test_second_sign_up_finds_the_first_registration():
    session, person = SessionFactory(), PersonFactory()
    first = sign_up(session, person)

    assert sign_up(session, person) == first
    assert session.registrations.count() == 1


def test_newcomer_does_not_overtake_who_waits():
    session = SessionFactory(places=1, offers_by_hand=True)
    holder = sign_up(session)
    sign_up(session)
    places.give_up(holder)

    assert sign_up(session).state == State.WAITING


def test_fee_is_fixed_at_sign_up():
    session = SessionFactory(fee_pence=7500)
    registration = sign_up(session)
    Session.objects.filter(pk=session.pk).update(fee_pence=5000)

    registration.refresh_from_db()

    assert registration.fee_pence == 7500


@pytest.mark.parametrize(
    "state", [Session.State.CLOSED, Session.State.CANCELLED, Session.State.TO_BE_CONFIRMED]
)
def test_session_that_is_not_open_takes_nobody(state):
    session = SessionFactory(state=state)

    with pytest.raises(RuleError):
        sign_up(session)


def test_session_that_opens_later_takes_nobody_yet():
    session = SessionFactory(opens_at=clock.now() + timedelta(days=1))

    with pytest.raises(RuleError, match="not open yet"):
        sign_up(session)


def test_latecomer_gets_a_free_place_until_the_end(early):
    session = SessionFactory()
    early.move_to(KICK_OFF + timedelta(minutes=90))

    assert sign_up(session).state == State.CONFIRMED


def test_nobody_joins_the_list_of_a_session_that_has_begun(early):
    session = SessionFactory(places=1)
    sign_up(session)
    early.move_to(KICK_OFF + timedelta(minutes=5))

    with pytest.raises(RuleError, match="has begun"):
        sign_up(session)


def test_freed_place_is_offered_to_the_next_in_order_with_a_message():
    session = SessionFactory(places=1)
    holder, first, second = sign_up(session), sign_up(session), sign_up(session)

    places.give_up(holder)

    assert states(holder, first, second) == [State.CANCELLED, State.OFFERED, State.WAITING]
    assert kinds(first.person) == {"waiting": 1, "offered": 1, "offer_ends": 1}


def london(text):
    """A moment of 2022 by London's clock: "10-06 14:00"."""
    return datetime.fromisoformat(f"2022-{text}").replace(tzinfo=LONDON)


# KICK_OFF is Thursday 6 October at 14:00: offers stop on Wednesday 5 October at 17:00.
@pytest.mark.parametrize(
    ("made", "ends"),
    [
        ("09-09 18:42", "09-12 17:00"),  # a Friday: two days on are a Sunday, so on Monday
        ("09-14 09:00", "09-16 17:00"),  # a Wednesday, with two days to answer at least
        ("08-25 18:00", "08-30 17:00"),  # the Monday is a bank holiday
        ("10-01 10:00", "10-03 17:00"),  # less than a week: a day at least
        ("10-04 09:00", "10-04 17:00"),  # less than three days: six hours at least
        ("10-05 12:00", "10-05 17:00"),  # never later than offers stop
        ("10-05 15:01", "10-05 17:01"),  # by hand, as offers have stopped: by the clock
        ("10-06 13:50", "10-06 14:00"),  # never past the start
    ],
)
def test_offer_ends_at_five_on_a_working_day_and_never_past_the_start(made, ends):
    assert offers.offer_until(KICK_OFF, london(made)) == london(ends)


@pytest.mark.parametrize(
    ("starts", "stop"),
    [
        ("10-06 14:00", "10-05 17:00"),
        ("10-10 14:00", "10-07 17:00"),  # a Monday: on Friday
        ("08-30 10:00", "08-26 17:00"),  # the Tuesday after a bank holiday: on Friday
        ("12-28 10:00", "12-23 17:00"),  # after Christmas
    ],
)
def test_offers_stop_at_five_on_the_last_working_day_before(starts, stop):
    assert SessionFactory.build(starts_at=london(starts)).offers_stop_at == london(stop)


@pytest.mark.parametrize(
    ("told", "until", "reminder"),
    [
        ("09-09 18:42", "09-12 17:00", "09-12 10:00"),
        ("10-04 09:00", "10-04 17:00", "10-04 13:00"),
        ("10-05 14:00", "10-05 17:00", None),
    ],
)
def test_offer_is_reminded_of_once_on_its_last_morning(told, until, reminder):
    found = offers.remind_at(london(told), london(until))

    assert found == (reminder and london(reminder))


def test_place_freed_after_offers_stop_waits_for_staff_to_ring(early):
    session = SessionFactory(places=1)
    holder, waiter = sign_up(session), sign_up(session)
    early.move_to(london("10-05 15:01"))

    places.give_up(holder)
    waiting_list.move_all_on()
    waited = states(waiter)
    waiting_list.offer_by_hand(waiter)

    assert (waited, states(waiter)) == ([State.WAITING], [State.OFFERED])


def test_reminder_of_an_offer_goes_out_only_while_it_is_open(early, outbox):
    session = SessionFactory(places=1)
    holder, first, second = sign_up(session), sign_up(session), sign_up(session)
    places.give_up(holder)
    places.decline(first)
    outbox.clear()
    early.move_to(london("09-12 10:00"))

    mail.send_due()

    reminded = [row.to for row in outbox if row.subject == "We still keep a place for you"]
    assert reminded == [[second.person.email]]


def test_accepted_offer_becomes_a_place():
    session = SessionFactory(places=1)
    holder, waiter = sign_up(session), sign_up(session)
    places.give_up(holder)

    places.accept(waiter)
    places.accept(waiter)

    assert states(waiter) == [State.CONFIRMED]
    assert kinds(waiter.person)["booked"] == 1


def test_declined_offer_goes_on_and_ends_that_registration():
    session = SessionFactory(places=1)
    holder, first, second = sign_up(session), sign_up(session), sign_up(session)
    places.give_up(holder)

    places.decline(first)

    assert states(first, second) == [State.CANCELLED, State.OFFERED]


def test_unanswered_offer_goes_on_and_who_let_it_lapse_is_told(early):
    session = SessionFactory(places=1)
    holder, first, second = sign_up(session), sign_up(session), sign_up(session)
    places.give_up(holder)
    early.shift(timedelta(days=5))

    waiting_list.move_all_on()

    assert states(first, second) == [State.CANCELLED, State.OFFERED]
    assert kinds(first.person)["offer_lapsed"] == 1


def test_offer_past_its_time_cannot_be_accepted_before_any_sweep(early):
    session = SessionFactory(places=1)
    holder, waiter = sign_up(session), sign_up(session)
    places.give_up(holder)
    early.shift(timedelta(days=5))

    with pytest.raises(RuleError, match="has ended"):
        places.accept(waiter)


def test_lapsed_offer_is_released_before_a_newcomer_signs_up(early):
    session = SessionFactory(places=1)
    holder, waiter = sign_up(session), sign_up(session)
    places.give_up(holder)
    early.shift(timedelta(days=5))

    newcomer = sign_up(session)

    assert states(waiter, newcomer) == [State.CANCELLED, State.CONFIRMED]


def test_who_declined_is_not_offered_again_unless_they_ask():
    session = SessionFactory(places=1)
    holder, waiter = sign_up(session), sign_up(session)
    places.give_up(holder)
    places.decline(waiter)

    again = places.sign_up_again(waiter)

    assert (again.pk == waiter.pk, again.state, states(waiter)) == (
        False,
        State.CONFIRMED,
        [State.CANCELLED],
    )


def test_put_me_back_goes_to_the_end_of_the_list(early):
    session = SessionFactory(places=1)
    holder, first = sign_up(session), sign_up(session)
    places.give_up(holder)
    others = [sign_up(session), sign_up(session)]
    early.shift(timedelta(days=5))

    again = places.sign_up_again(first)

    assert states(*others, again) == [State.OFFERED, State.WAITING, State.WAITING]
    assert again.position == 2


def test_who_signs_up_again_keeps_the_answers():
    needs = {"choices": ["captions"], "notes": "slowly"}
    registration = sign_up(SessionFactory(), access_needs=needs, capacity="paid_role")
    registration = places.give_up(registration)

    again = places.sign_up_again(registration)

    assert (again.access_needs, again.capacity) == (needs, "paid_role")


def test_giving_up_twice_is_giving_up_once():
    registration = sign_up(SessionFactory())

    places.give_up(registration)
    places.give_up(registration)

    assert kinds(registration.person)["given_up"] == 1


def test_raised_places_are_offered_in_order():
    session = SessionFactory(places=1)
    sign_up(session)
    first, second, third = (sign_up(session) for _ in range(3))

    places.set_places(session, 3)

    assert states(first, second, third) == [State.OFFERED, State.OFFERED, State.WAITING]


def test_lowered_places_take_nobodys_place():
    session = SessionFactory(places=3)
    holders = fill(session)

    held = places.set_places(session, 1)

    assert (held, states(*holders)) == (3, [State.CONFIRMED] * 3)
    assert sign_up(session).state == State.WAITING


def test_place_freed_above_the_lowered_number_is_not_offered():
    session = SessionFactory(places=3)
    holders, waiter = fill(session), sign_up(session)
    places.set_places(session, 2)

    places.give_up(holders[0])

    assert states(waiter) == [State.WAITING]


def test_offer_by_hand_keeps_freed_places_for_staff():
    session = SessionFactory(places=1, offers_by_hand=True)
    holder, first, second = sign_up(session), sign_up(session), sign_up(session)
    places.give_up(holder)

    waiting_list.offer_by_hand(second)

    assert states(first, second) == [State.WAITING, State.OFFERED]


def test_offer_by_hand_needs_a_free_place():
    session = SessionFactory(places=1)
    sign_up(session)
    waiter = sign_up(session)

    with pytest.raises(RuleError, match="No place is free"):
        waiting_list.offer_by_hand(waiter)


def test_place_that_staff_kept_back_is_offered_by_the_sweep_once_they_no_longer_do():
    session = SessionFactory(places=1, offers_by_hand=True)
    holder, waiter = sign_up(session), sign_up(session)
    places.give_up(holder)
    session.offers_by_hand = False
    session.save()

    waiting_list.move_all_on()

    assert states(waiter) == [State.OFFERED]


def test_saving_a_stale_session_takes_back_nothing_that_rules_have_written():
    stale = SessionFactory(places=1)
    sign_up(stale), sign_up(stale)
    places.set_places(stale, 3)
    stale.title = "New title"

    stale.save()

    fresh = Session.objects.get(pk=stale.pk)
    assert (fresh.title, fresh.places, fresh.last_list_number) == ("New title", 3, 1)


def test_private_answers_are_forgotten_thirty_days_after_the_session(early):
    companion = {"kind": "brings", "name": "Kim", "email": ""}
    registration = sign_up(
        SessionFactory(), access_needs={"choices": [], "notes": "x"}, companion=companion
    )
    early.move_to(KICK_OFF + timedelta(days=30))
    before = retention.forget_private_answers()
    early.shift(timedelta(hours=3))

    after = retention.forget_private_answers()

    registration.refresh_from_db()
    assert (before, after, registration.access_needs, registration.companion) == (
        (0, 0),
        (1, 1),
        None,
        None,
    )


def test_no_offer_is_made_once_the_session_has_begun(early):
    session = SessionFactory(places=1)
    holder, waiter = sign_up(session), sign_up(session)
    early.move_to(KICK_OFF + timedelta(minutes=1))

    places.give_up(holder)

    assert states(waiter) == [State.WAITING]


def test_nobody_is_marked_before_the_session_has_begun():
    registration = sign_up(SessionFactory())

    with pytest.raises(RuleError, match="not begun yet"):
        attendance.mark(registration, State.ATTENDED)


def test_who_was_marked_as_missed_still_holds_the_seat(early):
    session = SessionFactory(places=1)
    registration = sign_up(session)
    early.move_to(KICK_OFF)

    attendance.mark(registration, State.MISSED)

    assert session.free_places == 0


def test_who_came_without_signing_up_is_noted_over_the_places(early):
    session = SessionFactory(places=1)
    sign_up(session)
    early.move_to(KICK_OFF)

    registration = door.note_newcomer(session, Newcomer("Ash"))

    assert (registration.state, registration.seat, registration.came_without_signing_up) == (
        State.ATTENDED,
        2,
        True,
    )


@pytest.mark.parametrize("fee_pence", [7500, None])
def test_walk_in_has_the_capacity_that_staff_chose_with_and_without_a_fee(early, fee_pence):
    session = SessionFactory(fee_pence=fee_pence)
    early.move_to(KICK_OFF)

    registration = door.note_newcomer(session, Newcomer("Ash"), capacity="paid_role")

    assert registration.capacity == Registration.Capacity.PAID_ROLE


def test_capacity_that_somebody_who_waited_gave_stands_when_they_just_come(early):
    session = SessionFactory(places=1, fee_pence=None)
    sign_up(session)
    waiter = sign_up(session, capacity="personal")
    early.move_to(KICK_OFF)

    registration = door.note_came(session, waiter.person, capacity="paid_role")

    assert registration.capacity == Registration.Capacity.PERSONAL


def test_who_waited_and_came_is_noted_on_the_same_registration(early):
    session = SessionFactory(places=1)
    sign_up(session)
    waiter = sign_up(session)
    early.move_to(KICK_OFF)

    registration = door.note_came(session, waiter.person)

    assert registration.pk == waiter.pk


@pytest.mark.parametrize(
    "change",
    [
        {"state": State.CONFIRMED, "seat": None},
        {"state": State.WAITING, "seat": 1},
        {"state": State.OFFERED, "seat": 9, "offer_until": None},
        {"state": State.WAITING, "seat": None, "list_number": None},
        {"fee_pence": 0},
    ],
)
def test_database_itself_refuses_a_registration_that_cannot_be(change):
    registration = sign_up(SessionFactory())

    with (
        steps.beside_the_table(Registration),
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):
        Registration.objects.filter(pk=registration.pk).update(**change)


def test_database_itself_refuses_two_holders_of_one_seat():
    session = SessionFactory()
    first, second = sign_up(session), sign_up(session)

    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.filter(pk=second.pk).update(seat=first.seat)


def test_database_itself_refuses_two_live_registrations_of_one_person():
    session = SessionFactory()
    first, second = sign_up(session), sign_up(session)

    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.filter(pk=second.pk).update(person=first.person)


def test_history_of_a_registration_holds_states_and_no_access_needs():
    registration = sign_up(SessionFactory(), access_needs={"choices": [], "notes": "confidential"})
    places.give_up(registration)

    events = list(registration.events.order_by("pgh_id").values())

    assert [event["state"] for event in events] == ["confirmed", "cancelled"]
    assert {"access_needs", "companion"} & set(events[0]) == set()
