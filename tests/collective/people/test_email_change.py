"""An address is somebody's only with the code that was sent to it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import FollowUp, Message, Person
from collective.people import email_change
from events.sessions import places
from tests.factories import PersonFactory, PhonePersonFactory, SessionFactory, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


def ask(person, email="new@example.org"):
    return email_change.ask(person, email, "203.0.113.1")


def test_code_goes_to_the_new_address_at_once(outbox):
    asked = ask(PersonFactory())

    assert (outbox[0].to, asked.code in outbox[0].body) == (["new@example.org"], True)


def test_right_code_changes_the_address_and_tells_the_old_one(outbox):
    person = PersonFactory(email="old@example.org")
    asked = ask(person)

    email_change.confirm(asked, asked.code)
    mail.send_due()

    person.refresh_from_db()
    assert (person.email, outbox[-1].to, outbox[-1].subject) == (
        "new@example.org",
        ["old@example.org"],
        "Your email address was changed",
    )


def test_wrong_code_changes_nothing(outbox):
    person = PersonFactory(email="old@example.org")
    asked = ask(person)
    wrong = "000000" if asked.code != "000000" else "111111"

    with pytest.raises(RuleError, match="not the code"):
        email_change.confirm(asked, wrong)

    person.refresh_from_db()
    assert person.email == "old@example.org"


def test_code_lasts_fifteen_minutes(outbox, early):
    person = PersonFactory()
    asked = ask(person)
    early.shift(timedelta(minutes=15))

    assert email_change.newest(person) is None
    with pytest.raises(RuleError):
        email_change.confirm(asked, asked.code)


def test_code_for_an_address_signs_nobody_in(client, outbox):
    asked = ask(PersonFactory(email="old@example.org"))
    session = client.session
    session["sign_in"] = str(asked.pk)
    session.save()

    client.post(reverse("code"), {"code": asked.code})

    assert "_auth_user_id" not in client.session
    assert not Person.objects.filter(email="new@example.org").exists()


def test_phone_record_with_an_address_is_told_by_email_from_then_on(outbox):
    person = PhonePersonFactory()
    sign_up(SessionFactory(), person)
    asked = ask(person)

    email_change.confirm(asked, asked.code)

    person.refresh_from_db()
    assert (person.reach_by, Message.objects.get(kind="booked").channel) == ("email", "email")


def test_waiting_offer_begins_to_run_with_the_mail(outbox):
    session = SessionFactory(places=1)
    holder, waiter = sign_up(session), sign_up(session, PhonePersonFactory())
    places.give_up(holder)
    asked = ask(waiter.person)

    email_change.confirm(asked, asked.code)

    waiter.refresh_from_db()
    assert waiter.offer_until == clock.now() + timedelta(hours=48)


def test_address_of_another_record_is_not_taken_and_staff_hear_of_it_once(outbox):
    PersonFactory(email="new@example.org")
    person = PersonFactory(email="old@example.org")
    for _ in range(2):
        asked = ask(person)
        with pytest.raises(RuleError, match="another record"):
            email_change.confirm(asked, asked.code)

    person.refresh_from_db()
    assert (person.email, FollowUp.objects.count()) == ("old@example.org", 1)


def test_member_changes_it_on_their_own_page(client, member, outbox):
    client.post(reverse("change_email"), {"email": "new@example.org"})
    page = client.get(reverse("change_email")).content.decode()
    client.post(reverse("change_email"), {"code": email_change.newest(member).code})

    member.refresh_from_db()
    assert "We have sent a code to new@example.org" in page
    assert member.email == "new@example.org"


def test_code_of_somebody_else_is_worth_nothing(client, member, outbox):
    asked = ask(PersonFactory())

    page = client.post(reverse("change_email"), {"code": asked.code}).content.decode()

    member.refresh_from_db()
    assert member.email == "sam@example.org" and "can no longer be used" in page


def test_staff_add_an_address_with_the_code_read_to_them(client, coordinator, outbox):
    person = PhonePersonFactory()
    address = reverse("admin:collective_person_email", args=[person.pk])

    client.post(address, {"email": "olive@example.org"})
    client.post(address, {"code": email_change.newest(person).code})

    person.refresh_from_db()
    assert person.email == "olive@example.org"


def test_told_by_hand_stays_so_for_who_had_an_address_already(outbox):
    person = PersonFactory(email="old@example.org", reach_by="phone")
    asked = ask(person)

    email_change.confirm(asked, asked.code)

    person.refresh_from_db()
    assert person.reach_by == "phone"
