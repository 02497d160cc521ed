"""Whom people tell of harm is changed by few, and never on the sly."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from collective.messages import mail
from collective.models import Community, Message
from collective.models.community import CONTACTS
from tests.factories import CommunityFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early")]
PAGE = "/admin/collective/community/1/change/"
BEFORE = {
    "safeguarding_name": "Priya",
    "safeguarding_phone": "020 7946 0111",
    "safeguarding_email": "priya@example.org",
    "outside_name": "Helen",
    "outside_phone": "020 7946 0222",
    "outside_email": "helen@example.net",
    "reply_to": "hello@collective.example",
    "from_email": "hello@collective.example",
}
FORM = {"name": "Test Community", "phone": "020 7946 0000", **BEFORE}


@pytest.fixture(autouse=True)
def contacts():
    CommunityFactory(**BEFORE)


@pytest.fixture
def trusted(coordinator):
    """A coordinator with the permission of its own."""
    coordinator.user_permissions.add(Permission.objects.get(codename="change_contacts"))
    return coordinator


def test_coordinator_changes_the_rest_and_none_of_the_contacts(client, coordinator):
    client.post(PAGE, {**dict.fromkeys(FORM, "jo@example.org"), "phone": "1", "name": "New"})

    row = Community.objects.get()
    assert (row.name, row.phone) == ("New", "1")
    assert {name: getattr(row, name) for name in CONTACTS} == BEFORE


def test_change_is_told_to_the_address_before_and_the_one_now(client, trusted, outbox):
    client.post(PAGE, {**FORM, "safeguarding_email": "jo@example.org"})
    mail.send_due()

    told = {row.to[0] for row in outbox}
    assert {"priya@example.org", "jo@example.org", "helen@example.net"} <= told
    assert "“priya@example.org” before, “jo@example.org” now" in " ".join(outbox[0].body.split())
    assert "Jo from our team" in outbox[0].body


def test_history_says_what_was_before_and_what_is_now(client, trusted):
    client.post(PAGE, {**FORM, "outside_phone": "1"})

    words = "Changed number of the one outside: “020 7946 0222” before, “1” now."
    assert LogEntry.objects.get().get_change_message() == words


def test_change_of_the_rest_is_told_to_nobody(client, trusted):
    client.post(PAGE, {**FORM, "phone": "1"})

    assert LogEntry.objects.get().get_change_message() == "Changed Phone."
    assert not Message.objects.exists()


def test_no_two_fields_have_one_label():
    labels = [field.verbose_name for field in Community._meta.concrete_fields]

    assert len(labels) == len(set(labels))
