"""What happened with a booking names the person, and colleagues who acted as such only."""

import pytest
from django.urls import reverse

from events.sessions import places
from tests.factories import CoordinatorFactory, PersonFactory, SessionFactory, sign_up
from tests.joining import join
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


@pytest.fixture
def session():
    return SessionFactory(places=1)


def history(registration):
    """The page of whoever has this booking, as they read it."""
    page = browser_of(registration.person).get(registration.get_absolute_url())
    words = " ".join(page.content.decode().split())
    return words.partition("What happened with this booking")[2].partition("</ul>")[0]


def staff_act(person, registration, act):
    address = reverse("admin:events_registration_act", args=[registration.pk, act])
    return browser_of(person).post(address)


def test_member_who_gives_up_a_place_is_not_named_to_who_is_offered_it(session):
    fay = sign_up(session, PersonFactory(name="Fay"))
    olive = sign_up(session, PersonFactory(name="Olive"))

    browser_of(fay.person).post(f"/registrations/{fay.pk}/give-up/")

    assert "a place was offered" in history(olive)
    assert "Fay" not in history(olive) and "from our team" not in history(olive)
    assert "no longer signed up, by you" in history(fay)


def test_coordinator_who_gives_up_their_own_place_as_a_member_is_not_named(session):
    fay = sign_up(session, CoordinatorFactory(name="Fay"))
    olive = sign_up(session)

    browser_of(fay.person).post(f"/registrations/{fay.pk}/give-up/")

    assert "a place was offered" in history(olive) and "Fay" not in history(olive)


def test_coordinator_who_gives_back_their_own_place_on_a_page_of_staffs_is_not_named(session):
    fay = sign_up(session, CoordinatorFactory(name="Fay"))
    olive = sign_up(session)

    staff_act(fay.person, fay, "give_back")

    assert "a place was offered" in history(olive) and "Fay" not in history(olive)


def test_colleague_who_acts_for_somebody_is_named(session):
    amina, jo = sign_up(session), CoordinatorFactory(name="Jo")

    staff_act(jo, amina, "give_back")

    assert "no longer signed up, by Jo from our team" in history(amina)


def test_what_went_by_itself_names_nobody(session):
    fay, olive = sign_up(session), sign_up(session)

    places.give_up(fay)

    assert "a place was offered</li>" in history(olive)


def test_what_one_did_before_two_records_were_joined_is_still_by_you(session):
    kept, gone = PersonFactory(), PersonFactory(name="Anne")
    mine = sign_up(session, gone)
    browser_of(gone).post(f"/registrations/{mine.pk}/give-up/")
    join(kept, gone)
    mine.refresh_from_db()

    assert "no longer signed up, by you" in history(mine)
