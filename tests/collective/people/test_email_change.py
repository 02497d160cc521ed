"""An address is somebody's only with the code that was sent to it, and the old one has its say."""

import time
from datetime import timedelta

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.urls import reverse

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import FollowUp, Message, Person, SignIn
from collective.people import email_change
from collective.safety import emptied
from events.sessions import offers, places
from tests.factories import PersonFactory, PhonePersonFactory, SessionFactory, sign_up
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
PAGE = "/me/email/"


def ask(person, email="new@example.org"):
    return email_change.ask(person, email, "203.0.113.1")


def ask_old(person):
    return email_change.ask_old(person, "203.0.113.1")


def other_than(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def signed_in_by_code(client, email, at=None):
    """Say in the session that the person signed in with a code to this address."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "code", "email": email, "at": at or time.time()}
    ]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


def test_code_goes_to_the_new_address_at_once(outbox):
    asked = ask(PersonFactory())

    assert (outbox[0].to, asked.code in outbox[0].body) == (["new@example.org"], True)


def test_both_codes_change_the_address_and_the_old_one_is_told(outbox):
    person = PersonFactory(email="old@example.org")
    old, new = ask_old(person), ask(person)

    email_change.change(new, new.code, old.code)
    mail.send_due()

    person.refresh_from_db()
    assert (person.email, outbox[-1].to, outbox[-1].subject) == (
        "new@example.org",
        ["old@example.org"],
        "Your email address was changed",
    )


@pytest.mark.parametrize("wrong", ["new", "old"])
def test_one_wrong_code_changes_nothing_and_uses_up_neither(outbox, wrong):
    person = PersonFactory(email="old@example.org")
    old, new = ask_old(person), ask(person)
    codes = {"new": new.code, "old": old.code}
    codes[wrong] = other_than(codes[wrong])

    with pytest.raises(RuleError, match=f"not the code we sent to {wrong}@example.org"):
        email_change.change(new, codes["new"], codes["old"])

    person.refresh_from_db()
    assert person.email == "old@example.org"
    assert list(SignIn.objects.values_list("used_at", flat=True)) == [None, None]


def test_older_code_to_the_same_new_address_is_right_too(outbox):
    person = PhonePersonFactory()
    older, _ = ask(person), ask(person)

    email_change.first(email_change.newest(person), older.code)

    person.refresh_from_db()
    assert person.email == "new@example.org"


def test_code_lasts_fifteen_minutes(outbox, early):
    person = PhonePersonFactory()
    asked = ask(person)
    early.shift(timedelta(minutes=15))

    assert email_change.newest(person) is None
    with pytest.raises(RuleError):
        email_change.first(asked, asked.code)


def test_code_for_an_address_signs_nobody_in(client, outbox):
    asked = ask(PersonFactory(email="old@example.org"))
    session = client.session
    session["sign_in"] = [str(asked.pk)]
    session.save()

    client.post(reverse("code"), {"code": asked.code})

    assert "_auth_user_id" not in client.session
    assert not Person.objects.filter(email="new@example.org").exists()


def test_phone_record_with_an_address_is_told_by_email_from_then_on(outbox):
    person = PhonePersonFactory()
    sign_up(SessionFactory(), person)
    asked = ask(person)

    email_change.first(asked, asked.code)

    person.refresh_from_db()
    assert (person.reach_by, Message.objects.get(kind="booked").channel) == ("email", "email")


def test_waiting_offer_begins_to_run_with_the_mail(outbox):
    session = SessionFactory(places=1)
    holder, waiter = sign_up(session), sign_up(session, PhonePersonFactory())
    places.give_up(holder)
    asked = ask(waiter.person)

    email_change.first(asked, asked.code)

    waiter.refresh_from_db()
    assert waiter.offer_until == offers.offer_until(session.start, clock.now())


def test_address_of_another_record_is_not_taken_and_staff_hear_of_it_once(outbox):
    PersonFactory(email="new@example.org")
    person = PhonePersonFactory()
    for _ in range(2):
        asked = ask(person)
        with pytest.raises(RuleError, match="another record"):
            email_change.first(asked, asked.code)

    person.refresh_from_db()
    assert (person.email, FollowUp.objects.count()) == (None, 1)


def test_who_has_an_address_cannot_be_given_a_first_one(outbox):
    person = PersonFactory(email="old@example.org")
    asked = ask(person)

    with pytest.raises(RuleError, match="have an address already"):
        email_change.first(asked, asked.code)


def test_record_that_was_joined_meanwhile_gets_no_address(outbox):
    person = PhonePersonFactory()
    asked = ask(person)
    emptied.look_now()
    Person.objects.filter(pk=person.pk).update(joined_into=PersonFactory(), is_active=False)

    with pytest.raises(RuleError, match="was joined with another"):
        email_change.first(asked, asked.code)


def test_told_by_hand_stays_so_for_who_had_an_address_already(outbox):
    person = PersonFactory(email="old@example.org", reach_by="phone")
    old, new = ask_old(person), ask(person)

    email_change.change(new, new.code, old.code)

    person.refresh_from_db()
    assert person.reach_by == "phone"


def test_guessing_at_the_code_of_an_address_has_an_end(outbox):
    person = PersonFactory()
    SignIn.objects.bulk_create(
        SignIn(email="x@example.org", network="x", person=person, wrong_codes=5) for _ in range(6)
    )

    with pytest.raises(RuleError, match="Many wrong codes"):
        ask(person)


# On their own page


def test_member_changes_it_with_both_codes(client, member, outbox):
    client.post(PAGE, {"email": "new@example.org"})
    page = client.get(PAGE).content.decode()
    new, old = (SignIn.objects.get(email=email).code for email in ("new@example.org", member.email))
    client.post(PAGE, {"code": new, "old_code": old})

    member.refresh_from_db()
    assert "another one to sam@example.org" in page
    assert member.email == "new@example.org"


def test_other_sessions_end_and_this_one_goes_on(client, member, outbox):
    elsewhere = browser_of(member, second_factor=False)
    signed_in_by_code(client, member.email)
    client.post(PAGE, {"email": "new@example.org"})

    client.post(PAGE, {"code": email_change.newest(member).code})

    assert [browser.get("/me/data/").status_code for browser in (client, elsewhere)] == [200, 302]


def test_who_signed_in_with_a_code_just_now_is_asked_for_the_new_one_only(client, member, outbox):
    signed_in_by_code(client, member.email)
    client.post(PAGE, {"email": "new@example.org"})
    page = client.get(PAGE).content.decode()
    client.post(PAGE, {"code": email_change.newest(member).code})

    member.refresh_from_db()
    assert "signed in with a code to sam@example.org just now" in page
    assert (len(outbox), member.email) == (1, "new@example.org")


@pytest.mark.parametrize(("email", "ago"), [("sam@example.org", 901), ("other@example.org", 0)])
def test_code_of_long_ago_or_to_another_address_does_not_count(client, member, outbox, email, ago):
    signed_in_by_code(client, email, at=time.time() - ago)
    client.post(PAGE, {"email": "new@example.org"})

    page = client.post(PAGE, {"code": email_change.newest(member).code}).content.decode()

    member.refresh_from_db()
    assert "to the old address" in page and member.email == "sam@example.org"


def test_code_of_somebody_else_is_worth_nothing(client, member, outbox):
    asked = ask(PersonFactory())

    page = client.post(PAGE, {"code": asked.code, "old_code": asked.code}).content.decode()

    member.refresh_from_db()
    assert member.email == "sam@example.org" and "can no longer be used" in page


def test_staff_add_a_first_address_at_once_with_the_code_read_to_them(client, coordinator, outbox):
    person = PhonePersonFactory()
    address = reverse("admin:collective_person_email", args=[person.pk])

    client.post(address, {"email": "olive@example.org"})
    client.post(address, {"code": email_change.newest(person).code})

    person.refresh_from_db()
    assert person.email == "olive@example.org"
