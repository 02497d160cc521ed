"""A policy, and its lead who is signed in: what most of these tests begin with."""

import pytest

from policy_drafts.desk import work
from tests.factories import PersonFactory, PolicyFactory, role_in


@pytest.fixture
def policy():
    return PolicyFactory(slug="safe")


@pytest.fixture
def lead(policy, client):
    person = role_in(policy, PersonFactory(name="Richard"))
    client.force_login(person)
    return person


@pytest.fixture(autouse=True)
def done_at_once(monkeypatch):
    """Work of the desk is done as soon as it is ordered, in this process, which sees its rows."""
    monkeypatch.setattr("collective.background.bounded.run", lambda act, **limits: act())
    monkeypatch.setattr("policy_drafts.desk.work.announce", lambda kind, row: work.do(kind, row.pk))
