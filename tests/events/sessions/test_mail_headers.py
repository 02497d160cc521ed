"""What mail programs read in a mail of ours: who it is from, what it asks, its calendar part."""

from email.utils import parseaddr

import pytest
from icalendar import Calendar

from collective.messages import mail
from events.sessions import places
from tests.factories import CommunityFactory, SessionFactory, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early")]


def last(outbox):
    mail.send_due()
    return outbox[-1].message()


def part_of(message, kind):
    return next(part for part in message.walk() if part.get_content_type() == kind)


@pytest.mark.parametrize(
    ("ends", "method", "subject"),
    [
        (False, "REQUEST", "Your place is booked"),
        (True, "CANCEL", "You are not signed up any more"),
    ],
)
def test_calendar_part_names_its_method_beside_the_file(outbox, ends, method, subject):
    CommunityFactory()
    row = sign_up(SessionFactory())
    if ends:
        places.give_up(row)

    message = last(outbox)

    part, file = part_of(message, "text/calendar"), part_of(message, "application/ics")
    inside = Calendar.from_ical(part.get_payload(decode=True))
    assert (message["Subject"], part.get_param("method")) == (subject, method)
    assert (str(inside["METHOD"]), file.get_filename()) == (method, "session.ics")
    assert part in part_of(message, "multipart/alternative").get_payload()


def test_machines_are_asked_for_no_answer_but_what_did_not_arrive(outbox):
    CommunityFactory()
    sign_up(SessionFactory())

    message = last(outbox)

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply"


@pytest.mark.parametrize(
    ("mail_name", "shown"), [("", "Test Community"), ("Jo, at the Collective", None)]
)
def test_sender_has_a_name_that_staff_choose(outbox, mail_name, shown):
    CommunityFactory(mail_name=mail_name)
    sign_up(SessionFactory())

    found = parseaddr(last(outbox)["From"])

    assert found == (shown or mail_name, "hello@collective.example")
