"""The session board: numbers, lists, and a cost that does not grow with people."""

import csv
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from collective.models import Person
from collective.safety import csv_cells
from events.models import Registration
from events.sessions import places
from tests.factories import (
    CoordinatorFactory,
    PersonFactory,
    PhonePersonFactory,
    SessionFactory,
    sign_up,
)
from tests.signed_in import with_second_factor

State = Registration.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


def page_of(client, session, name="board", **query):
    return client.get(reverse(f"admin:events_session_{name}", args=[session.pk]), query)


def many(session, number, state="confirmed"):
    """So many registrations, written at once."""
    people = [PersonFactory.build(password="!") for _ in range(number)]
    Person.objects.bulk_create(people)
    held = state != "waiting"
    Registration.objects.bulk_create(
        Registration(
            session=session,
            person=person,
            state=state,
            seat=row if held else None,
            list_number=None if held else row,
            companion={"kind": "brings"} if row % 10 == 0 else None,
        )
        for row, person in enumerate(people, 1)
    )


def test_board_says_places_waiting_and_heads(client, coordinator):
    session = SessionFactory(places=2)
    sign_up(session, companion={"kind": "brings", "name": "Lee", "email": ""})
    sign_up(session, companion={"kind": "would_like", "name": "", "email": ""})
    sign_up(session)

    page = page_of(client, session)

    assert (
        page.context["heads"],
        page.context["session"].held,
        page.context["session"].waiting,
    ) == (3, 2, 1)


@pytest.mark.parametrize(
    ("show", "number"), [("place", 2), ("waiting", 1), ("gone", 1), ("offered", 0)]
)
def test_each_tab_shows_its_people(client, coordinator, show, number):
    session = SessionFactory(places=2, offers_by_hand=True)
    rows = [sign_up(session) for _ in range(4)]
    places.give_up(rows[2])

    assert len(page_of(client, session, show=show).context["page"].object_list) == number


@pytest.mark.parametrize("number", [10, pytest.param(2000, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("show", ["place", "waiting"])
def test_board_asks_twelve_queries_at_most(
    client, coordinator, django_assert_max_num_queries, number, show
):
    session = SessionFactory(places=5000)
    many(session, number, "confirmed" if show == "place" else "waiting")
    page_of(client, session)

    with django_assert_max_num_queries(12):
        page_of(client, session, show=show)


def test_long_lists_have_pages(client, coordinator):
    session = SessionFactory(places=200)
    many(session, 120)

    last = page_of(client, session, page=3)

    assert (len(last.context["page"].object_list), "Page 3 of 3" in last.content.decode()) == (
        20,
        True,
    )


def test_export_has_everybody_and_no_phone_number(client, coordinator):
    session = SessionFactory()
    sign_up(session, PhonePersonFactory(name="Olive")), sign_up(session, PersonFactory(name="=1+1"))

    rows = list(
        csv.reader(StringIO(page_of(client, session, "export").content.decode("utf-8-sig")))
    )

    assert {row[0] for row in rows} == {"Name", "Olive", "'=1+1"}
    assert "7946" not in str(rows)


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "  =1", "\r=1"])
def test_cell_that_a_spreadsheet_would_run_is_quoted(cell):
    assert csv_cells.safe(cell) == f"'{cell}"


def test_ordinary_cell_stays_as_it_is():
    assert [csv_cells.safe(value) for value in ("Amina", 7500, "a-b")] == ["Amina", "7500", "a-b"]


def test_door_sheet_lists_who_has_a_place_only(client, coordinator):
    session = SessionFactory(places=1)
    sign_up(session, PersonFactory(name="Amina")), sign_up(session, PersonFactory(name="Bartek"))

    page = page_of(client, session, "door_sheet").content.decode()

    assert ("Amina" in page, "Bartek" in page) == (True, False)


def test_finance_sees_no_board(client):
    person = CoordinatorFactory()
    person.groups.set([Group.objects.get(name="Finance")])
    client.force_login(person)
    with_second_factor(client, person)

    assert page_of(client, SessionFactory()).status_code == 403


def test_somebody_new_is_added_by_phone_and_booked(client, coordinator):
    session = SessionFactory()
    new = {"name": "Olive", "phone": "020 7946 0123", "reach_by": "phone"}

    form = client.post(reverse("admin:events_session_book", args=[session.pk]), new, follow=True)
    answers = {
        "capacity": "personal",
        "coming_along": "nobody",
        "access": ["captions"],
        "agree": "on",
        "told": "on",
    }
    client.post(form.redirect_chain[-1][0], answers)

    registration = session.registrations.get()
    assert (registration.person.phone, registration.state) == ("+442079460123", State.CONFIRMED)
    assert registration.needs.count() == 1


def test_person_is_found_by_the_whole_phone_number_only(client, coordinator):
    session = SessionFactory()
    PhonePersonFactory(name="Olive")
    address = reverse("admin:events_session_book", args=[session.pk])
    found = {
        text: "Book for <bdi>Olive</bdi>" in client.post(address, {"q": text}).content.decode()
        for text in ("+44 20 7946 0123", "02079460123", "7946", "0207946012")
    }

    assert found == {
        "+44 20 7946 0123": True,
        "02079460123": True,
        "7946": False,
        "0207946012": False,
    }


def test_booking_twice_finds_the_first(client, coordinator):
    registration = sign_up(SessionFactory())
    address = reverse(
        "admin:events_session_book_person", args=[registration.session_id, registration.person_id]
    )

    page = client.get(address, follow=True)

    assert "is on this session already" in page.content.decode()


def test_refused_booking_keeps_what_was_typed(client, coordinator):
    session, person = SessionFactory(), PhonePersonFactory()
    address = reverse("admin:events_session_book_person", args=[session.pk, person.pk])

    page = client.post(
        address,
        {"capacity": "personal", "coming_along": "nobody", "access_notes": "slowly, please"},
    )

    assert "slowly, please" in page.content.decode() and session.registrations.count() == 0
