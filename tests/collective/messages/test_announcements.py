"""Messages to many: who is meant, by which channel, once, at the wall time that was set."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from collective import clock
from collective.errors import RuleError
from collective.messages import announcements, mail
from collective.models import Announcement, Message
from events.models import Registration
from tests.factories import (
    ActivityFactory,
    CallFactory,
    FollowFactory,
    PersonFactory,
    PhonePersonFactory,
    SessionFactory,
    sign_up,
)
from tests.messages import kinds

State = Announcement.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


def announce(audience, **more):
    return Announcement.objects.create(
        audience=audience, subject="News", body="<p>Hello all.</p>", **more
    )


def told(announcement):
    return {person.name for person in announcements.people(announcement)}


@pytest.fixture
def session():
    session = SessionFactory(places=2)
    for name in ("Amina", "Bartek", "Carys"):
        sign_up(session, PersonFactory(name=name))
    return session


@pytest.mark.parametrize(
    ("audience", "names"),
    [
        ("confirmed", {"Amina", "Bartek"}),
        ("waiting", {"Carys"}),
        ("session", {"Amina", "Bartek", "Carys"}),
    ],
)
def test_audience_of_a_session(session, audience, names):
    assert told(announce(audience, activity=session)) == names


def test_everybody_of_a_call_is_told_once(session):
    second = SessionFactory(call=session.call)
    sign_up(second, Registration.objects.first().person)

    announcement = announce("call", call=session.call)

    assert announcements.counts(announcement)["email"] == 3


def test_followers_of_the_call_and_of_its_ways():
    call = CallFactory()
    FollowFactory(call=call, person__name="Amina")
    FollowFactory(activity=ActivityFactory(call=call), person__name="Bartek")
    FollowFactory(call=CallFactory(), person__name="Carys")

    assert told(announce("followers", call=call)) == {"Amina", "Bartek"}


def test_news_spares_who_turned_it_off_and_says_how_many(session):
    person = Registration.objects.first().person
    person.wants_news = False
    person.save()

    assert announcements.counts(announce("call", call=session.call)) == {
        "email": 2,
        "phone": 0,
        "post": 0,
        "off": 1,
    }


def test_people_on_the_phone_become_tasks(session):
    sign_up(session, PhonePersonFactory())
    announcement = announce("session", activity=session)
    announcements.schedule(announcement, clock.now())

    announcements.send_due()

    channels = Message.objects.filter(kind="announcement").values_list("channel", flat=True)
    assert sorted(channels) == ["email", "email", "email", "phone"]


def test_sent_once_however_often_the_sweep_runs(session, outbox):
    announcement = announce("session", activity=session)
    announcements.schedule(announcement)
    for _ in range(2):
        Announcement.objects.update(send_at=clock.now())
        announcements.send_due()
    mail.send_due()

    assert len([row for row in outbox if row.subject == "News"]) == 3
    assert Announcement.objects.get().told == 3


def test_goes_out_in_a_minute_and_can_be_stopped_before(session, early):
    announcement = announcements.schedule(announce("session", activity=session))
    announcements.send_due()
    not_yet = kinds()["announcement"]

    announcements.stop(announcement)
    early.shift(timedelta(minutes=5))
    announcements.send_due()

    assert (not_yet, kinds()["announcement"]) == (0, 0)


def test_what_went_out_can_neither_be_stopped_nor_sent_again(session):
    announcement = announcements.schedule(announce("session", activity=session), clock.now())
    announcements.send_due()

    for act in (announcements.stop, announcements.schedule):
        with pytest.raises(RuleError, match="has gone out already"):
            act(announcement)


def test_scheduled_by_wall_time(client, coordinator, session):
    announcement = announce("session", activity=session)
    address = reverse("admin:collective_announcement_preview", args=[announcement.pk])

    client.post(address, {"how": "send", "send_at_0": "2022-09-30", "send_at_1": "18:00"})

    announcement.refresh_from_db()
    assert announcement.send_at == datetime(2022, 9, 30, 17, tzinfo=UTC)


def test_preview_counts_by_channel_and_sends_nothing(client, coordinator, session):
    announcement = announce("session", activity=session)

    page = client.get(
        reverse("admin:collective_announcement_preview", args=[announcement.pk])
    ).content.decode()

    assert "3 by email" in page and "Hello all." in page
    assert Announcement.objects.get().state == State.DRAFT


def test_test_goes_to_oneself_only(client, coordinator, session, outbox):
    announcement = announce("session", activity=session)

    client.post(
        reverse("admin:collective_announcement_preview", args=[announcement.pk]), {"how": "test"}
    )
    mail.send_due()

    tests = [row for row in outbox if row.subject == "Test: News"]
    assert [row.to for row in tests] == [[coordinator.email]]


def test_form_says_what_an_audience_needs_and_keeps_the_text(client, coordinator):
    fields = {"audience": "confirmed", "subject": "News", "body": "<p>Do not lose me.</p>"}

    page = client.post(reverse("admin:collective_announcement_add"), fields).content.decode()

    assert "Choose the session for this audience." in page and "Do not lose me." in page


def test_news_to_followers_has_a_one_click_stop(outbox):
    call = CallFactory()
    FollowFactory(call=call)
    announcements.schedule(announce("followers", call=call), clock.now())
    announcements.send_due()

    mail.send_due()

    assert "List-Unsubscribe" in outbox[0].extra_headers


def test_script_in_the_text_is_not_sent(session, outbox):
    announcement = announce("confirmed", activity=session)
    Announcement.objects.update(body='<p onclick="x()">Hi</p><script>alert(1)</script>')
    announcements.schedule(announcement, clock.now())
    announcements.send_due()
    mail.send_due()

    html = next(row for row in outbox if row.subject == "News").alternatives[0][0]
    assert "script" not in html and "onclick" not in html
