"""Where somebody is signed in, and signing out there."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse

from collective import clock
from collective.models import BrowserSession
from collective.people import browser_sessions, devices
from tests.factories import PersonFactory
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/138.0.0.0 Mobile Safari/537.36"
)
EDGE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"
)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on a Windows computer"),
        (SAFARI, "Safari on an iPhone"),
        (CHROME, "Chrome on an Android device"),
        (EDGE, "Edge on a Mac"),
        ("curl/8.5", "A browser that we do not know"),
        ("Something on Linux", "A browser on a Linux computer"),
        ("Safari", "Safari"),
    ],
)
def test_browser_is_named_in_plain_words(user_agent, words):
    assert devices.in_words(user_agent) == words


@pytest.fixture
def elsewhere(member):
    """Another browser of theirs, on a phone."""
    browser = browser_of(member, second_factor=False)
    session = browser.session
    session["device"] = "Safari on an iPhone"
    session.save()
    return browser


def row_of(browser):
    return BrowserSession.objects.get(session_key=browser.session.session_key)


def is_in(browser):
    return browser.get("/me/data/").status_code == 200


def test_page_shows_each_and_marks_this_one(client, member, elsewhere):
    page = client.get("/me/devices/").content.decode()

    assert "Safari on an iPhone" in page
    assert (page.count("This one"), page.count("Sign out there<")) == (1, 1)


def test_page_asks_the_same_number_of_queries_however_many_there_are(
    client, member, django_assert_num_queries
):
    for _ in range(3):
        browser_of(member, second_factor=False)

    with django_assert_num_queries(4):
        client.get("/me/devices/")


def test_page_names_no_key_of_a_session(client, member, elsewhere):
    page = client.get("/me/devices/").content.decode()

    assert elsewhere.session.session_key not in page


def test_somebody_signs_out_there(client, member, elsewhere):
    client.post(reverse("sign_out_there", args=[row_of(elsewhere).public_id]))

    assert (is_in(client), is_in(elsewhere)) == (True, False)


def test_session_of_somebody_else_is_not_found(client, member):
    other = browser_of(PersonFactory(), second_factor=False)

    answers = [
        client.post(reverse("sign_out_there", args=[pk])).status_code
        for pk in (row_of(other).public_id, uuid4())
    ]

    assert (answers, is_in(other)) == ([404, 404], True)


def test_for_this_one_the_usual_page_asks(client, member):
    answer = client.post(reverse("sign_out_there", args=[row_of(client).public_id]))

    assert (answer.url, is_in(client)) == ("/accounts/logout/", True)


def test_somebody_signs_out_everywhere_else(client, member, elsewhere):
    client.post("/me/devices/others/")

    assert (is_in(client), is_in(elsewhere)) == (True, False)
    assert [browser_sessions.is_of(row, client.session) for row in browser_sessions.of(member)] == [
        True
    ]


def test_session_ends_after_two_weeks_without_use(client, member, early):
    client.get("/me/data/")
    early.shift(timedelta(days=14, seconds=1))

    assert not is_in(client)


def test_session_that_is_used_lasts(client, member, early):
    for _ in range(6):
        client.get("/me/data/")
        early.shift(timedelta(days=6))

    assert is_in(client)


def test_use_is_written_down_once_a_day(client, member, early):
    client.get("/me/data/", HTTP_USER_AGENT=FIREFOX)
    early.shift(timedelta(days=1))
    client.get("/me/data/", HTTP_USER_AGENT=FIREFOX)
    written = row_of(client)
    early.shift(timedelta(hours=23))
    client.get("/me/data/", HTTP_USER_AGENT=SAFARI)

    assert (row_of(client).last_used_at, row_of(client).device) == (
        written.last_used_at,
        "Firefox on a Windows computer",
    )


def test_store_knows_when_a_session_was_last_used(client, member):
    store = browser_sessions.SessionStore(client.session.session_key)
    store.load()

    assert isinstance(store, SessionBase) and store.last_used_at == clock.now()


def test_sessions_that_have_ended_go(client, member, early):
    early.shift(timedelta(days=15))
    browser_of(PersonFactory(), second_factor=False)

    runs = [browser_sessions.forget_old() for _ in range(2)]

    assert (runs, BrowserSession.objects.count()) == ([(1, 1), (0, 0)], 1)
