"""What is heard first of a page is its title: it says what came of a press, as the heading does."""

import re

import pytest

from collective.messages import addresses
from collective.people import address_changes, asked_to_forget, email_change, forgetting_emails
from tests.factories import PersonFactory
from tests.joining import join

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


def to_part():
    return addresses.part_records(join(PersonFactory(), PersonFactory()))


def to_stop_forgetting():
    return forgetting_emails.stop_address(asked_to_forget.ask(PersonFactory()))


def to_keep_the_address():
    asked = email_change.ask(PersonFactory(), "new@example.org", "203.0.113.1")
    return addresses.stop_address_change(address_changes.begin(asked, asked.code))


def heard(page):
    """(the title without the community's name, the heading)."""
    text = page.content.decode()
    title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)[1]
    heading = re.search(r"<h1>(.*?)</h1>", text, re.DOTALL)[1]
    return title.split("–")[0].strip(), heading.strip()


@pytest.mark.parametrize("made", [to_part, to_stop_forgetting, to_keep_the_address])
def test_title_says_what_came_of_the_press(client, made):
    link = made()
    before = heard(client.get(link))[0]

    title, heading = heard(client.post(link, follow=True))

    assert title == heading
    assert title != before
