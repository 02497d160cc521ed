"""The door: somebody is there. They are looked for first, so that nobody is in our books twice."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collective.models import Person
from collective.people import alike
from collective.people.alike import KnownAlready
from events.models import Registration
from events.sessions import attendance, door, places
from events.sessions.door import Newcomer
from payments.models import Payment
from tests.factories import (
    KICK_OFF,
    CoordinatorFactory,
    PersonFactory,
    PhonePersonFactory,
    SessionFactory,
    sign_up,
)
from tests.signed_in import browser_of

State = Registration.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


@pytest.fixture
def session():
    return SessionFactory(places=1)


@pytest.fixture
def jo(early):
    early.move_to(KICK_OFF + timedelta(minutes=10))
    return browser_of(CoordinatorFactory(name="Jo"))


def page_of(session):
    return reverse("admin:events_session_walk_in", args=[session.pk])


def found(browser, session, text):
    page = browser.post(page_of(session), {"q": text})
    return [(row.person.name, row.words) for row in page.context["found"]]


def bring(session, how):
    """Somebody called Ash Brown who stands like this to the session."""
    person = PersonFactory(name="Ash Brown")
    if how in {"waiting", "offered"}:
        holder = sign_up(session)
    if how != "known":
        registration = sign_up(session, person)
    if how == "offered":
        places.give_up(holder)
    if how == "gave up":
        places.give_up(registration)
    return person


STANDS = [
    ("booked", "has a place"),
    ("offered", "was offered a place"),
    ("waiting", "is on the waiting list"),
    ("gave up", "was on the list, and is no longer"),
    ("known", "did not sign up for this session"),
]


@pytest.mark.parametrize(("how", "words"), STANDS)
def test_whoever_is_there_is_found_and_noted_and_what_they_earn_is_theirs(
    session, early, how, words
):
    person = bring(session, how)
    early.move_to(KICK_OFF + timedelta(minutes=10))
    browser = browser_of(CoordinatorFactory())
    shown = found(browser, session, "ash")
    browser.post(page_of(session), {"person": person.pk, "capacity": "personal"})

    [row] = session.registrations.filter(person=person).live()
    assert shown == [("Ash Brown", words)]
    assert (row.state, row.payment.person) == (State.ATTENDED, person)
    assert Person.objects.filter(name__startswith="Ash").count() == 1


def test_people_of_the_session_are_shown_before_others_however_many_there_are(session, jo):
    PersonFactory.create_batch(25, name="Ash A")
    booked = Registration.objects.create(
        session=session, person=PersonFactory(name="Ash Z"), state=State.CONFIRMED, seat=1
    )

    shown = found(jo, session, "Ash")

    assert (len(shown), shown[0]) == (20, (booked.person.name, "has a place"))


def test_doubled_click_notes_somebody_once(session, jo):
    person = PersonFactory()

    for _ in range(2):
        jo.post(page_of(session), {"person": person.pk})

    assert session.registrations.get().came_without_signing_up


def test_somebody_who_was_not_seen_is_noted_as_there(session, early):
    registration = sign_up(session)
    early.move_to(KICK_OFF)
    attendance.mark(registration, State.MISSED)

    noted = door.note_came(session, registration.person)

    assert (noted.pk, noted.state) == (registration.pk, State.ATTENDED)


def test_answers_that_somebody_gave_before_stand(session, early):
    registration = sign_up(session, capacity="paid_role")
    places.give_up(registration)
    early.move_to(KICK_OFF)

    noted = door.note_came(session, registration.person, capacity="personal")

    assert (noted.capacity, Payment.objects.count()) == ("paid_role", 0)


@pytest.mark.parametrize("number", [1, 15])
def test_search_asks_as_often_for_one_as_for_many(session, jo, django_assert_num_queries, number):
    for person in PersonFactory.create_batch(number, name="Ash"):
        Registration.objects.create(session=session, person=person, state=State.CANCELLED)
    jo.get(page_of(session))

    with django_assert_num_queries(8):
        found(jo, session, "Ash")


ALIKE = [
    ({"name": "ash"}, {}),
    ({"name": "Brown ASH Jones"}, {}),
    ({"name": "Zoe", "email": "Ash@Example.org"}, {"email": "ash@example.org"}),
    ({"name": "Zoe", "email": "amy@example.org"}, {"contact_email": "amy@example.org"}),
    ({"name": "Zoe", "phone": "020 7946 0107"}, {"phone": "+442079460107"}),
]


@pytest.mark.parametrize(("typed", "known"), ALIKE)
def test_somebody_new_who_may_be_known_is_asked_about_before_a_double_is_made(
    session, jo, typed, known
):
    person = PersonFactory(name="Ash Brown", **known)

    page = jo.post(page_of(session), typed)

    assert [row.person for row in page.context["found"]] == [person]
    assert f'value="{person.pk}"' in page.content.decode()
    assert (session.registrations.count(), Person.objects.filter(name="Zoe").count()) == (0, 0)


def test_somebody_else_of_that_name_is_added_once_staff_say_so(session, jo):
    PersonFactory(name="Ash")

    jo.post(page_of(session), {"name": "Ash", "is_somebody_else": "on"})

    assert session.registrations.get().person.name == "Ash"
    assert Person.objects.filter(name="Ash").count() == 2


def test_address_of_somebody_is_never_given_to_another_record(session, late):
    PersonFactory(name="Ash", email="ash@example.org")

    with pytest.raises(KnownAlready):
        door.note_newcomer(session, Newcomer("Zoe", "ash@example.org"), is_somebody_else=True)


def test_somebody_new_is_written_down_as_they_were_looked_for(session, jo):
    for text, name in (("Zoe", "name"), ("zoe@example.org", "email"), ("020 7946 0107", "phone")):
        page = jo.post(page_of(session), {"q": text})

        assert page.context["new"].initial == {name: text}


def test_empty_records_are_no_match(session, late):
    PhonePersonFactory(name="Ash", joined_into=PersonFactory(name="Bea"))

    assert alike.of("Ash") == []


BOOKING = {"phone": "01632 960099", "reach_by": "phone"}


def test_booking_by_phone_asks_about_somebody_of_that_name_too(early):
    person, browser = PersonFactory(name="Ash Brown"), browser_of(CoordinatorFactory())
    address = reverse("admin:events_session_book", args=[SessionFactory().pk])

    page = browser.post(address, {"name": "Ash", **BOOKING})
    added = browser.post(address, {"name": "Ash", **BOOKING, "is_somebody_else": "on"})

    assert f"Book for <bdi>{person}" in page.content.decode()
    assert (added.status_code, Person.objects.filter(name="Ash").count()) == (302, 1)


def test_adding_a_person_asks_about_somebody_of_that_name_too(early):
    PersonFactory(name="Ash Brown")
    browser, address = browser_of(CoordinatorFactory()), reverse("admin:collective_person_add")
    sent = {"name": "Ash", **BOOKING}

    page = browser.post(address, sent)
    asked = Person.objects.filter(name="Ash").count()
    browser.post(address, {**sent, "is_somebody_else": "on"})

    assert "We know" in page.content.decode()
    assert (asked, Person.objects.filter(name="Ash").count()) == (0, 1)
