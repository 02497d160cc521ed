"""A first address that staff note waits three days where anything is theirs already."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collective import clock
from collective.messages import kinds, mail
from collective.models import AddressChange, ContactChange, FollowUp, Message
from collective.people import address_changes, contact_changes, email_change, record_joins
from tests.factories import (
    CoordinatorFactory,
    PersonFactory,
    PhonePersonFactory,
    SessionFactory,
    sign_up,
)
from tests.messages import path_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
HIS, HERS = "+447700900999", "020 7946 0123"
AFTER = timedelta(hours=72)


@pytest.fixture
def jo():
    return CoordinatorFactory(name="Jo")


@pytest.fixture
def olive():
    """Told by phone, with a place in a session."""
    person = PhonePersonFactory(name="Olive")
    sign_up(SessionFactory(), person)
    return person


def give(person, by, email="his@example.org"):
    asked = email_change.ask(person, email, "203.0.113.1")
    return address_changes.give(asked, asked.code, by)


def waiting_tasks(person):
    return Message.objects.by_hand().filter(person=person, state=Message.State.WAITING).count()


def test_first_address_of_somebody_with_a_place_is_not_theirs_for_three_days(jo, olive, early):
    before = waiting_tasks(olive)
    give(olive, jo)
    early.shift(AFTER - timedelta(seconds=1))
    address_changes.apply_all_due()

    olive.refresh_from_db()
    assert (olive.email, olive.reach_by) == (None, "phone")
    assert waiting_tasks(olive) == before > 0


def test_after_three_days_it_is_theirs_and_what_waits_goes_there(jo, olive, early, outbox):
    give(olive, jo)
    early.shift(AFTER)

    runs = [address_changes.apply_all_due() for _ in range(2)]
    mail.send_due()

    olive.refresh_from_db()
    assert (runs, olive.email) == ([(1, 1), (0, 0)], "his@example.org")
    assert waiting_tasks(olive) == 0
    assert ContactChange.objects.get().changed_by == jo


def test_they_are_asked_first_at_the_number_that_we_know(jo, olive):
    give(olive, jo)

    task = FollowUp.objects.get(person=olive).what
    assert HERS in task and "his@example.org" in task and "Jo has noted" in task


def test_number_that_staff_have_just_changed_is_not_the_one_that_is_asked(jo, olive):
    olive.phone = HIS
    contact_changes.save(olive, jo)

    give(olive, jo)

    assert all(HERS in row.what for row in FollowUp.objects.filter(person=olive))


def test_somebody_who_shares_an_address_can_stop_it_by_the_link(client, jo, outbox):
    ann = PhonePersonFactory(contact_email="son@example.org", reach_by="email")
    sign_up(SessionFactory(), ann)
    give(ann, jo)
    mail.send_due()

    body = next(
        letter.body
        for letter in outbox
        if letter.to == ["son@example.org"] and "/email-changes/" in letter.body
    )
    word = next(word for word in body.split() if "/email-changes/" in word)
    client.post(path_of(word.strip("<>():.")))

    assert AddressChange.objects.get().state == AddressChange.State.STOPPED


def test_staff_can_stop_it_for_them(client, coordinator, olive):
    give(olive, CoordinatorFactory())

    client.post(reverse("admin:collective_person_email", args=[olive.pk]), {"stop": "Stop that"})

    assert AddressChange.objects.get().state == AddressChange.State.STOPPED


def test_page_of_staff_says_that_it_waits(client, coordinator, olive, outbox):
    page = reverse("admin:collective_person_email", args=[olive.pk])
    client.post(page, {"email": "his@example.org"})
    code = email_change.newest(olive).code

    said = client.post(page, {"code": code}, follow=True).content.decode()

    assert "A colleague asks them: see Today." in said
    assert address_changes.waiting(olive).asked_by == coordinator


def test_record_with_nothing_in_it_gets_its_first_address_at_once(jo):
    new = PhonePersonFactory()

    assert give(new, jo) is None

    new.refresh_from_db()
    assert new.email == "his@example.org"
    assert ContactChange.objects.get().what == ["email"]


def test_empty_record_whose_number_was_just_changed_waits_too(jo):
    new = PhonePersonFactory(phone=None, postal_address="1 High Street", reach_by="post")
    new.phone = HIS
    contact_changes.save(new, jo)

    assert give(new, jo) is not None
    assert all("1 High Street" in row.what for row in FollowUp.objects.all())


def test_address_that_a_join_brings_meanwhile_is_not_changed_unasked(jo, olive, early):
    give(olive, jo)
    early.shift(timedelta(hours=1))
    gone = PersonFactory(email="hers@example.org")
    record_joins.join(olive, gone, jo, confirmed_by=CoordinatorFactory())
    early.shift(AFTER)

    address_changes.apply_all_due()

    olive.refresh_from_db()
    assert olive.email == "hers@example.org"


def test_new_address_is_told_that_it_waits(jo, olive, outbox):
    give(olive, jo)
    mail.send_due()

    body = next(" ".join(row.body.split()) for row in outbox if "begin to write" in row.body)
    assert "to be sure that it is yours" in body and "the old one" not in body
    assert Message.objects.filter(kind=kinds.ADDRESS_WAITS, due_at=clock.now()).exists()
