"""What pages and mails of conversations say is so for this person: a row for each untruth met."""

from datetime import timedelta

import pytest

from events.conversations import booking, outcomes
from events.models import Conversation, TimeRequest
from tests.factories import KICK_OFF, PersonFactory, SeriesFactory, book, slot_of

State, HOST = Conversation.State, Conversation.EndedBecause.HOST
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community", "long_sessions")]


def words_of(client, person, address):
    client.force_login(person)
    return " ".join(client.get(address).content.decode().split())


@pytest.mark.parametrize(
    ("link", "said"), [("", "<dd>By phone</dd>"), ("https://zoom.example/j/2", "or by video")]
)
def test_page_offers_video_only_where_people_can_choose_it(client, link, said):
    series = SeriesFactory(video_link=link or None)

    assert said in words_of(client, PersonFactory(), series.get_absolute_url())


@pytest.mark.parametrize("wants", [True, False])
def test_nobody_is_promised_reminders_that_they_have_switched_off(client, wants):
    talk = book(slot_of(SeriesFactory()), PersonFactory(wants_reminders=wants))

    page = words_of(client, talk.person, talk.get_absolute_url())

    assert ("We remind you" in page) == wants


def test_somebody_whose_connection_failed_does_not_read_that_the_host_could_not(client, early):
    talk = book(slot_of(SeriesFactory()))
    early.move_to(KICK_OFF + timedelta(hours=1))
    outcomes.mark(talk, State.FAILED, talk.series.host)

    page = words_of(client, talk.person, talk.series.get_absolute_url())

    assert "did not take place" in page and "could not talk with you" not in page


def test_host_reads_as_somebodys_words_only_what_they_wrote(client):
    series = SeriesFactory()
    talk = book(slot_of(series))
    booking.cancel(talk, HOST, reason="I am ill.", keeps_slot_open=False)
    row = TimeRequest.objects.get()

    page = words_of(client, talk.person, f"/conversations/{series.slug}/other-times/")

    assert (row.has_first_choice, row.own_words) == (True, "")
    assert "The host could not" not in page


def test_person_who_was_not_there_reads_nothing_of_who_reached_whom(client, early):
    talk = book(slot_of(SeriesFactory()), how="video", who_rings="", phone=None)
    early.move_to(KICK_OFF + timedelta(hours=1))
    outcomes.mark(talk, State.MISSED, talk.series.host)

    page = words_of(client, talk.person, talk.get_absolute_url())

    assert "We did not talk" in page and "reach you" not in page
