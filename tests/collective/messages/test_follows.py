""" "Tell me when"."""

from datetime import timedelta

import pytest
from django.test import Client

from collective.messages import addresses, follows, mail
from collective.models import Activity, Follow
from collective.safety.link_keys import key_for
from tests.factories import (
    EARLY,
    KICK_OFF,
    ActivityFactory,
    FollowFactory,
    PersonFactory,
    SessionFactory,
)
from tests.messages import kinds, path_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early")]


def test_following_twice_is_following_once(client, member):
    activity = ActivityFactory()

    client.post(f"/activities/{activity.slug}/follow/")
    client.post(f"/activities/{activity.slug}/follow/")

    assert Follow.objects.get().person == member


def test_looking_at_the_page_follows_nothing(client, member):
    client.get(f"/activities/{ActivityFactory().slug}/follow/")

    assert Follow.objects.count() == 0


def test_followers_of_activity_and_call_hear_once_that_sign_up_is_open():
    session, both = SessionFactory(), PersonFactory()
    FollowFactory(activity=session.activity_ptr, person=both)
    FollowFactory(call=session.call, person=both)
    one = FollowFactory(call=session.call)

    follows.announce_all()
    follows.announce_all()

    assert [kinds(person) for person in (both, one.person)] == [{"sign_up_open": 1}] * 2


def test_followers_hear_of_the_date_and_later_of_the_opening(early):
    session = SessionFactory(opens_at=EARLY + timedelta(days=2))
    follow = FollowFactory(activity=session.activity_ptr)
    follows.announce_all()
    first = kinds(follow.person)
    early.shift(timedelta(days=2))

    follows.announce_all()

    assert (first, kinds(follow.person)) == ({"date_set": 1}, {"date_set": 1, "sign_up_open": 1})


def test_nobody_hears_while_nothing_is_set():
    follow = FollowFactory(
        activity=ActivityFactory(state=Activity.State.TO_BE_CONFIRMED, starts_at=KICK_OFF)
    )

    follows.announce_all()

    assert kinds(follow.person) == {}


def test_followers_of_the_call_do_not_hear_of_a_session_by_invitation():
    session = SessionFactory(by_invitation=True)
    follow = FollowFactory(call=session.call)

    follows.announce_all()

    assert kinds(follow.person) == {}


def test_mail_has_a_one_click_stop_that_works_without_a_cookie(outbox):
    follow = FollowFactory(call=SessionFactory().call)
    follows.announce_all()
    mail.send_due()
    headers = outbox[0].extra_headers

    address = path_of(headers["List-Unsubscribe"].strip("<>"))
    response = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})

    assert (headers["List-Unsubscribe-Post"], response.status_code) == (
        "List-Unsubscribe=One-Click",
        200,
    )
    assert not Follow.objects.filter(pk=follow.pk).exists()


def test_a_stop_ends_all_news_of_the_call_and_nothing_else(client, outbox):
    session, person = SessionFactory(), PersonFactory()
    other = FollowFactory(call=SessionFactory().call, person=person)
    for target in ({"call": session.call}, {"activity": session.activity_ptr}):
        FollowFactory(person=person, **target)
    FollowFactory(activity=ActivityFactory(call=session.call), person=person)
    follows.announce_all()
    mail.send_due()
    mine = next(row for row in outbox if session.title in row.body)

    address = path_of(mine.extra_headers["List-Unsubscribe"].strip("<>"))
    asked, done = client.get(address), client.post(address)

    assert list(person.follows.all()) == [other]
    for page in (asked, done):
        assert f"news about “{session.call}”" in page.content.decode()


def test_link_of_an_old_mail_stops_what_was_asked_for_anew_since(client):
    call, person = SessionFactory().call, PersonFactory()
    old = addresses.stop_news(FollowFactory(call=call, person=person))
    follows.stop(person, call)
    follows.follow(person, call)

    client.post(path_of(old))

    assert not person.follows.exists()


def test_a_stop_is_for_the_address_whoever_shares_it(client):
    call, ann = SessionFactory().call, PersonFactory(email="ann@example.org")
    shares = PersonFactory(email=None, contact_email=ann.email)
    FollowFactory(call=call, person=shares)

    client.post(path_of(addresses.stop_news(FollowFactory(call=call, person=ann))))

    assert not Follow.objects.exists()


def test_stop_of_one_activity_on_my_page_leaves_the_others(client, member):
    first, second = (FollowFactory(activity=ActivityFactory(), person=member) for _ in range(2))

    page = client.get("/me/").content.decode()
    path = addresses.path_with_key("stop_following", first.pk, purpose="follow")
    client.post(path, {"only": "1"})

    assert path in page and list(member.follows.all()) == [second]


def test_my_page_shows_a_call_that_is_followed_whole_once(client, member):
    session = SessionFactory()
    FollowFactory(activity=session.activity_ptr, person=member)
    whole = FollowFactory(call=session.call, person=member)
    client.post("/me/mail/", {})

    page = client.get("/me/").content.decode()

    assert page.count("Stop telling me") == 1 and path_of(addresses.stop_news(whole)) in page
    assert "News is off in" in page


def test_opening_the_stop_link_stops_nothing(client):
    follow = FollowFactory(call=SessionFactory().call)

    response = client.get(f"/follows/{follow.pk}/stop/?key={key_for('follow', follow.pk)}")

    assert (response.status_code, Follow.objects.count()) == (200, 1)


@pytest.mark.parametrize("key", ["", "wrong", "registration"])
def test_stop_link_needs_its_own_key(client, key):
    follow = FollowFactory(call=SessionFactory().call)
    key = key_for("registration", follow.pk) if key == "registration" else key

    assert client.post(f"/follows/{follow.pk}/stop/?key={key}").status_code == 404


def test_one_click_stops_reminders(client):
    person = PersonFactory()

    client.post(f"/reminders/{person.pk}/stop/?key={key_for('reminders', person.pk)}")

    person.refresh_from_db()
    assert not person.wants_reminders


@pytest.mark.parametrize("wants_news", [True, False])
def test_nobody_who_has_turned_news_off_is_promised_any(client, member, wants_news):
    member.wants_news = wants_news
    member.save()
    session = SessionFactory(opens_at=EARLY + timedelta(days=2))

    said = client.post(f"/activities/{session.slug}/follow/", follow=True).content.decode()
    page = client.get(session.get_absolute_url()).content.decode()

    assert ("We will write to you" in said, "We will tell you" in page) == (wants_news,) * 2


def test_call_that_is_finished_offers_no_more_news(client, member):
    call = SessionFactory().call
    call.finished_at = EARLY
    call.save()

    assert "Hear from us" not in client.get(call.get_absolute_url()).content.decode()
