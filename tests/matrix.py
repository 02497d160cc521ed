"""Asks addresses with GET and with POST, as several people, in one world that no answer changes."""

from copy import deepcopy
from urllib.parse import parse_qs, urlsplit

from django.db import transaction
from django.test import Client

# What a form sends in which nothing is filled in.
NOTHING = {"csrfmiddlewaretoken": "x"}


def answers(method, addresses, clients):
    """{name: the status for each client, in their order}, of these {name: address}."""
    return {
        name: tuple(status(client, method, address) for client in clients)
        for name, address in addresses.items()
    }


def status(client, method, address):
    """What the address answers; what it did is undone, in the database and in the browser."""
    cookies = deepcopy(client.cookies)
    client.raise_request_exception = False  # a server error is an answer, too
    with transaction.atomic():
        answer = client.get(address) if method == "get" else client.post(address, NOTHING)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer.status_code


def led_back(addresses, browser):
    """{name: what somebody who is signed in is shown}, where a visitor's press leads to."""
    return {
        name: browser.get(next_of(Client().post(address, NOTHING)), follow=True).status_code
        for name, address in addresses.items()
    }


def next_of(answer):
    """Where a door leads afterwards; for any other answer, where it leads itself."""
    return parse_qs(urlsplit(answer.url).query).get("next", [answer.url])[0]
