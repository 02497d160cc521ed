"""Whose fault a refused mail is, and what follows from it."""

import logging
import smtplib
from datetime import timedelta

import pytest

from collective import clock
from collective.messages import mail, refusals
from collective.messages.refusals import Whose
from collective.models import Message
from tests.factories import PersonFactory, SessionFactory, sign_up

State = Message.State
POLICY = smtplib.SMTPDataError(550, b"5.7.1 policy: see https://relay.example/?who=jo@example.org")
NO_BOX = smtplib.SMTPRecipientsRefused({"jo@example.org": (550, b"no such mailbox")})


@pytest.fixture
def relay(db, early, outbox, monkeypatch):
    """A relay that answers with an error, by the address; it takes all other mail."""
    errors = {}
    taken = "django.core.mail.backends.locmem.EmailBackend.send_messages"

    def send(self, letters):
        (letter,) = letters
        if error := errors.get(letter.to[0]) or errors.get("all"):
            raise error
        return 1

    monkeypatch.setattr(taken, send)
    return errors


@pytest.fixture
def session(db):
    return SessionFactory(places=100)


def sweep_for(early, minutes):
    """The sweep, each minute."""
    for _ in range(minutes):
        mail.send_due()
        early.shift(timedelta(minutes=1))


def states():
    return sorted(Message.objects.values_list("state", flat=True))


@pytest.mark.parametrize(
    ("error", "code", "whose"),
    [
        (POLICY, "text 550 5.7.1", Whose.UNCLEAR),
        (NO_BOX, "recipient 550", Whose.UNCLEAR),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"5.1.1 x")}), "recipient 550 5.1.1", "LETTER"),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"4.2.0 x")}), "recipient 450 4.2.0", "NOBODYS"),
        (smtplib.SMTPRecipientsRefused({"a": (530, b"5.7.0 x")}), "recipient 530 5.7.0", "OURS"),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"5.1.8 x")}), "recipient 550 5.1.8", "OURS"),
        (smtplib.SMTPSenderRefused(550, b"5.7.1 x", "us"), "sender 550 5.7.1", "OURS"),
        (smtplib.SMTPSenderRefused(552, b"5.3.4 x", "us"), "sender 552 5.3.4", "LETTER"),
        (smtplib.SMTPDataError(550, b"5.7.26 SPF"), "text 550 5.7.26", "OURS"),
        (smtplib.SMTPDataError(554, b"5.6.0 x"), "text 554 5.6.0", "LETTER"),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 x"), "relay 535 5.7.8", "OURS"),
        (smtplib.SMTPConnectError(554, b"blocked"), "relay 554", "OURS"),
        (ConnectionRefusedError(111, "x"), "ConnectionRefusedError", "NOBODYS"),
    ],
)
def test_refusal_says_whose_fault_it_is_without_the_words_of_the_relay(error, code, whose):
    whose = whose if isinstance(whose, Whose) else Whose[whose]

    assert refusals.read(error) == refusals.Refusal(code, whose)


def test_mailbox_that_is_not_there_fails_at_the_second_try(session, relay, early):
    person = sign_up(session).person
    relay[person.email] = NO_BOX

    mail.send_due()
    first = states()
    sweep_for(early, 2)

    assert (first, states()) == (["waiting"], ["failed"])


def test_policy_that_refuses_one_while_another_is_taken_fails_that_one(session, relay, early):
    refused = sign_up(session).person
    relay[refused.email] = POLICY
    mail.send_due()
    early.shift(timedelta(minutes=2))
    sign_up(session)

    sweep_for(early, 4)

    assert states() == ["failed", "sent"]


@pytest.mark.parametrize("error", [POLICY, NO_BOX, smtplib.SMTPSenderRefused(550, b"x", "us")])
def test_refusal_that_all_meet_fails_none_and_is_over_with_its_cause(session, relay, early, error):
    for _ in range(3):
        sign_up(session)
    relay["all"] = error
    sweep_for(early, 180)
    during = set(states())
    relay.clear()

    sweep_for(early, 31)

    assert (during, states()) == ({"waiting"}, ["sent"] * 3)


def test_what_was_given_up_alone_comes_back_when_the_fault_turns_out_to_be_ours(
    session, relay, early
):
    relay["all"] = NO_BOX
    sign_up(session)
    sweep_for(early, 3)
    alone = states()
    sign_up(session)

    sweep_for(early, 3)

    assert (alone, states()) == (["failed"], ["waiting", "waiting"])


def test_fault_of_ours_is_given_up_after_three_days_of_refusals(session, relay, early):
    relay["all"] = smtplib.SMTPSenderRefused(550, b"x", "us")
    sign_up(session)
    for _ in range(2):
        mail.send_due()
        early.shift(refusals.GIVE_UP_AFTER)
    before = states()

    mail.send_due()

    assert (before, states()) == (["waiting"], ["failed"])


def test_refusal_leaves_a_line_without_address_or_name(session, relay, caplog):
    relay["all"] = POLICY
    message = Message.objects.get(person=sign_up(session, PersonFactory(name="Zorro")).person)
    with caplog.at_level(logging.WARNING):
        mail.send_due()

    key = message.message_id.strip("<>").partition("@")[0]
    again = f"{clock.now() + timedelta(minutes=1):%Y-%m-%dT%H:%MZ}"
    assert caplog.messages == [
        f"mail_refused kind=booked message={key} as=text_550_5.7.1 tries=1 next={again}"
    ]
