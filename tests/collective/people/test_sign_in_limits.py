"""Limits drop a mail, never a sign-in, and whoever reads the mail has a way in."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from collective import clock
from collective.models import SignIn
from collective.people import sign_in_limits
from tests.collective.people.test_sign_in import (
    ask,
    enter,
    is_signed_in,
)
from tests.factories import CoordinatorFactory, PersonFactory
from tests.messages import path_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
STRANGERS = [f"198.51.100.{number}" for number in range(1, 250)]


@pytest.fixture
def sam(early):
    return PersonFactory(name="Sam", email="sam@example.org")


def flood(times=40, email="sam@example.org"):
    """Strangers of many networks ask for codes to this address."""
    for number in range(times):
        ask(Client(), email, network=STRANGERS[number])


def own_link(letter):
    """The path of the link in a mail that gives its reader a code."""
    words = next(word for word in letter.body.split() if "/accounts/login/own/" in word)
    return path_of(words.strip("<>():."))


# How many mails go out


def test_sixth_mail_for_one_network_is_held_and_the_field_stays(client, outbox):
    for _ in range(5):
        ask(client)
    page = ask(client)

    words = page.content.decode()
    assert (len(outbox), page.status_code) == (5, 200)
    assert 'name="code"' in words and "already sent several codes" in words


def test_page_says_until_when_no_mail_goes_out(client, outbox, early):
    for _ in range(5):
        ask(client)

    until = (clock.now() + timedelta(hours=1, minutes=15)).strftime("%H:%M")  # summer time
    assert f"wait until {until}" in ask(client).content.decode()
    early.shift(timedelta(minutes=15, seconds=1))
    assert ask(client).status_code == 302


def test_code_from_before_works_on_the_page_that_says_that_no_mail_goes_out(client, outbox):
    for _ in range(6):
        ask(client)

    enter(client, outbox)

    assert is_signed_in(client)


def test_so_it_does_where_another_code_was_asked_for_by_the_button(client, outbox):
    for _ in range(6):
        client.post("/accounts/login/code/again/") if outbox else ask(client)

    page = client.post("/accounts/login/code/again/").content.decode()
    enter(client, outbox)

    assert "already sent several codes" in page and is_signed_in(client)


def test_limit_of_an_address_and_network_leaves_other_networks_their_mail(outbox):
    for _ in range(6):
        ask(Client())

    assert ask(Client(), network="192.0.2.7").status_code == 302


def test_addresses_of_one_ipv6_customer_are_one_network(outbox):
    for number in range(5):
        ask(Client(), network=f"2001:db8:1:2::{number}")

    same, other = (
        ask(Client(), network=network).status_code
        for network in ("2001:db8:1:2:ffff::1", "2001:db8:1:3::1")
    )
    assert (same, other) == (200, 302)


def test_ipv4_written_as_ipv6_is_the_same_network():
    mapped = sign_in_limits.network_of("::ffff:203.0.113.1")

    assert mapped == sign_in_limits.network_of("203.0.113.1")


def test_one_address_at_its_limit_does_not_shut_out_the_office(client, outbox):
    for _ in range(6):
        ask(client)

    assert ask(client, "colleague@example.org").status_code == 302


def test_one_network_that_floods_many_addresses_gets_no_more_mail(outbox, monkeypatch):
    monkeypatch.setattr(sign_in_limits, "MOST_A_NETWORK", 10)
    for number in range(10):
        ask(Client(), f"person{number}@example.org")

    page = ask(Client(), "more@example.org").content.decode()

    assert len(outbox) == 10 and "Many people near you" in page and 'name="code"' in page


# Strangers who flood Sam's address


def test_mailbox_gets_a_bounded_number_of_mails(outbox, sam):
    flood()

    assert len(outbox) == sign_in_limits.MOST_AN_ADDRESS


def test_browser_in_which_sam_signed_in_before_gets_a_code(client, outbox, sam):
    ask(client)
    enter(client, outbox)
    client.post("/accounts/logout/")
    flood()

    ask(client)
    enter(client, outbox)

    assert is_signed_in(client)


def test_new_browser_gets_a_code_by_the_link_in_any_of_these_mails(client, outbox, sam):
    flood()
    page = ask(client).content.decode()

    client.post(own_link(outbox[0]))
    enter(client, outbox)

    assert "Get a code of my own" in page and is_signed_in(client)


def test_staff_get_in_as_well(client, outbox):
    CoordinatorFactory(email="jo@example.org")
    flood(email="jo@example.org")

    client.post(own_link(outbox[0]))
    enter(client, outbox)

    assert is_signed_in(client)


def test_cookie_of_a_known_browser_names_no_address_and_cannot_be_made(client, outbox, sam):
    ask(client)
    enter(client, outbox)
    cookie = client.cookies["known"].value

    assert "sam" not in cookie
    client.cookies["known"] = cookie[:-1] + ("A" if cookie[-1] != "A" else "B")
    client.post("/accounts/logout/")
    ask(client)
    assert SignIn.objects.latest("created_at").proof == SignIn.Proof.NONE


def test_opening_the_link_changes_nothing(client, outbox, sam):
    ask(client)

    page = client.get(own_link(outbox[0])).content.decode()

    assert "Yes, send me a code" in page and SignIn.objects.count() == 1


def test_link_with_another_key_is_not_found(client, outbox, sam):
    ask(client)
    address = reverse("own_code", args=[SignIn.objects.get().pk])

    assert client.post(f"{address}?key=x").status_code == 404


def test_link_ends_with_its_row_after_a_day(client, outbox, sam):
    ask(client)
    link = own_link(outbox[0])
    SignIn.objects.all().delete()

    assert "This link has ended" in client.post(link).content.decode()
