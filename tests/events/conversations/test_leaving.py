"""A conversation given up by a link can be taken back for a while, with the time kept."""

from datetime import timedelta

import pytest

from collective import clock
from collective.messages import mail
from collective.safety.link_keys import key_for
from events.conversations import booking, leaving, reminders
from events.models import Conversation, Slot
from tests.factories import KICK_OFF, SeriesFactory, book, slot_of
from tests.messages import kinds

State = Conversation.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


@pytest.fixture
def mine(db):
    return book(slot_of(SeriesFactory()))


def link(row, path=""):
    return f"/bookings/{row.pk}/{path}?key={key_for('booking', row.pk)}"


def run(early, **on):
    early.shift(timedelta(**on))
    booking.let_go_all()


def test_scanner_that_presses_the_button_frees_no_time_for_an_hour(client, mine, early, outbox):
    client.post(link(mine, "cancel/"))
    run(early, minutes=59)
    mail.send_due()

    free = Slot.objects.not_booked().filter(pk=mine.slot_id).exists()
    letter = next(one for one in outbox if one.subject == "You have given up your conversation")
    assert (free, link(mine, "take-back/") in letter.body) == (False, True)


def test_after_the_hour_it_is_cancelled_and_the_host_is_told(client, mine, early):
    client.post(link(mine, "cancel/"))
    told = kinds()["host_news"]

    run(early, hours=1)

    mine.refresh_from_db()
    assert (mine.state, mine.ended_because, mine.leaves_at) == (State.CANCELLED, "person", None)
    assert kinds()["host_news"] == told + 1


def test_take_back_by_the_link_keeps_the_time(client, mine, early, outbox):
    client.post(link(mine, "cancel/"))

    page = client.post(link(mine, "take-back/"), follow=True).content.decode()
    run(early, hours=2)
    mail.send_due()

    mine.refresh_from_db()
    assert (mine.state, mine.leaves_at) == (State.BOOKED, None)
    assert "Your conversation is booked" in page
    assert f"key={key_for('booking', mine.pk)}" not in outbox[-1].body


def test_page_says_until_when_and_asks_before_anything(client, mine):
    client.post(link(mine, "cancel/"))

    page, asked = client.get(link(mine)).content.decode(), client.get(link(mine, "take-back/"))

    assert "You have given up this conversation" in page and "Take it back" in page
    assert "Keep your conversation?" in asked.content.decode()
    assert Conversation.objects.get().leaves_at == clock.now() + timedelta(hours=1)


def test_another_time_is_booked_at_once_in_place_of_the_one_given_up(mine):
    leaving.give_up_by_link(mine)

    other = book(slot_of(mine.series, KICK_OFF + timedelta(days=1)), mine.person)

    mine.refresh_from_db()
    assert (mine.state, other.state) == (State.CANCELLED, State.BOOKED)


def test_worker_that_looks_after_the_start_still_ends_it(mine, early):
    early.move_to(mine.slot.starts_at - timedelta(minutes=10))
    leaving.give_up_by_link(mine)

    run(early, minutes=30)

    mine.refresh_from_db()
    assert mine.state == State.CANCELLED


def test_nobody_is_reminded_of_what_they_gave_up(mine, early):
    early.move_to(mine.next_reminder_at - timedelta(minutes=1))
    leaving.give_up_by_link(mine)
    early.shift(timedelta(minutes=2))

    reminders.remind_all()

    assert kinds()["conversation_reminder"] == 0
