"""Browsers in which somebody is signed in, as staff and hosts have to be: with a second factor."""

import time

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client


def with_second_factor(client, person):
    """Say in the client's session that the person has just used a second factor."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "at": time.time(), "type": "totp"}
    ]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()


def browser_of(person=None, *, second_factor=True):
    """A new client: this person's, or a visitor's."""
    client = Client()
    if person:
        client.force_login(person)
        if second_factor:
            with_second_factor(client, person)
    return client
