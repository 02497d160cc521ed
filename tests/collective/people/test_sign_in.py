"""The one door."""

import logging
import re
from datetime import timedelta

import pytest
from django.test import Client

from collective.messages import mail
from collective.models import Message, Person, SignIn
from collective.people import asked_here
from tests.factories import CoordinatorFactory, PersonFactory
from tests.signed_in import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
CODE = "/accounts/login/code/"


def ask(client, email="sam@example.org", next_url="", network="203.0.113.1"):
    form = {"email": email, "next": next_url}
    return client.post("/accounts/login/", form, REMOTE_ADDR=network)


def code_in(letter):
    return re.search(r"\b\d{6}\b", letter.body).group()


def newest_code(outbox):
    return code_in(outbox[-1])


def wrong(outbox):
    return f"{(int(newest_code(outbox)) + 1) % 1_000_000:06}"


def enter(client, outbox, next_url=""):
    return client.post(CODE, {"code": newest_code(outbox), "next": next_url})


def is_signed_in(client):
    return "_auth_user_id" in client.session


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


def test_code_may_be_pasted_with_the_sentence_around_it(client, outbox):
    ask(client)

    client.post(
        CODE, {"code": f"Your code to sign in is:\n{newest_code(outbox)}\nIt works 15 minutes"}
    )

    assert is_signed_in(client)


def test_wrong_code_is_refused_and_the_page_stays(client, outbox):
    ask(client)

    page = client.post(CODE, {"code": wrong(outbox)}).content.decode()

    assert "That is not the code we sent to sam@example.org" in page and 'name="code"' in page


@pytest.mark.parametrize("typed", ["", "55160", "5516033", "551603 551604", "55I6O3", "²²²²²²"])
def test_what_is_no_code_costs_no_try(client, outbox, typed):
    ask(client)

    page = client.post(CODE, {"code": typed})

    assert (page.status_code, SignIn.objects.get().wrong_codes) == (200, 0)


def test_six_wrong_digits_cost_a_try(client, outbox):
    ask(client)

    client.post(CODE, {"code": wrong(outbox)})

    assert SignIn.objects.get().wrong_codes == 1


def test_right_code_after_five_wrong_ones_is_refused(client, outbox):
    ask(client)
    for _ in range(5):
        client.post(CODE, {"code": wrong(outbox)})

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


# Each living code of this browser


def test_older_of_two_living_codes_is_right_too(client, outbox):
    ask(client)
    client.post("/accounts/login/code/again/")

    client.post(CODE, {"code": code_in(outbox[0])})

    assert is_signed_in(client)


def test_code_to_the_address_before_signs_in_with_that_one(client, outbox):
    ask(client, "first@example.org")
    ask(client, "second@example.org")

    client.post(CODE, {"code": code_in(outbox[0])})

    assert Person.objects.get().email == "first@example.org"


def test_wrong_code_is_a_try_at_each_living_one(client, outbox):
    ask(client)
    ask(client)

    client.post(CODE, {"code": wrong(outbox)})

    assert list(SignIn.objects.values_list("wrong_codes", flat=True)) == [1, 1]


def test_code_that_another_browser_asked_for_is_not_right_here(client, outbox):
    ask(Client())
    others = newest_code(outbox)
    ask(client)

    client.post(CODE, {"code": others})

    assert not is_signed_in(client)


def test_session_keeps_the_keys_of_the_newest_only(client, outbox):
    for number in range(asked_here.MOST + 2):
        ask(client, f"person{number}@example.org")

    assert len(client.session[asked_here.SESSION_KEY]) == asked_here.MOST


def test_code_asked_for_before_the_upgrade_is_right(client, outbox):
    ask(client)
    session = client.session
    session[asked_here.SESSION_KEY] = session[asked_here.SESSION_KEY][0]
    session.save()

    enter(client, outbox)

    assert is_signed_in(client)


def test_code_without_a_request_in_this_browser_is_answered_in_words(client, outbox):
    page = client.post(CODE, {"code": "551603"})

    assert (page.status_code, "sent no code to this browser" in page.content.decode()) == (
        200,
        True,
    )


# Mail and logs


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


def test_how_sign_ins_go_is_logged_without_any_address(client, outbox, caplog):
    with caplog.at_level(logging.INFO, "collective.people.sign_in"):
        ask(client)
        client.post(CODE, {"code": wrong(outbox)})
        enter(client, outbox)

    lines = [record.getMessage() for record in caplog.records if "sign_in" in record.getMessage()]
    assert [line.split()[1] for line in lines] == ["result=asked", "result=wrong", "result=right"]
    assert len({line.split()[2] for line in lines}) == 1 and "sam" not in str(lines)


# Who gets in


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
