"""Moving and cancelling: everybody is told once, calendars and reminders follow, nobody loses a
place.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message
from events.models import Registration, Session
from events.sessions import moving, offers, places
from events.sessions.messages import joining_details, reminders
from tests.factories import KICK_OFF, PhonePersonFactory, SessionFactory, sign_up
from tests.messages import kinds

State = Registration.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
LATER = KICK_OFF + timedelta(days=7)


def move(session, starts_at=LATER, **more):
    return moving.move(session, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), **more)


def calendar_of(letter):
    return Calendar.from_ical(
        next(content for name, content, _ in letter.attachments if name == "session.ics")
    )


def test_everybody_on_it_is_told_of_the_new_time(outbox):
    session = SessionFactory(places=1)
    sign_up(session), sign_up(session)
    mail.send_due()
    outbox.clear()

    move(session, note="The room was taken.")
    mail.send_due()

    assert sorted(row.subject for row in outbox) == ["A session has moved"] * 2
    assert all("The room was taken." in row.body and "13 October" in row.body for row in outbox)


def test_calendar_update_has_the_same_uid_and_a_higher_sequence(outbox):
    session = SessionFactory()
    sign_up(session)
    mail.send_due()
    move(session)
    mail.send_due()

    before, after = (calendar_of(letter).walk("VEVENT")[0] for letter in outbox)
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after.decoded("DTSTART") == LATER


def test_move_before_the_first_news_went_out_is_told_once(outbox):
    session = SessionFactory()
    sign_up(session)
    Message.objects.all().delete()

    move(session)
    move(session, LATER + timedelta(days=1))
    mail.send_due()

    assert (len(outbox), "14 October" in outbox[0].body) == (1, True)


def test_reminders_follow_and_one_that_went_out_goes_out_again(early):
    session = SessionFactory()
    sign_up(session)
    early.move_to(KICK_OFF - timedelta(days=7))
    reminders.fan_out_all_due()

    move(session)
    early.move_to(LATER - timedelta(days=7))
    reminders.fan_out_all_due()

    assert kinds()["reminder"] == 2


def test_offer_told_by_mail_keeps_its_time_and_one_untold_follows_the_new_start():
    session = SessionFactory(places=2)
    holders = [sign_up(session), sign_up(session)]
    by_mail, by_phone = sign_up(session), sign_up(session, PhonePersonFactory())
    for holder in holders:
        places.give_up(holder)

    move(session)

    by_mail.refresh_from_db(), by_phone.refresh_from_db()
    assert (by_mail.offer_until, by_phone.offer_until) == (
        offers.offer_until(KICK_OFF, clock.now()),
        LATER,
    )
    assert Message.objects.get(kind="offered", person=by_phone.person).not_after == LATER


@pytest.mark.parametrize(
    "starts_at", [KICK_OFF - timedelta(days=60), KICK_OFF - timedelta(days=28)]
)
def test_session_is_not_moved_into_the_past(starts_at):
    with pytest.raises(RuleError, match="is over already"):
        move(SessionFactory(), starts_at)


def test_session_that_has_begun_is_not_moved(early):
    session = SessionFactory()
    early.move_to(KICK_OFF)

    with pytest.raises(RuleError, match="can no longer be moved"):
        move(session)


@pytest.mark.parametrize("times", [(0, 2), (24 * 4000, 24 * 4000 + 2), (24, 24 * 9), (24, 23)])
def test_time_that_cannot_be_meant_is_refused_with_a_sentence(times):
    session = SessionFactory()
    sign_up(session)
    starts_at, ends_at = (KICK_OFF + timedelta(hours=hours) for hours in times)

    with pytest.raises(RuleError):
        moving.move(session, starts_at=starts_at, ends_at=ends_at)

    assert (kinds()["moved"], Session.objects.get().starts_at) == (0, KICK_OFF)


def test_cancelling_tells_the_reason_and_takes_it_from_calendars(outbox):
    session = SessionFactory(places=1)
    sign_up(session), sign_up(session)
    mail.send_due()
    outbox.clear()

    moving.cancel(session, "Too few of us can come.")
    mail.send_due()

    assert [row.subject for row in outbox] == ["A session is cancelled"] * 2
    assert all("Too few of us can come." in row.body for row in outbox)
    assert [str(calendar_of(row)["METHOD"]) for row in outbox if row.attachments] == ["CANCEL"]


def test_what_waited_to_be_sent_is_not_sent_any_more():
    session = SessionFactory()
    sign_up(session)

    moving.cancel(session, "Too few of us.")

    assert dict(Message.objects.values_list("kind", "state")) == {
        "booked": "dropped",
        "cancelled": "waiting",
    }


def test_cancelling_twice_tells_once():
    session = SessionFactory()
    sign_up(session)

    moving.cancel(session, "Too few of us.")
    moving.cancel(session, "Once more.")

    assert (kinds()["cancelled"], Session.objects.get().cancelled_because) == (1, "Too few of us.")


def test_cancelling_needs_a_reason():
    with pytest.raises(RuleError, match="Say why"):
        moving.cancel(SessionFactory(), " ")


def test_companion_hears_of_it_too(outbox):
    session = SessionFactory()
    sign_up(session, companion={"kind": "brings", "name": "Lee", "email": "lee@example.org"})

    move(session)
    mail.send_due()

    assert ["lee@example.org"] in [row.to for row in outbox]


def test_rehearsal_says_who_and_when_and_changes_nothing(client, coordinator):
    session = SessionFactory()
    sign_up(session), sign_up(session, PhonePersonFactory())
    fields = {
        "starts_at_0": "2022-10-13",
        "starts_at_1": "14:00",
        "ends_at_0": "2022-10-13",
        "ends_at_1": "16:00",
    }
    address = reverse("admin:events_session_move", args=[session.pk])

    page = client.post(address, {**fields, "how": "look"}).content.decode()
    unchanged = Session.objects.get().starts_at
    client.post(address, {**fields, "how": "do"})

    page = " ".join(page.split())
    assert "Has a place: 2 (1 by email, 1 by phone)" in page and "12 October, 6pm" in page
    assert (unchanged, Session.objects.get().starts_at, kinds()["moved"]) == (KICK_OFF, LATER, 2)


def test_hour_that_does_not_exist_is_refused_on_the_form(client, coordinator):
    session = SessionFactory()
    fields = {
        "starts_at_0": "2023-03-26",
        "starts_at_1": "01:30",
        "ends_at_0": "2023-03-26",
        "ends_at_1": "03:30",
    }

    page = client.post(
        reverse("admin:events_session_move", args=[session.pk]), {**fields, "how": "do"}
    )

    assert (page.status_code, Session.objects.get().starts_at) == (200, KICK_OFF)


def test_joining_details_that_changed_go_out_once_more(early):
    session = SessionFactory()
    sign_up(session)
    early.move_to(KICK_OFF - timedelta(days=1))
    reminders.fan_out_all_due()

    joining_details.send_again(session)

    assert kinds()["joining"] == 2


def test_own_paragraph_of_the_session_is_in_the_message(outbox):
    sign_up(SessionFactory(booked_note="Bring a cup of tea."))

    mail.send_due()

    assert "Bring a cup of tea." in outbox[0].body


def test_what_is_still_to_be_arranged_moves_along():
    session = SessionFactory()
    need = sign_up(session, access_needs={"choices": ["captions"], "notes": ""}).needs.get()
    before = need.needed_by

    move(session)

    need.refresh_from_db()
    assert need.needed_by == before + timedelta(days=7)
