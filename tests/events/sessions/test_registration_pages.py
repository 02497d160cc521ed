"""One registration: its owner, who holds the mail's link, and everybody else."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from icalendar import Calendar

from collective.messages import mail
from collective.safety.link_keys import key_for
from events.models import Material, Registration, Session
from events.sessions import attendance, places, waiting_list
from tests.factories import KICK_OFF, PersonFactory, SeriesFactory, SessionFactory, sign_up

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


def test_link_is_promised_to_people_who_have_a_place(client, mine):
    waits = sign_up(mine.session)

    pages = [client.get(keyed(row)).content.decode() for row in (mine, waits)]

    promised = ["We send you the link" in page for page in pages]
    told = ["People who have a place get the link" in page for page in pages]
    assert (promised, told) == ([True, False], [False, True])


def test_owner_sees_what_they_told_us(client, mine):
    assert "slowly" in client.get(mine.get_absolute_url()).content.decode()


@pytest.mark.parametrize("path", ["", "give-up/", "offer/", "offer/decline/", "calendar.ics"])
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
    for path in ("", "give-up/", "offer/", "offer/decline/", "calendar.ics"):
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
    assert (state, "Book it again" in page) == (State.CANCELLED, True)
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
    early.shift(timedelta(days=5))
    client.logout()

    page = client.post(keyed(waiter, "offer/accept/"), follow=True).content.decode()

    assert "This offer has ended" in page and "Book it again" in page


def test_no_thank_you_asks_once_more_and_leaves_a_receipt(client, mine, member, outbox):
    waiter = sign_up(mine.session)
    places.give_up(mine)
    client.force_login(waiter.person)
    asked = client.get(f"/registrations/{waiter.pk}/offer/decline/").content.decode()
    waiter.refresh_from_db()
    assert "Say no to this place?" in asked and waiter.state == State.OFFERED

    client.post(f"/registrations/{waiter.pk}/offer/decline/")
    mail.send_due()

    waiter.refresh_from_db()
    (receipt,) = [row for row in outbox if row.subject == "You said no to the place"]
    assert (waiter.state, receipt.to) == (State.CANCELLED, [waiter.person.email])
    assert "you can sign up again while sign-up is open" in receipt.body
    assert "There is no offer" in client.get(keyed(waiter, "offer/decline/")).content.decode()


@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize("others", [0, 1])
def test_lapsed_offer_says_whether_the_place_is_still_free(client, mine, early, others, swept):
    waiter = sign_up(mine.session)
    for _ in range(others):
        sign_up(mine.session)
    places.give_up(mine)
    early.shift(timedelta(days=5))
    if swept:
        waiting_list.move_all_on()

    page = client.get(keyed(waiter)).content.decode()

    assert ("A place is still free: book it again" in page, "end of the waiting list" in page) == (
        not others,
        bool(others),
    )
    assert "next person" not in page


def test_person_who_waits_reads_their_place_and_the_day_they_will_hear(client, mine):
    sign_up(mine.session)
    waiter = sign_up(mine.session)
    client.force_login(waiter.person)

    page = " ".join(client.get(waiter.get_absolute_url()).content.decode().split())
    my_page = " ".join(client.get("/me/").content.decode().split())

    assert "You are second on the list" in page and "you are second" in my_page
    assert "You hear from us by Wednesday 5 October, 5pm" in page
    assert "If your turn came now, that would be Monday 12 September, 5pm" in page


def test_once_offers_have_stopped_nobody_is_told_to_wait_for_one(client, mine, early):
    waiter = sign_up(mine.session)
    early.move_to(KICK_OFF - timedelta(hours=20))

    page = " ".join(client.get(keyed(waiter)).content.decode().split())

    assert "There is no place for you so far" in page
    assert "You hear from us by" not in page


def test_page_after_the_session_says_not_yet_and_names_the_next_way(client, member, early):
    session = SessionFactory()
    registration = sign_up(session, member)
    SeriesFactory(call=session.call, title="Talk with Richard")
    early.move_to(KICK_OFF + timedelta(hours=3))
    client.force_login(member)
    pages = [client.get(registration.get_absolute_url()).content.decode()]
    attendance.mark(registration, State.ATTENDED)
    pages.append(client.get(registration.get_absolute_url()).content.decode())

    assert ["Thank you" in page for page in pages] == [False, True]
    assert "Not yet: there are no notes so far" in pages[1]
    assert all("Talk with Richard" in page for page in pages)


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

    assert client.post(keyed(mine, "access-needs/"), {"access": ["breaks"]}).status_code == 403
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


def offered_to(session):
    """Somebody who waited, and is offered the place that another gave back."""
    holder, waiter = sign_up(session), sign_up(session)
    places.give_up(holder)
    return waiter


def seen(client, row, *paths):
    """Each page that the mail's link opens, as plain words."""
    return [" ".join(client.get(keyed(row, path)).content.decode().split()) for path in paths]


@pytest.mark.parametrize("state", ["open", "closed"])
def test_signing_up_again_is_promised_only_while_sign_up_is_open(client, outbox, state):
    waiter = offered_to(SessionFactory(places=1))
    Session.objects.update(state=state)
    mail.send_due()

    pages = seen(client, waiter, "offer/", "offer/decline/", "give-up/")
    (letter,) = [row.body for row in outbox if row.subject == "A place is free for you"]

    promised = ["you can sign up again" in page.lower() for page in [*pages, letter]]
    assert promised == [state == "open"] * 4


def test_offer_that_was_declined_by_a_link_has_not_ended_yet(client):
    waiter = offered_to(SessionFactory(places=1))
    client.post(keyed(waiter, "offer/decline/"))

    pages = seen(client, waiter, "offer/", "offer/decline/")

    assert ["You have said no to this place" in page for page in pages] == [True, True]
    assert "This offer has ended" not in pages[0]


def test_page_left_open_to_decline_gives_up_no_booked_place(client):
    waiter = offered_to(SessionFactory(places=1))
    places.accept(waiter)

    page = client.post(keyed(waiter, "offer/decline/"), follow=True).content.decode()

    waiter.refresh_from_db()
    assert (waiter.state, waiter.leaves_at) == (State.CONFIRMED, None)
    assert "There is no offer any more" in page


def test_whoever_joins_the_list_too_late_for_offers_is_promised_none(client, early, outbox):
    session = SessionFactory(places=1)
    sign_up(session)
    early.move_to(KICK_OFF - timedelta(hours=20))
    page = " ".join(client.get(session.get_absolute_url()).content.decode().split())
    sign_up(session)
    mail.send_due()

    (letter,) = [row.body for row in outbox if row.subject == "You are on the waiting list"]
    assert "stopped offering places" in page and "your turn" not in page
    assert "stopped offering places" in letter and "your turn" not in letter
