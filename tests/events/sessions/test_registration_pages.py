"""One registration: its owner, who holds the mail's link, and everybody else."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from icalendar import Calendar

from collective.safety.link_keys import key_for
from events.models import Material, Registration
from events.sessions import attendance, places, waiting_list
from tests.factories import KICK_OFF, PersonFactory, SessionFactory, sign_up

State = Registration.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community", "long_sessions")]


def keyed(registration, path=""):
    return f"/registrations/{registration.pk}/{path}?key={key_for('registration', registration.pk)}"


@pytest.fixture
def mine(member):
    return sign_up(
        SessionFactory(places=1), member, access_needs={"choices": ["captions"], "notes": "slowly"}
    )


def test_link_from_a_mail_shows_the_state_and_never_access_needs(client, mine):
    client.logout()

    page = client.get(keyed(mine)).content.decode()

    assert "Your place is booked" in page
    assert "slowly" not in page and "Live captions" not in page


def test_owner_sees_what_they_told_us(client, mine):
    assert "slowly" in client.get(mine.get_absolute_url()).content.decode()


@pytest.mark.parametrize("path", ["", "give-up/", "offer/", "calendar.ics"])
def test_registration_of_another_person_is_not_found(client, mine, path):
    client.force_login(PersonFactory())

    assert client.get(f"/registrations/{mine.pk}/{path}").status_code == 404


def test_link_of_another_registration_opens_nothing(client, mine):
    other = sign_up(SessionFactory())
    client.logout()

    assert (
        client.get(f"/registrations/{mine.pk}/?key={key_for('registration', other.pk)}").status_code
        == 404
    )


def test_link_ends_thirty_days_after_the_session(client, mine, early):
    client.logout()
    early.move_to(KICK_OFF + timedelta(days=31))

    assert client.get(keyed(mine)).status_code == 404


def test_opening_links_changes_nothing(client, mine):
    for path in ("", "give-up/", "offer/", "calendar.ics"):
        client.get(keyed(mine, path))
        client.head(keyed(mine, path))

    mine.refresh_from_db()
    assert mine.state == State.CONFIRMED


def test_i_cannot_come_works_from_the_mail_and_has_a_way_back(client, mine, early):
    client.logout()
    client.post(keyed(mine, "give-up/"))
    early.shift(timedelta(hours=1))
    waiting_list.move_all_on()
    page = client.get(keyed(mine)).content.decode()
    mine.refresh_from_db()
    state = mine.state
    again = client.post(keyed(mine, "again/"), follow=True).content.decode()

    assert "You are signed up again" in again and "/again/" not in again
    assert (state, "Sign up again" in page or "sign up again" in page.lower()) == (
        State.CANCELLED,
        True,
    )
    assert mine.person.registrations.live().count() == 1


def test_offer_is_accepted_by_a_button_not_by_the_link(client, mine, member):
    waiter = sign_up(mine.session)
    places.give_up(mine)
    client.logout()
    client.get(keyed(waiter, "offer/"))
    waiter.refresh_from_db()
    after_link = waiter.state

    client.post(keyed(waiter, "offer/accept/"))

    waiter.refresh_from_db()
    assert (after_link, waiter.state) == (State.OFFERED, State.CONFIRMED)


def test_accepting_after_the_end_says_so_and_shows_the_way_back(client, mine, early):
    waiter = sign_up(mine.session)
    places.give_up(mine)
    early.shift(timedelta(hours=49))
    client.logout()

    page = client.post(keyed(waiter, "offer/accept/"), follow=True).content.decode()

    assert "This offer has ended" in page and "Put me back on the list" in page


def test_joining_details_are_shown_from_two_days_before_to_who_is_coming_only(client, mine, early):
    before = client.get(mine.get_absolute_url()).content.decode()
    waiter = sign_up(mine.session)
    early.move_to(KICK_OFF - timedelta(days=2))
    now = client.get(mine.get_absolute_url()).content.decode()
    client.force_login(waiter.person)

    waiting = client.get(waiter.get_absolute_url()).content.decode()

    assert ["zoom.example" in page for page in (before, now, waiting)] == [False, True, False]


def test_my_page_shows_join_first_from_two_days_before(client, mine, early):
    early.move_to(KICK_OFF - timedelta(days=2))

    assert 'href="https://zoom.example/j/1">Join' in client.get("/me/").content.decode()


def test_calendar_file_has_a_stable_uid_and_a_sequence_that_grows(client, mine):
    first = Calendar.from_ical(client.get(f"/registrations/{mine.pk}/calendar.ics").content)
    mine.session.starts_at += timedelta(minutes=30)
    mine.session.save()
    second = Calendar.from_ical(client.get(f"/registrations/{mine.pk}/calendar.ics").content)

    events = [calendar.walk("VEVENT")[0] for calendar in (first, second)]
    assert [event["uid"] for event in events] == [f"{mine.pk}@localhost"] * 2
    assert [event["sequence"] for event in events] == [0, 1]
    assert (first["method"], events[0].decoded("dtstart")) == ("REQUEST", KICK_OFF)


def test_material_is_for_who_is_coming_from_the_set_time_and_always_a_download(client, mine, early):
    row = Material.objects.create(
        session=mine.session, name="The questions", file=ContentFile(b"<script>", name="q.html")
    )
    path = f"/registrations/{mine.pk}/materials/{row.pk}/"
    before = client.get(path).status_code
    early.move_to(KICK_OFF - timedelta(days=1))
    response = client.get(path)

    assert (before, response.status_code) == (404, 200)
    assert response["Content-Disposition"] == 'attachment; filename="the-questions.html"'


def test_access_needs_can_be_changed(client, mine):
    client.post(
        f"/registrations/{mine.pk}/access-needs/", {"access": ["breaks"], "access_notes": ""}
    )

    mine.refresh_from_db()
    assert mine.access_needs == {"choices": ["breaks"], "notes": ""}


def test_access_needs_cannot_be_changed_with_a_link(client, mine):
    client.logout()

    assert client.post(keyed(mine, "access-needs/"), {"access": ["breaks"]}).status_code == 302
    mine.refresh_from_db()
    assert mine.access_needs["choices"] == ["captions"]


@pytest.mark.parametrize("state", ["attended", "missed"])
def test_each_state_has_a_page(client, mine, state, early):
    early.move_to(KICK_OFF)
    attendance.mark(mine, state)

    assert client.get(mine.get_absolute_url()).status_code == 200


def test_cancelled_session_says_why(client, mine):
    mine.session.state, mine.session.cancelled_because = "cancelled", "Jo is ill."
    mine.session.save()

    assert "Jo is ill." in client.get(mine.get_absolute_url()).content.decode()
