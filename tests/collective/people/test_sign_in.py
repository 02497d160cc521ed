"""The one door."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP

from collective.messages import mail
from collective.models import Message, Person, SignIn
from tests.factories import CoordinatorFactory, PersonFactory
from tests.signed_in import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


def ask(client, email="sam@example.org", next_url=""):
    return client.post("/accounts/login/", {"email": email, "next": next_url})


def newest_code(outbox):
    return re.search(r"\b\d{6}\b", outbox[-1].body).group()


def enter(client, outbox, next_url=""):
    return client.post("/accounts/login/code/", {"code": newest_code(outbox), "next": next_url})


def test_known_and_unknown_addresses_get_the_same_answer(client, outbox):
    PersonFactory(email="sam@example.org")

    known, unknown = ask(client), ask(client, "new@example.org")

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [message.subject for message in outbox] == ["Your sign-in code"] * 2


def test_right_code_of_a_newcomer_makes_a_person_without_password(client, outbox):
    ask(client, "New@Example.org")
    before = Person.objects.count()

    enter(client, outbox)

    person = Person.objects.get()
    assert (before, person.email, person.has_usable_password()) == (0, "new@example.org", False)
    assert client.get("/me/data/").status_code == 200


def test_who_starts_at_a_page_lands_back_there(client, outbox):
    PersonFactory(email="sam@example.org")
    ask(client, next_url="/sessions/first/sign-up/")

    assert enter(client, outbox, "/sessions/first/sign-up/").url == "/sessions/first/sign-up/"


def test_address_of_another_site_is_not_followed(client, outbox):
    PersonFactory(email="sam@example.org")
    ask(client, next_url="https://evil.example/")

    assert enter(client, outbox, "https://evil.example/").url == "/me/"


def test_newcomer_is_asked_for_a_name_first(client, outbox):
    ask(client)
    enter(client, outbox)

    assert client.get("/me/").url == "/me/name/?next=%2Fme%2F"
    assert client.post("/me/name/", {"name": "Robin", "next": "/me/"}).url == "/me/"


def test_code_may_hold_spaces(client, outbox):
    ask(client)
    code = newest_code(outbox)

    assert (
        client.post("/accounts/login/code/", {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    )


def test_wrong_code_is_refused_and_the_page_stays(client, outbox):
    ask(client)
    wrong = f"{(int(newest_code(outbox)) + 1) % 1_000_000:06}"

    response = client.post("/accounts/login/code/", {"code": wrong})

    assert "That is not the code we sent" in response.content.decode()


def test_right_code_after_five_wrong_ones_is_refused(client, outbox):
    ask(client)
    wrong = f"{(int(newest_code(outbox)) + 1) % 1_000_000:06}"
    for _ in range(5):
        client.post("/accounts/login/code/", {"code": wrong})

    assert "can no longer be used" in enter(client, outbox).content.decode()


def test_code_lasts_fifteen_minutes(client, outbox, early):
    ask(client)
    early.shift(timedelta(minutes=15))

    assert "can no longer be used" in enter(client, outbox).content.decode()


def test_code_works_once(client, outbox):
    ask(client)
    enter(client, outbox)
    client.logout()
    sign_in = SignIn.objects.get()

    assert not sign_in.is_usable


def test_sixth_code_to_one_address_in_fifteen_minutes_is_refused(client, outbox, early):
    for _ in range(5):
        ask(client)
    refused = ask(client)
    early.shift(timedelta(minutes=16))

    assert "five codes" in refused.content.decode()
    assert ask(client).status_code == 302


def test_one_address_at_its_limit_does_not_shut_out_the_office(client, outbox):
    for _ in range(6):
        ask(client)

    assert ask(client, "colleague@example.org").status_code == 302


def test_code_is_in_no_table(client, outbox):
    ask(client)

    stored = str(list(Message.objects.values())) + str(list(SignIn.objects.values()))

    assert newest_code(outbox) not in stored


def test_code_that_could_not_be_sent_is_sent_by_the_sweep(client, outbox, early, monkeypatch):
    monkeypatch.setattr(
        "django.core.mail.backends.locmem.EmailBackend.send_messages", lambda *args: 1 / 0
    )
    ask(client)
    monkeypatch.undo()
    early.shift(timedelta(minutes=1, seconds=1))

    mail.send_due()

    assert enter(client, outbox).status_code == 302


def test_another_code_can_be_asked_for(client, outbox):
    ask(client)

    response = client.post("/accounts/login/code/again/?next=/me/")

    assert (response.url, len(outbox)) == ("/accounts/login/code/?next=%2Fme%2F&again=1", 2)


def test_closed_account_cannot_sign_in(client, outbox):
    PersonFactory(email="sam@example.org", is_active=False)
    ask(client)

    assert enter(client, outbox).url == "/accounts/inactive/"


def test_staff_without_second_factor_are_sent_to_set_it_up(client):
    client.force_login(CoordinatorFactory())

    response = client.get("/admin/", follow=True)

    assert response.redirect_chain[-1][0] == "/accounts/2fa/totp/activate/?next=%2Fadmin%2F"


def test_staff_enter_the_admin_only_with_a_second_factor_in_this_session(client):
    person = CoordinatorFactory()
    client.force_login(person)
    before = client.get("/admin/").status_code
    with_second_factor(client, person)

    assert (before, client.get("/admin/").status_code) == (302, 200)


def test_member_is_told_that_the_admin_is_for_staff(client, member):
    response = client.get("/admin/", follow=True)

    assert (response.status_code, "This part is for staff" in response.content.decode()) == (
        403,
        True,
    )


def test_second_factor_secret_is_encrypted(db):
    factor = TOTP.activate(PersonFactory(), "JBSWY3DPEHPK3PXP").instance

    assert "JBSWY3DPEHPK3PXP" not in str(factor.data)
