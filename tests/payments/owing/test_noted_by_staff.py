"""What staff note for somebody without a page of their own, and how the person reads it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collective import clock
from collective.errors import RuleError
from collective.messages import by_hand, mail
from collective.models import Message, Person
from events.models import Registration
from events.sessions import attendance
from payments import kinds as mails
from payments.models import Payment, PayoutAccount
from payments.owing import choices
from payments.sending import payout_accounts
from payments.sending.payout_accounts import ByHand
from portal.my_data import my_data
from tests.factories import (
    CoordinatorFactory,
    PaymentFactory,
    PersonFactory,
    PhonePersonFactory,
    SessionFactory,
    sign_up,
)
from tests.messages import kinds

State, Choice, Mark = Payment.State, Payment.Choice, Registration.State
VOUCHER = ByHand(Payment.Method.VOUCHER, "Corner Shop", "post")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]


@pytest.fixture
def jo():
    return CoordinatorFactory(name="Jo")


@pytest.fixture
def olive():
    return PhonePersonFactory(name="Olive", postal_address="1 High Street")


def text_of(client, page):
    return " ".join(client.get(page).content.decode().split())


def test_staff_choose_nothing_for_somebody_with_an_address_of_their_own(jo):
    payment = PaymentFactory(choice="", person=PersonFactory(reach_by="phone"))

    with pytest.raises(RuleError, match="on their own page"):
        choices.choose(payment.pk, Choice.DECLINE, jo)


def test_staff_say_not_where_the_money_of_such_a_person_goes(jo):
    person = PersonFactory(reach_by="phone")

    with pytest.raises(RuleError, match="on their own page"):
        payout_accounts.choose_by_hand(person, VOUCHER, jo)
    assert not PayoutAccount.objects.exists()


@pytest.mark.parametrize("page", ["choice", "by_hand_account"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_page_for_the_phone_is_shut_for_such_a_person(client, coordinator, page, method):
    payment = PaymentFactory(choice="", person=PersonFactory(reach_by="phone"))
    address = reverse(f"admin:payments_payment_{page}", args=[payment.pk])

    answer = getattr(client, method)(address, {"choice": "decline", "method": "cash"})

    assert answer.status_code == 403
    assert Payment.objects.get().choice == "" and not PayoutAccount.objects.exists()


def test_words_for_the_phone_send_such_a_person_to_their_own_page():
    payment = PaymentFactory(choice="", person=PersonFactory(phone="+447700900999"))
    mail.tell(payment.person, mails.OFFERED, payment, channel="phone")

    letter, html = by_hand.wording(Message.objects.get())

    assert letter.staff_page == "" and "I note it for you" not in html
    assert "You choose on your own page" in html


def test_somebody_reads_who_noted_that_they_want_no_payment(client, jo, olive):
    payment = PaymentFactory(choice="", person=olive)
    choices.choose(payment.pk, Choice.DECLINE, jo)
    Person.objects.filter(pk=olive.pk).update(email="olive@example.org")
    client.force_login(Person.objects.get(pk=olive.pk))

    board, one = text_of(client, reverse("payments")), text_of(client, payment.get_absolute_url())

    assert "Jo from our team noted: no payment" in board and "You said no" not in board
    assert "Jo from our team noted" in one and "You chose" not in one


def test_what_they_chose_themselves_since_is_theirs_again(jo, olive):
    payment = PaymentFactory(choice="", person=olive)
    choices.choose(payment.pk, Choice.DECLINE, jo)

    choices.choose(payment.pk, Choice.PAY, olive)

    assert Payment.objects.get().noted_by is None


def test_history_on_their_own_data_says_who_noted_it(jo, olive):
    payment = PaymentFactory(choice="", person=olive)
    choices.choose(payment.pk, Choice.DECLINE, jo)

    (row,) = my_data(olive)["payments"]

    assert row["history"][-1]["what"].endswith("noted by Jo from our team")


def test_they_are_told_of_a_noted_choice_by_every_way_that_they_have(jo):
    ann = PhonePersonFactory(contact_email="son@example.org", postal_address="1 High Street")
    payment = PaymentFactory(choice="", person=ann)

    choices.choose(payment.pk, Choice.DECLINE, jo)

    rows = Message.objects.filter(kind=mails.NOTED, person=ann)
    assert sorted(row.channel for row in rows) == ["email", "phone", "post"]


def test_they_are_told_of_a_first_destination_that_staff_note_by_every_way(jo, olive):
    payout_accounts.choose_by_hand(olive, VOUCHER, jo)

    rows = Message.objects.filter(kind=mails.DESTINATION_CHANGED, person=olive)
    assert sorted(row.channel for row in rows) == ["phone", "post"]
    _, html = by_hand.wording(rows[0])
    assert "Jo from our team has noted where your money goes." in html


def test_words_of_what_was_noted_do_not_say_what_it_was(jo, olive):
    payment = PaymentFactory(choice="", person=olive)
    choices.choose(payment.pk, Choice.DECLINE, jo)

    _, html = by_hand.wording(Message.objects.filter(kind=mails.NOTED)[0])

    assert "Jo from our team has noted" in html and "No payment" not in html


def due(late, by):
    now = clock.now()
    registration = sign_up(
        SessionFactory(starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=3))
    )
    late.shift(timedelta(hours=2))
    return attendance.mark(registration, Mark.ATTENDED, by=by)


def test_person_whose_due_payment_is_taken_away_is_told_once(late, jo, outbox):
    registration = due(late, jo)

    attendance.mark(registration, Mark.MISSED, by=jo)
    attendance.mark(registration, Mark.MISSED, by=jo)
    late.shift(timedelta(minutes=11))
    mail.send_due()

    assert Payment.objects.get().state == State.CANCELLED
    assert kinds(registration.person)[mails.TAKEN_AWAY] == 1
    assert "As it stands, there is nothing to pay for it." in " ".join(outbox[-1].body.split())


def test_mark_that_was_a_slip_and_is_undone_tells_nobody(late, jo, outbox):
    registration = due(late, jo)
    attendance.mark(registration, Mark.MISSED, by=jo)
    attendance.mark(registration, Mark.ATTENDED, by=jo)

    late.shift(timedelta(minutes=11))
    mail.send_due()

    assert not [row for row in outbox if "nothing to pay" in row.body]
