"""Pages for visitors and members."""

import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from collective import clock
from collective.background import sweeps
from collective.models import Activity, Page, SweepRun
from collective.pages import first_pages
from collective.templatetags import collective as words
from events.models import Session
from policy_drafts.models import DraftFollow
from tests.factories import (
    KICK_OFF,
    ActivityFactory,
    CallFactory,
    FollowFactory,
    PageFactory,
    PersonFactory,
    PolicyFactory,
    SessionFactory,
    fill,
    sign_up,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
State = Activity.State


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"places": 12}, "12 places left"),
        ({"places": 1}, "1 place left"),
        ({"state": State.TO_BE_CONFIRMED}, "Date to be confirmed"),
        ({"state": State.CLOSED}, "Sign-up is closed"),
        ({"state": State.CANCELLED}, "Cancelled"),
        ({"state": State.HAPPENED}, "This has happened"),
    ],
)
def test_card_says_its_state_in_words(client, change, words):
    session = SessionFactory(**change)

    for page in ("/", session.call.get_absolute_url(), session.get_absolute_url()):
        assert words in client.get(page).content.decode()


def test_card_of_a_session_that_opens_later_says_when(client):
    session = SessionFactory(opens_at=clock.now() + timedelta(days=3))

    assert "Opens on Sunday 11 September" in client.get(session.get_absolute_url()).content.decode()


def test_card_of_a_full_session_offers_the_waiting_list(client):
    session = SessionFactory(places=2)
    fill(session)

    assert "Full: join the waiting list" in client.get("/").content.decode()


def test_ways_without_pages_are_plain_cards(client):
    activity = ActivityFactory(
        kind=Activity.Kind.CONVERSATION, state=State.OPEN, how_to_take_part="Call us on 123."
    )

    assert "Call us on 123." in client.get(activity.call.get_absolute_url()).content.decode()


def test_home_without_calls_says_so(client):
    assert "There is no open call at the moment" in client.get("/").content.decode()


def test_cards_stand_in_their_order(client):
    call = CallFactory()
    for title, position in (("Third", 3), ("First", 1)):
        ActivityFactory(call=call, title=title, position=position)
    SessionFactory(call=call, title="Second", position=2)

    page = client.get(call.get_absolute_url()).content.decode()

    assert page.index("First") < page.index("Second") < page.index("Third")


def test_script_in_rich_text_is_not_shown_whatever_way_it_came(client):
    page = PageFactory(slug="about", body='<p onclick="x()">Hi<script>alert(1)</script></p>')

    shown = client.get(page.get_absolute_url()).content.decode()

    assert "<p>Hi</p>" in shown and "alert(1)" not in shown


def test_what_has_taken_place_is_folded_below_what_is_to_come(client, early):
    call = CallFactory()
    SessionFactory(call=call, title="Kick-off", position=1)
    SessionFactory(call=call, title="Last one", position=2, ends_at=KICK_OFF + timedelta(days=40))
    early.move_to(KICK_OFF + timedelta(days=1))

    for address in ("/", call.get_absolute_url()):
        page = client.get(address).content.decode()
        assert page.index("Last one") < page.index("What has already taken place (1)")
        assert page.index("What has already taken place (1)") < page.index("Kick-off")


@pytest.mark.parametrize("people", [1, 3])
def test_queries_of_each_page_do_not_grow_with_people(
    client, member, django_assert_num_queries, people
):
    session = SessionFactory(places=2)
    for _ in range(people):
        sign_up(session)
    ActivityFactory(call=session.call)

    for address, most in (
        (session.call.get_absolute_url(), 9),
        (session.get_absolute_url(), 6),
        ("/", 6),
    ):
        with django_assert_num_queries(most):
            client.get(address)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_my_page_do_not_grow_with_bookings(
    client, member, django_assert_num_queries, rows
):
    for _ in range(rows):
        sign_up(SessionFactory(), member)

    with django_assert_num_queries(13):
        client.get("/me/")


def test_pages_of_members_are_kept_out_of_caches(client, member):
    assert "no-store" in client.get("/me/")["Cache-Control"]


