"""Giving up by a link can be taken back for a while, with the place kept."""

from datetime import timedelta

import pytest

from collective import clock
from collective.messages import mail
from collective.safety.link_keys import key_for
from events.models import Registration
from events.sessions import attendance, leaving, places, waiting_list
from events.sessions.invariants import broken
from tests.factories import KICK_OFF, SessionFactory, sign_up
from tests.messages import kinds

State = Registration.State
HOUR = timedelta(hours=1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


@pytest.fixture
def mine(db):
    return sign_up(SessionFactory(places=1))


def link(row, path=""):
    return f"/registrations/{row.pk}/{path}?key={key_for('registration', row.pk)}"


def states(*rows):
    return [Registration.objects.get(pk=row.pk).state for row in rows]


def run(early, **on):
    """Move on, and let the sweep look."""
    early.shift(timedelta(**on))
    waiting_list.move_all_on()


def test_scanner_that_presses_the_button_takes_no_place_for_an_hour(client, mine, early, outbox):
    waits = sign_up(mine.session)

    client.post(link(mine, "give-up/"))
    run(early, minutes=59)
    mail.send_due()

    assert states(mine, waits) == [State.CONFIRMED, State.WAITING]
    letter = next(one for one in outbox if one.subject == "You have given up your place")
    assert link(mine, "take-back/") in letter.body and not broken()


def test_after_the_hour_the_next_person_is_offered_the_place(client, mine, early):
    waits = sign_up(mine.session)
    client.post(link(mine, "give-up/"))

    run(early, hours=1)

    assert states(mine, waits) == [State.CANCELLED, State.OFFERED]
    assert kinds()["given_up"] == 1 and not broken()


def test_take_back_by_the_link_keeps_seat_and_says_so(client, mine, early, outbox):
    client.post(link(mine, "give-up/"))

    page = client.post(link(mine, "take-back/"), follow=True).content.decode()
    run(early, hours=2)
    mail.send_due()

    mine.refresh_from_db()
    assert (mine.state, mine.seat, mine.leaves_at) == (State.CONFIRMED, 1, None)
    assert "Your place is booked" in page
    assert f"key={key_for('registration', mine.pk)}" not in outbox[-1].body


def test_page_says_until_when_and_asks_nothing_on_get(client, mine):
    client.post(link(mine, "give-up/"))

    page, asked = client.get(link(mine)).content.decode(), client.get(link(mine, "take-back/"))

    assert "You have given up your place" in page and "Take it back" in page
    assert "Keep your place?" in asked.content.decode()
    assert Registration.objects.get().leaves_at == clock.now() + HOUR


def test_owner_who_signed_in_gives_up_at_once(client, mine):
    client.force_login(mine.person)

    client.post(f"/registrations/{mine.pk}/give-up/")

    assert states(mine) == [State.CANCELLED]


@pytest.mark.parametrize(("left", "kept"), [(240, 60), (120, 60), (60, 30), (10, 5)])
def test_near_the_start_the_next_person_has_half_of_the_time(mine, early, left, kept):
    early.move_to(KICK_OFF - timedelta(minutes=left))

    row = leaving.give_up_by_link(mine)

    assert row.leaves_at == clock.now() + timedelta(minutes=kept)


def test_spot_on_the_list_is_kept_and_passed_over_meanwhile(client, mine, early):
    first, second = sign_up(mine.session), sign_up(mine.session)
    client.post(link(first, "give-up/"))
    places.give_up(mine)
    leaving.take_back(first)

    first.refresh_from_db()
    assert states(mine, first, second) == [State.CANCELLED, State.WAITING, State.OFFERED]
    assert first.position == 1


def test_offer_declined_by_a_link_ends_no_later_than_the_offer(client, mine, early):
    waits, third = sign_up(mine.session), sign_up(mine.session)
    places.give_up(mine)
    client.post(link(waits, "offer/decline/"))
    assert Registration.objects.get(pk=waits.pk).offer_is_open

    run(early, hours=1)

    waits.refresh_from_db()
    third.refresh_from_db()
    assert (waits.ended_because, third.state) == ("declined", State.OFFERED)
    assert kinds()["offer_declined"] == 1


def test_too_late_to_take_back_is_said_in_a_sentence(client, mine, early):
    client.post(link(mine, "give-up/"))
    run(early, hours=1)

    page = client.post(link(mine, "take-back/"), follow=True).content.decode()

    assert "This can no longer be taken back" in page and "Book it again" in page


def test_page_tells_nothing_of_a_place_that_is_gone_before_the_sweep_comes(client, mine, early):
    client.post(link(mine, "give-up/"))
    early.shift(HOUR)
    client.force_login(mine.person)

    page = client.get(mine.get_absolute_url()).content.decode()

    assert "You are not signed up any more" in page and "What you told us" not in page


@pytest.mark.parametrize("marked", [State.ATTENDED, State.MISSED])
def test_after_the_session_there_is_nothing_to_take_back(client, mine, early, marked):
    client.post(link(mine, "give-up/"))
    early.move_to(KICK_OFF + 4 * HOUR)
    attendance.mark(mine, marked)

    page = client.post(link(mine, "take-back/"), follow=True).content.decode()

    assert "This can no longer be taken back" in page
    assert states(mine) == [marked]


def test_signing_up_again_within_the_hour_keeps_the_place(mine):
    leaving.give_up_by_link(mine)

    again = places.sign_up(mine.session, mine.person)

    assert (again.pk, again.leaves_at, kinds()["kept"]) == (mine.pk, None, 1)


def test_second_press_changes_nothing(client, mine, early):
    for _ in range(2):
        client.post(link(mine, "give-up/"))
        early.shift(timedelta(minutes=10))
    until = Registration.objects.get().leaves_at
    for _ in range(2):
        client.post(link(mine, "take-back/"))

    assert (until, kinds()["leaving"], kinds()["kept"]) == (clock.now() + 4 * HOUR / 6, 1, 1)


def test_somebody_who_came_all_the_same_is_marked(mine, early):
    early.move_to(KICK_OFF + timedelta(minutes=1))
    leaving.give_up_by_link(mine)

    marked = attendance.mark(mine, State.ATTENDED)

    assert (marked.state, marked.leaves_at) == (State.ATTENDED, None)


def test_version_that_does_not_know_of_it_may_end_such_a_row(mine):
    leaving.give_up_by_link(mine)

    Registration.objects.update(state=State.CANCELLED, seat=None, ended_because="gave_up")

    assert Registration.objects.get().leaves_at is None


def test_what_is_true_only_of_a_place_is_not_sent_while_it_is_given_up(mine, outbox):
    leaving.give_up_by_link(mine)

    mail.send_due()

    assert [one.subject for one in outbox] == ["You have given up your place"]


@pytest.mark.parametrize(
    ("state", "stays", "back"),
    [
        ("confirmed", "It stays yours until", "Your place is booked, as before."),
        ("waiting", "Your spot on the list stays yours until", "on the waiting list, where"),
        ("offered", "It stays kept for you until", "The place is kept for you, as before."),
    ],
)
def test_what_stays_and_what_comes_back_is_said_of_each_state(client, mine, state, stays, back):
    waits = sign_up(mine.session)
    if state == "offered":
        places.give_up(mine)
    row = mine if state == "confirmed" else waits
    client.post(link(row, "give-up/"))
    client.force_login(row.person)

    left, mine_page = client.get(link(row)).content.decode(), client.get("/me/").content.decode()
    taken = client.post(link(row, "take-back/"), follow=True).content.decode()

    assert stays in " ".join(left.split()) and "take it back" in mine_page and back in taken
