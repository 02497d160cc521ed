"""What staff do with the waiting list: move with a reason, offer, take back, book past a closed
sign-up.
"""

from datetime import timedelta

import pytest
from django.urls import reverse

from collective.errors import RuleError
from events.models import Registration, Session
from events.sessions import offers, places, waiting_list
from tests.factories import PersonFactory, SessionFactory, fill, sign_up

State = Registration.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


def full_with_waiting(number, **more):
    """(session of one place, its holder, the registrations that wait)."""
    session = SessionFactory(places=1, **more)
    holder = sign_up(session)
    return session, holder, [sign_up(session) for _ in range(number)]


def order(session):
    return list(session.registrations.waiting())


@pytest.mark.parametrize(
    ("who", "position", "expected"),
    [
        (2, 1, [2, 0, 1]),
        (0, 3, [1, 2, 0]),
        (0, 2, [1, 0, 2]),
        (1, 99, [0, 2, 1]),
        (1, 2, [0, 1, 2]),
    ],
)
def test_moving_puts_somebody_at_the_position(who, position, expected):
    session, _, rows = full_with_waiting(3)

    waiting_list.move(rows[who], position, "They asked first, by phone.")

    assert [rows.index(row) for row in order(session)] == expected


def test_who_signs_up_after_a_move_to_the_end_stands_behind():
    session, _, rows = full_with_waiting(2)
    waiting_list.move(rows[0], 2, "Because.")

    newest = sign_up(session)

    assert order(session) == [rows[1], rows[0], newest]


def test_moving_needs_a_reason_that_stays_in_the_history():
    _, _, rows = full_with_waiting(2)
    with pytest.raises(RuleError, match="Say why"):
        waiting_list.move(rows[1], 1, "  ")

    waiting_list.move(rows[1], 1, "An error of ours.")

    assert rows[1].events.order_by("pgh_id").last().list_reason == "An error of ours."


def test_many_moves_between_two_neighbours_end_with_a_sentence_and_not_with_a_tie():
    session, _, rows = full_with_waiting(3)

    with pytest.raises(RuleError, match="no room"):
        for turn in range(60):
            waiting_list.move(rows[1 + turn % 2], 1, "Again.")

    numbers = [row.list_number for row in order(session)]
    assert len(set(numbers)) == 3


def test_moved_person_is_offered_the_next_place():
    _, holder, rows = full_with_waiting(3)
    waiting_list.move(rows[2], 1, "Because.")

    places.give_up(holder)

    rows[2].refresh_from_db()
    assert rows[2].state == State.OFFERED


def test_taken_back_offer_returns_to_the_same_place_and_is_not_made_again_by_itself():
    session, holder, rows = full_with_waiting(2)
    places.give_up(holder)

    offers.take_back(rows[0])
    waiting_list.move_all_on()

    assert order(session) == rows
    assert Session.objects.get().offers_by_hand


def test_offer_after_a_taken_back_one_is_told_again(early):
    _, holder, rows = full_with_waiting(1)
    places.give_up(holder)
    offers.take_back(rows[0])
    early.shift(timedelta(minutes=1))

    waiting_list.offer_by_hand(rows[0])

    assert rows[0].person.messages.filter(kind="offered").count() == 2


def test_who_holds_a_place_cannot_be_moved():
    _, holder, _ = full_with_waiting(1)

    with pytest.raises(RuleError, match="not on the waiting list"):
        waiting_list.move(holder, 1, "Because.")


def test_staff_book_where_sign_up_is_closed():
    session = SessionFactory(state="closed")

    assert places.book(session, PersonFactory(), capacity="personal").state == State.CONFIRMED


@pytest.mark.parametrize("state", ["cancelled", "to_be_confirmed", "happened"])
def test_nobody_books_what_does_not_take_place(state):
    with pytest.raises(RuleError):
        places.book(SessionFactory(state=state), PersonFactory(), capacity="personal")


def test_booked_by_staff_does_not_overtake_who_waits():
    session, holder, _ = full_with_waiting(1, offers_by_hand=True)
    places.give_up(holder)

    assert places.book(session, PersonFactory(), capacity="personal").state == State.WAITING


def test_given_back_by_mistake_is_booked_again(client, coordinator):
    registration = sign_up(SessionFactory())
    for act in ("give_back", "book_again"):
        client.post(reverse("admin:events_registration_act", args=[registration.pk, act]))

    states = list(
        registration.person.registrations.order_by("created_at").values_list("state", flat=True)
    )
    assert sorted(states) == [State.CANCELLED, State.CONFIRMED]


def test_person_is_moved_on_a_page(client, coordinator):
    session, _, rows = full_with_waiting(2)
    address = reverse("admin:events_registration_move", args=[rows[1].pk])

    refused = client.post(address, {"position": 1, "reason": ""}).content.decode()
    client.post(address, {"position": 1, "reason": "They rang."})

    assert "Please fill this in" in refused
    assert order(session) == [rows[1], rows[0]]


def test_places_stay_within_bounds_when_everything_is_filled():
    session = SessionFactory(places=3)
    fill(session)

    assert places.book(session, PersonFactory(), capacity="personal").state == State.WAITING
