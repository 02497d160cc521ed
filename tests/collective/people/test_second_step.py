"""The second step of staff, with digits as people type them and answers in our words."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from collective import clock
from tests.collective.people.test_sign_in import ask, enter, is_signed_in
from tests.factories import CoordinatorFactory, PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


def test_second_factor_secret_is_encrypted(db):
    factor = TOTP.activate(PersonFactory(), "JBSWY3DPEHPK3PXP").instance

    assert "JBSWY3DPEHPK3PXP" not in str(factor.data)


def code_of_the_app(secret):
    """What an app shows now that was set up with this secret."""
    return format_hotp_value(hotp_value(secret, int(clock.now().timestamp() // 30)))


@pytest.fixture
def at_second_step(client, outbox):
    """A browser of staff who have typed the code from our mail. Returns what their app shows."""
    person = CoordinatorFactory(email="jo@example.org")
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    ask(client, "jo@example.org")
    enter(client, outbox)
    return code_of_the_app("JBSWY3DPEHPK3PXP")


def test_digits_of_any_script_are_right_in_the_second_step(client, at_second_step):
    arabic = "".join(chr(0x660 + int(digit)) for digit in at_second_step)

    client.post("/accounts/2fa/authenticate/", {"code": f"{arabic[:3]} {arabic[3:]}"})

    assert is_signed_in(client)


def test_what_is_no_code_costs_no_try_in_the_second_step(client, at_second_step):
    for _ in range(8):
        page = client.post("/accounts/2fa/authenticate/", {"code": "55160"}).content.decode()
    client.post("/accounts/2fa/authenticate/", {"code": at_second_step})

    assert "We count 5" in page and is_signed_in(client)


def test_too_many_wrong_codes_of_the_second_step_are_answered_in_our_words(client, at_second_step):
    for _ in range(6):
        page = client.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()

    assert "Please wait five minutes" in page


def test_asking_for_the_second_step_too_often_is_answered_in_our_words(client):
    person = CoordinatorFactory()
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    client.force_login(person)
    for _ in range(11):
        page = client.post("/accounts/2fa/reauthenticate/", {"code": "123 456", "next": "/admin/"})

    words = page.content.decode()
    assert (page.status_code, page.headers["Retry-After"]) == (429, "60")
    assert "That was tried too often" in words and 'value="123 456"' in words
