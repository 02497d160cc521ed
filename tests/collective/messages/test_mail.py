"""The one door for mail: once, in the same transaction, and again after a failure."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import transaction

from collective import clock
from collective.messages import kinds, mail
from collective.models import Message
from events.sessions import places
from tests.factories import KICK_OFF, PersonFactory, PhonePersonFactory, SessionFactory, sign_up

State = Message.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early")]


def refuse_with(monkeypatch, error):
    def send(self, messages):
        raise error

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send)


def only():
    return Message.objects.get()


def test_message_and_change_are_undone_together():
    session = SessionFactory()

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        sign_up(session)
        raise ZeroDivisionError

    assert (Message.objects.count(), session.registrations.count()) == (0, 0)


def test_same_message_asked_for_twice_is_one():
    registration = sign_up(SessionFactory())

    mail.tell(registration.person, "booked", registration)

    assert Message.objects.count() == 1


def test_message_without_person_and_address_is_refused():
    with pytest.raises(ValueError, match="person or an address"):
        mail.tell(None, "booked", sign_up(SessionFactory()))


def test_due_message_is_sent_with_its_message_id_and_kept(outbox, community):
    sign_up(SessionFactory())

    assert mail.send_due() == (1, 1)

    assert (only().state, outbox[0].extra_headers["Message-ID"]) == (State.SENT, only().message_id)
    assert "Your place is booked" in only().text
    assert outbox[0].reply_to == ["hello@collective.example"]


def test_sent_message_is_not_sent_again(outbox):
    sign_up(SessionFactory())
    mail.send_due()

    mail.send_by_message_id(only().message_id)

    assert len(outbox) == 1


def test_message_that_another_sender_holds_is_left_alone(outbox):
    sign_up(SessionFactory())
    Message.objects.update(state=State.SENDING, lease_until=clock.now() + timedelta(minutes=1))

    assert mail.send_due() == (0, 0)


def test_message_whose_sender_died_is_sent_after_its_lease(outbox, early):
    sign_up(SessionFactory())
    Message.objects.update(state=State.SENDING, lease_until=clock.now() + mail.LEASE)
    early.shift(mail.LEASE + timedelta(seconds=1))

    assert mail.send_due() == (1, 1)


def test_message_that_is_no_longer_true_is_dropped(outbox):
    registration = sign_up(SessionFactory())
    places.give_up(registration)

    mail.send_due()

    assert sorted(Message.objects.values_list("kind", "state")) == [
        ("booked", "dropped"),
        ("given_up", "sent"),
    ]


def test_message_past_its_time_is_dropped(outbox, early):
    sign_up(SessionFactory())
    early.move_to(KICK_OFF + timedelta(hours=3))

    mail.send_due()

    assert (only().state, outbox) == (State.DROPPED, [])


def test_temporary_refusal_is_tried_again_later(outbox, early, monkeypatch):
    sign_up(SessionFactory())
    refuse_with(monkeypatch, smtplib.SMTPRecipientsRefused({"a@example.org": (451, b"later")}))
    mail.send_due()
    monkeypatch.undo()
    waited = mail.send_due()
    early.shift(timedelta(minutes=1, seconds=1))

    assert (waited, mail.send_due()) == ((0, 0), (1, 1))


def test_wrong_password_of_ours_ends_no_message(outbox, monkeypatch):
    sign_up(SessionFactory())
    refuse_with(monkeypatch, smtplib.SMTPAuthenticationError(535, b"no"))

    mail.send_due()

    assert only().state == State.WAITING


@pytest.mark.parametrize("code", [421, 450, 452])
def test_server_that_is_busy_loses_nothing(outbox, monkeypatch, code):
    sign_up(SessionFactory())
    refuse_with(monkeypatch, smtplib.SMTPResponseException(code, b"busy"))

    mail.send_due()

    assert (only().state, only().attempts) == (State.WAITING, 1)


def test_final_refusal_is_visible_and_can_be_tried_again(outbox, monkeypatch):
    sign_up(SessionFactory())
    refuse_with(
        monkeypatch, smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"5.1.1 no such user")})
    )
    mail.send_due()
    failed = only()
    monkeypatch.undo()

    mail.try_again(Message.objects.all())

    assert (failed.state, "550" in failed.error, mail.send_due()) == (State.FAILED, True, (1, 1))


def test_late_sender_whose_lease_is_gone_changes_nothing(outbox):
    sign_up(SessionFactory())
    message = mail._claim(Message.objects.all())
    Message.objects.update(lease=None, state=State.WAITING)

    assert not mail._settle(message, state=State.FAILED)
    assert only().state == State.WAITING


def test_text_is_forgotten_after_thirty_days_and_the_key_stays(outbox, early):
    sign_up(SessionFactory())
    mail.send_due()
    early.shift(timedelta(days=31))

    mail.empty_old_texts()

    assert (only().text, only().subject, only().kind) == ("", "", "booked")


def test_plain_text_has_every_link_of_the_html(outbox, community):
    sign_up(SessionFactory())
    mail.send_due()

    text = django_mail.outbox[0].body

    assert "See your booking: http://localhost/registrations/" in text
    assert "<" not in text


def test_mail_to_a_closed_account_is_dropped(outbox):
    registration = sign_up(SessionFactory())
    registration.person.is_active = False
    registration.person.save()

    mail.send_due()

    assert only().state == State.DROPPED


@pytest.mark.parametrize("by", ["phone", "post"])
def test_what_protects_somebody_goes_to_their_address_whatever_staff_have_noted(by):
    person = PersonFactory(reach_by=by, phone="+441632960017", postal_address="1 Elm Row")

    mail.tell(person, kinds.RECORDS_PARTED, person)
    mail.tell(person, kinds.ANNOUNCEMENT, person)

    told = dict(Message.objects.values_list("kind", "channel"))
    assert told == {kinds.RECORDS_PARTED: "email", kinds.ANNOUNCEMENT: by}


def test_what_protects_somebody_without_an_address_is_told_by_hand():
    mail.tell(PhonePersonFactory(), kinds.RECORDS_PARTED, PersonFactory())

    assert Message.objects.get().channel == "phone"
