"""Guessing at codes has an end, for an address, a network and all of them; its owner gets in."""

from datetime import timedelta

import pytest
from django.test import Client

from collective import clock
from collective.models import Message, SignIn
from collective.people import sign_in_limits
from portal.today import sections as today
from tests.collective.people.test_sign_in import (
    CODE,
    ask,
    enter,
    is_signed_in,
    newest_code,
    wrong,
)
from tests.collective.people.test_sign_in_limits import flood, own_link
from tests.factories import CoordinatorFactory, PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


@pytest.fixture
def sam(early):
    return PersonFactory(name="Sam", email="sam@example.org")


def tried(email, wrong_codes, **fields):
    """Somebody asked a while ago, and typed so many wrong codes."""
    asked_at = clock.now() - timedelta(hours=1)
    return SignIn.objects.create(
        email=email, network="x", wrong_codes=wrong_codes, created_at=asked_at, **fields
    )


def test_codes_that_strangers_may_still_try_are_bounded_and_then_a_link_is_sent(outbox, sam):
    flood(times=8)

    subjects = [letter.subject for letter in outbox]
    assert subjects == ["Your sign-in code"] * 6 + ["A link to sign in"] * 2


def test_after_many_wrong_codes_in_a_day_a_stranger_is_mailed_no_code(client, outbox, sam):
    for _ in range(6):
        tried(sam.email, 5)

    ask(client)

    assert outbox[-1].subject == "A link to sign in"
    with pytest.raises(AttributeError):
        newest_code(outbox)


def test_link_lifts_the_cap_for_everybody(client, outbox, sam):
    for _ in range(6):
        tried(sam.email, 5)
    ask(client)
    client.post(own_link(outbox[-1]))

    ask(Client(), network="192.0.2.7")

    assert outbox[-1].subject == "Your sign-in code"


def test_cap_ends_by_itself_after_a_day(client, outbox, sam, early):
    for _ in range(6):
        tried(sam.email, 5)
    early.shift(timedelta(days=1))

    ask(client)

    assert outbox[-1].subject == "Your sign-in code"


def test_right_code_from_before_the_cap_still_lets_in(client, outbox, sam):
    ask(client)
    for _ in range(6):
        tried(sam.email, 5)

    enter(client, outbox)

    assert is_signed_in(client)


def test_cap_does_not_touch_a_browser_that_is_known(client, outbox, sam):
    ask(client)
    enter(client, outbox)
    client.post("/accounts/logout/")
    for _ in range(6):
        tried(sam.email, 5)

    ask(client)
    enter(client, outbox)

    assert is_signed_in(client)


def test_owner_is_told_once_a_day_when_the_cap_is_reached(client, outbox, sam):
    for _ in range(5):
        tried(sam.email, 5)
    ask(client)
    for _ in range(3):
        client.post(CODE, {"code": wrong(outbox)})

    told = Message.objects.get(kind="many_wrong_codes")
    assert (told.address, told.person) == (sam.email, None)


def test_nobody_is_written_to_at_an_address_that_is_nobodys(client, outbox):
    for _ in range(5):
        tried("nobody@example.org", 5)
    ask(client, "nobody@example.org")

    client.post(CODE, {"code": wrong(outbox)})

    assert not Message.objects.filter(kind="many_wrong_codes").exists()


@pytest.mark.parametrize("limit", ["TRIES_A_NETWORK", "TRIES_OVERALL"])
def test_spread_over_many_addresses_it_ends_too(outbox, monkeypatch, limit):
    monkeypatch.setattr(sign_in_limits, limit, 50)
    for number in range(12):
        ask(Client(), f"person{number}@example.org")

    codes = [letter for letter in outbox if letter.subject == "Your sign-in code"]
    assert len(codes) == 10


def test_staff_see_a_line_when_many_addresses_are_tried():
    few = sign_in_limits.MANY_ADDRESSES - 1
    for number in range(few):
        tried(f"person{number}@example.org", 1)
    before = str(today.sections(CoordinatorFactory()))
    tried("last@example.org", 1)

    words = f"Wrong sign-in codes were tried for {few + 1} addresses in a day"
    assert (words in before, words in str(today.sections(CoordinatorFactory()))) == (False, True)


def test_people_who_mistype_and_then_get_in_are_no_guessers():
    tried("sam@example.org", 3, used_at=clock.now())

    assert sign_in_limits.guesses() == sign_in_limits.Guesses(0, 0, 0)
