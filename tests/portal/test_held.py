"""What we hold, printed by staff for somebody without email: with a permission, and on record."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.urls import reverse

from events.conversations import confidential
from portal.my_data import my_data
from tests.factories import (
    CoordinatorFactory,
    PhonePersonFactory,
    SeriesFactory,
    book,
    slot_of,
)
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
TOLD_THINGS = "Who sees what is told in confidence"


@pytest.fixture
def olive():
    return PhonePersonFactory(name="Olive")


@pytest.fixture
def staff():
    person = CoordinatorFactory(name="Jo")
    person.groups.add(Group.objects.get(name=TOLD_THINGS))
    return person


def address_of(person):
    return reverse("admin:held", args=[person.pk])


def test_page_asks_first_and_shows_nothing(olive, staff):
    page = browser_of(staff).get(address_of(olive)).content.decode()

    assert "They have asked: show it" in page and "Known since" not in page
    assert LogEntry.objects.count() == 0


def test_button_shows_everything_and_is_a_look_that_the_person_sees(olive, staff):
    page = browser_of(staff).post(address_of(olive)).content.decode()

    (look,) = my_data(olive)["what our team did"]
    assert "Known since" in page and "020 7946 0123" in page
    assert (look["who"], look["what"]) == ("Jo", "Looked at all that we hold, to print it for you")


def test_it_counts_as_a_look_at_each_conversation(olive, staff):
    talk = book(slot_of(SeriesFactory()), olive)

    browser_of(staff).post(address_of(olive))

    assert [entry.user for entry in confidential.seen_by(talk)] == [staff]


def test_coordinator_without_the_permission_may_not(olive):
    assert browser_of(CoordinatorFactory()).post(address_of(olive)).status_code == 403


def test_nobody_prints_a_colleagues_or_their_own(staff):
    codes = [
        browser_of(staff).post(address_of(person)).status_code
        for person in (staff, CoordinatorFactory())
    ]

    assert codes == [403, 403]
