"""What a mail that came back says, and on which of our messages it is noted."""

from datetime import timedelta

import pytest

from collective.messages import bounces
from collective.models import Message
from tests.collective.messages.returned_mails import QMAIL, delivery_status, sent_to
from tests.factories import PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early")]
GONE, OTHER = "This address does not work", "The mail came back, and not because of the address"


@pytest.fixture
def person(db):
    return PersonFactory(email="amina@gone.example")


def noted(message, content):
    """What stands on the message once this was read."""
    bounces.note_what_it_says(content)
    message.refresh_from_db()
    return message.state, message.error


@pytest.mark.parametrize(
    ("status", "words"), [("5.1.1", GONE), ("5.2.1", GONE), ("5.7.1", OTHER), ("4.4.7", OTHER)]
)
def test_it_says_whether_it_is_the_address(person, status, words):
    message = sent_to(person)

    state, error = noted(message, delivery_status(message, person.email, status=status))

    assert (state, error.startswith(words), status in error) == (Message.State.FAILED, True, True)


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded"])
def test_what_did_not_fail_for_good_changes_nothing(person, action):
    message = sent_to(person)

    assert noted(message, delivery_status(message, person.email, action, "4.4.1")) == ("sent", "")


def test_server_that_follows_no_standard_is_understood(person):
    message = sent_to(person)
    mail = QMAIL.format(address=person.email, message_id=message.message_id)

    assert noted(message, mail.encode())[1].startswith(GONE)


@pytest.mark.parametrize("odd", ["From: caf\xe9 <MAILER-DAEMON@x>", "From: \xff"])
def test_signs_that_do_not_belong_into_headers_are_read_over(person, odd):
    message = sent_to(person)
    content = delivery_status(message, person.email).split(b"\n", 1)[1]

    assert noted(message, odd.encode("latin-1") + b"\n" + content)[0] == "failed"


def test_broken_mail_keeps_no_other_from_being_read(person):
    message = sent_to(person)
    broken = b"From: \n" + QMAIL.format(address="", message_id="").encode().split(b"\n", 1)[1]

    assert noted(message, broken) == ("sent", "")


def test_mail_that_was_handed_on_is_known_by_its_own_id(person):
    message, newer = sent_to(person), sent_to(PersonFactory())

    noted(message, delivery_status(message, "amina@elsewhere.example"))

    newer.refresh_from_db()
    assert (message.state, newer.state) == ("failed", "sent")


def test_without_our_id_it_is_the_newest_mail_to_that_address(person, early):
    older = sent_to(person, revision="1")
    early.shift(timedelta(hours=1))
    newer = sent_to(person, revision="2")
    content = delivery_status(newer, person.email).replace(newer.message_id.encode(), b"<x@y>")

    noted(newer, content)

    older.refresh_from_db()
    assert (older.state, newer.state) == ("sent", "failed")


def test_address_to_which_nothing_went_lately_is_nobodys(person, early):
    message = sent_to(person)
    content = delivery_status(message, person.email).replace(message.message_id.encode(), b"<x@y>")
    early.shift(timedelta(days=8))

    assert noted(message, content)[0] == "sent"


def test_what_staff_have_told_in_another_way_meanwhile_stays(person):
    message = sent_to(person)
    Message.objects.filter(pk=message.pk).update(state="waiting", channel="phone")

    assert noted(message, delivery_status(message, person.email))[0] == "waiting"


def test_nothing_is_asked_where_no_mailbox_is_set(settings):
    settings.BOUNCES_URL = ""

    assert bounces.read_all() == (0, 0)
