"""A policy, and its lead who is signed in: what most of these tests begin with."""

import pytest

from tests.factories import PersonFactory, PolicyFactory, role_in


@pytest.fixture
def policy():
    return PolicyFactory(slug="safe")


@pytest.fixture
def lead(policy, client):
    person = role_in(policy, PersonFactory(name="Richard"))
    client.force_login(person)
    return person
