"""Staff change how somebody is reached: the person is told, by a way that staff did not choose."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collective import clock
from collective.messages import by_hand, mail
from collective.models import ContactChange, FollowUp, Message, Person
from collective.people import contact_changes
from portal.my_data import my_data
from portal.today import housekeeping
from tests.factories import CoordinatorFactory, PersonFactory, PhonePersonFactory
from tests.messages import kinds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
HIS, HERS = "+447700900999", "020 7946 0123"


@pytest.fixture
def jo():
    return CoordinatorFactory(name="Jo")


@pytest.fixture
def olive():
    return PhonePersonFactory(name="Olive")


def save(person, by, **fields):
    for name, value in fields.items():
        setattr(person, name, value)
    contact_changes.save(person, by)


def tasks():
    return [row.what for row in FollowUp.objects.order_by("created_at", "pk")]


def test_member_whom_staff_begin_to_ring_is_told_so_at_their_own_address(jo, outbox):
    sam = PersonFactory(email="sam@example.org")

    save(sam, jo, reach_by="phone", phone=HIS)
    mail.send_due()

    assert [letter.to for letter in outbox] == [["sam@example.org"]]
    body = " ".join(outbox[0].body.split())
    assert "by Jo from our team: how we tell you things, your phone number." in body


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("reach_by", "phone", "how we tell you things"),
        ("phone", HIS, "your phone number"),
        ("postal_address", "1 High Street", "your postal address"),
        ("contact_email", "his@example.org", "the email address that you share"),
    ],
)
def test_each_way_that_staff_change_is_said(jo, outbox, field, value, words):
    save(PersonFactory(), jo, **{field: value})
    mail.send_due()

    assert f"by Jo from our team: {words}." in " ".join(outbox[0].body.split())


def test_somebody_without_email_is_told_at_the_number_from_before(jo, olive):
    save(olive, jo, phone=HIS)

    (task,) = tasks()
    assert HERS in task and "999" not in task
    assert task.startswith("Jo has changed what we know of how to reach them: their phone number.")
    assert housekeeping.follow_ups(None).lines[0].person == olive


def test_a_second_change_is_told_at_the_number_from_before_the_first(jo, olive, early):
    save(olive, jo, phone=HIS)
    early.shift(timedelta(hours=1))

    save(olive, jo, phone="+447700900998")

    assert len(tasks()) == 2 and all(HERS in task for task in tasks())


def test_somebody_told_by_post_is_told_at_the_house_from_before(jo):
    ann = PhonePersonFactory(phone=None, postal_address="1 High Street", reach_by="post")

    save(ann, jo, postal_address="9 Low Street")

    assert "1 High Street" in tasks()[0] and "9 Low Street" not in tasks()[0]


def test_somebody_who_shares_an_address_is_told_at_the_shared_one_from_before(jo, outbox):
    ann = PhonePersonFactory(contact_email="son@example.org", reach_by="email")

    save(ann, jo, contact_email="his@example.org")
    mail.send_due()

    assert [letter.to for letter in outbox] == [["son@example.org"]]


def test_nothing_is_told_where_contacts_stay_as_they_are(jo, olive):
    save(olive, jo, name="Olive B.")

    assert (tasks(), ContactChange.objects.count()) == ([], 0)


def test_form_of_the_admin_tells_once_a_save(client, coordinator, olive):
    page = reverse("admin:collective_person_change", args=[olive.pk])
    fields = {"name": "Olive", "phone": "07700 900999", "postal_address": "9 Low Street"}

    client.post(page, {**fields, "reach_by": "phone", "wants_reminders": "on"})

    change = ContactChange.objects.get()
    assert (change.what, change.changed_by) == (["phone", "postal_address"], coordinator)
    assert len(tasks()) == 1


def test_new_person_in_the_admin_is_told_nothing(client, coordinator):
    fields = {"name": "Olive", "phone": "07700 900999", "reach_by": "phone"}

    client.post(reverse("admin:collective_person_add"), fields)

    assert Person.objects.filter(name="Olive").exists()
    assert (tasks(), ContactChange.objects.count()) == ([], 0)


def test_change_stands_on_their_own_data_with_who_made_it(jo, olive):
    save(olive, jo, phone=HIS)

    (row,) = my_data(olive)["our team changed how we reach you"]
    assert row["what"] == "your phone number" and row["who"] == "by Jo from our team"
    assert row["before"] == {"phone": "+442079460123"}


def test_change_and_what_was_before_go_after_a_month(jo, olive, early):
    save(olive, jo, phone=HIS)
    early.shift(contact_changes.KEEP + timedelta(seconds=1))

    assert [contact_changes.forget_old() for _ in range(2)] == [(1, 1), (0, 0)]


def test_mail_of_it_never_becomes_a_task_for_the_one_who_made_it(jo):
    sam = PersonFactory()
    save(sam, jo, reach_by="phone", phone=HIS)

    by_hand.rechannel(sam)

    assert Message.objects.get().channel == Message.Channel.EMAIL
    assert kinds(sam)["contacts_changed"] == 1
    assert ContactChange.objects.get().changed_at == clock.now()