def test_policy_of_content_is_strict(client):
    policy = client.get("/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_light_or_dark_is_kept_without_an_account(client):
    client.post("/display/", {"theme": "dark"})

    assert 'data-theme="dark"' in client.get("/").content.decode()


def test_my_data_can_be_downloaded(client, member):
    sign_up(
        SessionFactory(title="First"),
        member,
        access_needs={"choices": ["captions"], "notes": "slowly"},
    )

    data = client.get("/me/data/download/").json()

    assert (data["email"], data["sessions"][0]["session"]) == (member.email, "First")
    assert (data["sessions"][0]["access needs"], data["sessions"][0]["access notes"]) == (
        ["Live captions"],
        "slowly",
    )


def test_mail_settings_are_kept(client, member):
    client.post("/me/mail/", {"wants_news": "on"})

    member.refresh_from_db()
    assert (member.wants_reminders, member.wants_news) == (False, True)


def test_mail_settings_without_any_tick_switch_all_of_it_off(client, member):
    answer = client.post("/me/mail/", {})

    member.refresh_from_db()
    assert (answer.status_code, member.wants_reminders, member.wants_news) == (302, False, False)


def test_mail_settings_show_everything_that_is_followed_with_its_stop(client, member):
    call, activity = FollowFactory(person=member, call=CallFactory()), ActivityFactory()
    FollowFactory(person=member, activity=activity)
    policy = DraftFollow.objects.create(person=member, policy=PolicyFactory()).policy

    page = client.get("/me/mail/").content.decode()

    assert all(str(row) in page for row in (call.target, activity, policy))
    assert page.count("Stop telling me") == 3


def test_ready_needs_sweeps_that_ran(client):
    before = client.get("/health/ready").status_code
    sweeps.run_all()

    assert (before, client.get("/health/ready").json()) == (503, {"status": "ready"})


def test_ready_says_which_sweep_is_late(client, early):
    sweeps.run_all()
    early.shift(timedelta(minutes=3))

    assert "messages" in client.get("/health/ready").json()["late"]


def test_sweep_that_fails_leaves_its_error_and_stops_no_other(monkeypatch):
    monkeypatch.setattr(
        "collective.messages.mail.Message.objects.due", lambda *args: 1 / 0, raising=False
    )
    monkeypatch.setitem(
        sweeps._sweeps, "broken", sweeps.Sweep("broken", lambda: 1 / 0, timedelta())
    )
    sweeps.run_all()

    assert "ZeroDivisionError" in SweepRun.objects.get(name="broken").error
    assert SweepRun.objects.get(name="offers").error == ""


def test_new_site_has_every_page_that_its_foot_links_to(client):
    first_pages.ensure()
    first_pages.ensure()
    foot = re.findall(r'href="(/pages/[^"]+)"', client.get("/").content.decode())

    assert {client.get(path).status_code for path in foot} == {200}


def test_demonstration_refuses_without_debug():
    with pytest.raises(CommandError, match="only runs with DEBUG"):
        call_command("load_demo")


def test_demonstration_loads_once_with_dates_as_in_the_call(settings):
    settings.DEBUG = True
    call_command("load_demo")
    call_command("load_demo")

    session = Session.objects.get()
    ahead = session.starts_at - clock.now()
    assert (timedelta(days=28) <= ahead <= timedelta(days=36), session.local_start.weekday()) == (
        True,
        3,
    )
    assert (session.local_start.hour, session.length, session.places) == (
        14,
        timedelta(hours=2),
        30,
    )
    assert Activity.objects.count() == 4


@pytest.mark.parametrize(
    ("filter_name", "value", "shown"),
    [
        ("pounds", 7500, "£75"),
        ("pounds", 2550, "£25.50"),
        ("pounds", None, ""),
        ("ordinal_words", 1, "first"),
        ("ordinal_words", 12, "12th"),
        ("ordinal_words", 22, "22nd"),
        ("length_words", timedelta(hours=2), "2 hours"),
        ("length_words", timedelta(minutes=90), "1 hour 30 minutes"),
    ],
)
def test_words_for_money_order_and_length(filter_name, value, shown):
    assert getattr(words, filter_name)(value) == shown


def test_person_without_email_is_null_and_addresses_are_lower_case():
    nobody, somebody = PersonFactory(email=""), PersonFactory(email="Sam@Example.org")

    assert (nobody.email, somebody.email) == (None, "sam@example.org")


def test_place_in_one_session_is_shown_on_no_other_card(client, member, early):
    session = SessionFactory()
    ActivityFactory(call=session.call), SessionFactory(call=session.call)
    sign_up(session, member)

    page = client.get(session.call.get_absolute_url()).content.decode()

    assert page.count("You have a place") == 1


def test_page_that_nobody_has_written_yet_takes_over_a_newer_first_version():
    PageFactory(slug="privacy", body=first_pages.NOT_YET)
    PageFactory(slug="about", body="<p>Ours.</p>")

    first_pages.ensure()

    bodies = dict(Page.objects.values_list("slug", "body"))
    assert "Information Commissioner" in bodies["privacy"]
    assert bodies["about"] == "<p>Ours.</p>"


def test_privacy_page_names_who_is_responsible_from_the_settings(client, community):
    first_pages.ensure()

    page = client.get("/pages/privacy/").content.decode()

    assert "Test Community is responsible" in page and "tel:02079460000" in page
    assert "hello@collective.example" in page


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Call Jo on 020 7946 0004, or text 07700 900004.", ["tel:02079460004", "sms:07700900004"]),
        ("Text us on 07700 900004 or ring 020 7946 0004", ["sms:07700900004", "tel:02079460004"]),
        ("The text says 020 7946 0004", ["tel:02079460004"]),
    ],
)
def test_number_to_text_in_a_sentence_opens_a_text(text, links):
    assert re.findall('href="([^"]+)"', words.contact_links(text)) == links
