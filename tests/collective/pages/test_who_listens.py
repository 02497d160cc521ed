"""Whom people can tell of harm: the same on “Worried about someone?” and in mails that ask."""

import pytest
from django.urls import reverse

from collective.messages import by_hand, mail
from collective.models import Community, Message
from events.conversations import outcomes
from events.models import Registration
from events.models.conversation_states import State
from events.sessions.messages import kinds
from tests.factories import (
    KICK_OFF,
    CommunityFactory,
    PageFactory,
    PhonePersonFactory,
    SeriesFactory,
    SessionFactory,
    book,
    sign_up,
    slot_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early")]
LISTENERS = {
    "safeguarding_name": "Priya, safeguarding lead",
    "safeguarding_phone": "020 7946 0001",
    "safeguarding_email": "priya@example.org",
    "outside_name": "Dr Helen Marsh",
    "outside_phone": "020 7946 0003",
}
SAID = ["Priya, safeguarding lead", "020 7946 0001", "priya@example.org", "Dr Helen Marsh"]
NOBODY_YET = "say only that you would like to talk with our safeguarding lead"


@pytest.fixture
def listeners():
    return CommunityFactory(**LISTENERS)


def thanks(person=None):
    """The thanks afterwards, as it goes out or is read to them."""
    registration = sign_up(SessionFactory(), person)
    Registration.objects.update(state=Registration.State.ATTENDED)
    mail.tell(registration.person, kinds.AFTER, registration)
    message = Message.objects.get(kind=kinds.AFTER)
    return " ".join(by_hand.wording(message)[1].split())


def test_thanks_mail_names_who_may_be_rung_or_written_to_instead(listeners):
    words = thanks()

    assert [name for name in [*SAID, "Outside our team: Dr Helen Marsh"] if name not in words] == []
    assert "Several of us read our shared mailbox" in words


def test_so_does_what_is_read_out_on_the_phone(listeners):
    words = thanks(PhonePersonFactory())

    assert [name for name in SAID if name not in words] == [] and "<a " not in words


def test_mail_after_a_conversation_that_was_not_held_names_them_too(listeners, early, outbox):
    conversation = book(slot_of(SeriesFactory()))
    early.move_to(KICK_OFF.replace(hour=20))

    outcomes.mark(conversation, State.HOST_MISSED, conversation.series.host)
    mail.send_due()

    assert "020 7946 0001" in outbox[-1].body


def test_mail_says_what_to_do_while_nobody_is_named_yet(community):
    assert NOBODY_YET in thanks()


@pytest.mark.parametrize(("more", "expected"), [(LISTENERS, SAID), ({}, [NOBODY_YET])])
def test_page_about_being_worried_names_the_same_people(client, more, expected):
    CommunityFactory(**more)
    PageFactory(slug="worried", title="Worried about someone?")

    page = " ".join(client.get(reverse("page", args=["worried"])).content.decode().split())

    assert [words for words in expected if words not in page] == []


def test_other_pages_do_not_name_them(client, listeners):
    PageFactory(slug="contact", title="Contact")

    assert "Priya" not in client.get(reverse("page", args=["contact"])).content.decode()


def test_name_without_a_number_or_an_address_is_nobody_to_turn_to():
    assert Community(safeguarding_name="Priya").who_listens == []
