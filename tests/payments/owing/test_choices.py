"""What the person chooses, and the reminders until they do."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message
from payments import kinds as mails
from payments.models import ExpenseLimit, Payment
from payments.owing import choices, expenses
from payments.owing.offering import REMIND_AFTER
from tests.factories import (
    KICK_OFF,
    CallFactory,
    CoordinatorFactory,
    PaymentFactory,
    PersonFactory,
    PhonePersonFactory,
    SessionFactory,
    approved,
)
from tests.messages import kinds
from tests.payments.rows import in_state

State, Choice = Payment.State, Payment.Choice
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]


def open_payment(**fields):
    fund = fields.pop("fund_name", "")
    session = SessionFactory(call=CallFactory(fund_name=fund))
    return PaymentFactory(activity=session, choice="", **fields)


@pytest.mark.parametrize(
    ("choice", "pence", "state", "taken"),
    [
        (Choice.PAY, None, State.DUE, 7500),
        (Choice.SMALLER, 2000, State.DUE, 2000),
        (Choice.DECLINE, None, State.DECLINED, 0),
        (Choice.GIVE, None, State.GIVEN, 0),
        (Choice.NOT_SURE, None, State.DUE, 7500),
    ],
)
def test_choice_decides_what_is_due(choice, pence, state, taken):
    payment = open_payment(fund_name="our fund")

    chosen = choices.choose(payment.pk, choice, payment.person, taken_pence=pence)

    assert (chosen.state, chosen.taken_pence) == (state, taken)


@pytest.mark.parametrize("choice", [Choice.DECLINE, Choice.GIVE])
def test_giving_a_payment_up_sends_a_receipt_while_it_is_so(outbox, choice):
    payment = open_payment(fund_name="our fund")
    choices.choose(payment.pk, choice, payment.person)
    mail.send_due()

    assert outbox[-1].subject == "We have noted what you chose"
    assert "You can still change your mind" in outbox[-1].body

    choices.choose(payment.pk, Choice.PAY, payment.person)
    choices.choose(payment.pk, choice, payment.person)
    choices.choose(payment.pk, Choice.PAY, payment.person)
    mail.send_due()
    assert len(outbox) == 1


def test_people_who_said_no_may_change_their_mind():
    payment = open_payment()
    choices.choose(payment.pk, Choice.DECLINE, payment.person)

    assert choices.choose(payment.pk, Choice.PAY, payment.person).state == State.DUE


def test_nothing_is_given_where_the_call_has_no_fund():
    payment = open_payment()

    with pytest.raises(RuleError, match="no fund"):
        choices.choose(payment.pk, Choice.GIVE, payment.person)


@pytest.mark.parametrize("pence", [None, 0, -5, 7500, 8000])
def test_smaller_amount_is_smaller(pence):
    payment = open_payment()

    with pytest.raises(RuleError, match="smaller amount"):
        choices.choose(payment.pk, Choice.SMALLER, payment.person, taken_pence=pence)


def test_other_choice_ends_the_approval():
    payment = approved()

    chosen = choices.choose(payment.pk, Choice.SMALLER, payment.person, taken_pence=100)

    assert (chosen.state, chosen.approved_by) == (State.DUE, None)


@pytest.mark.parametrize(
    "state", [State.SENDING, State.SENT, State.ARRIVED, State.NEEDS_REVIEW, State.FAILED]
)
def test_what_is_on_its_way_is_not_chosen_anew(state):
    payment = in_state(state)

    with pytest.raises(RuleError, match="can no longer be changed"):
        choices.choose(payment.pk, Choice.DECLINE, payment.person)


def test_people_who_say_no_still_get_expenses_back():
    payment = open_payment()
    ExpenseLimit.objects.create(call=payment.activity.call, kind="travel", most_pence=2000)
    expense = expenses.claim(
        payment.pk,
        payment.person,
        {"kind": "travel", "what": "Bus", "amount_pence": 460, "no_receipt_because": "Lost"},
    )
    expenses.accept(expense.pk, CoordinatorFactory())

    chosen = choices.choose(payment.pk, Choice.DECLINE, payment.person)

    assert (chosen.state, chosen.amount_pence) == (State.DUE, 460)


def test_people_who_do_not_answer_are_reminded_three_times_and_no_more(late):
    payment = open_payment(next_reminder_at=KICK_OFF + REMIND_AFTER[0])

    for _ in range(60):
        late.shift(timedelta(days=1))
        choices.remind_all()

    assert kinds(payment.person)[mails.REMINDER] == 3


@pytest.mark.parametrize("choice", [Choice.PAY, Choice.DECLINE])
def test_people_who_have_answered_are_not_reminded(late, choice):
    payment = open_payment(next_reminder_at=KICK_OFF + REMIND_AFTER[0])
    choices.choose(payment.pk, choice, payment.person)
    late.shift(timedelta(days=40))

    choices.remind_all()

    assert kinds(payment.person)[mails.REMINDER] == 0


def test_people_who_want_no_reminders_get_none(late):
    payment = open_payment(next_reminder_at=KICK_OFF, person=PersonFactory(wants_reminders=False))

    for _ in range(40):
        late.shift(timedelta(days=1))
        choices.remind_all()

    assert kinds(payment.person)[mails.REMINDER] == 0


def test_people_who_switched_reminders_off_are_not_looked_at_again_and_again():
    open_payment(next_reminder_at=KICK_OFF, person=PersonFactory(wants_reminders=False))

    assert choices.remind_all() == (0, 0)


def test_people_who_switch_reminders_on_again_are_reminded():
    payment = open_payment(next_reminder_at=KICK_OFF, person=PersonFactory(wants_reminders=False))
    choices.remind_all()
    payment.person.wants_reminders = True
    payment.person.save()

    assert choices.remind_all() == (1, 1)


def test_choice_is_in_no_log_of_staff(client, coordinator):
    payment = open_payment(person=PhonePersonFactory())

    client.post(reverse("admin:payments_payment_choice", args=[payment.pk]), {"choice": "decline"})

    assert (Payment.objects.get().state, LogEntry.objects.count()) == (State.DECLINED, 0)


def test_page_for_the_phone_does_not_show_what_was_chosen(client, coordinator):
    payment = open_payment(person=PhonePersonFactory())
    choices.choose(payment.pk, Choice.DECLINE, payment.person)

    page = client.get(reverse("admin:payments_payment_choice", args=[payment.pk])).content.decode()

    assert "checked" not in page


def test_noted_on_the_phone_the_task_is_done_and_the_next_question_follows(client, coordinator):
    payment = open_payment(person=PhonePersonFactory())
    mail.tell(payment.person, mails.OFFERED, payment)

    answer = client.post(
        reverse("admin:payments_payment_choice", args=[payment.pk]), {"choice": "pay"}
    )

    assert answer.url == reverse("admin:payments_payment_by_hand_account", args=[payment.pk])
    assert Message.objects.get(kind=mails.OFFERED).state == Message.State.SENT


@pytest.mark.parametrize(("amount", "choice"), [("20.50", "decline"), ("30", "smaller")])
def test_amount_chosen_before_stands_in_nobodys_way(client, amount, choice):
    payment = open_payment()
    choices.choose(payment.pk, Choice.SMALLER, payment.person, taken_pence=2050)
    client.force_login(payment.person)

    sent = {"choice": "decline", "smaller": amount}
    page = client.post(reverse("payment_choose", args=[payment.pk]), sent)

    payment.refresh_from_db()
    assert (payment.choice, page.status_code) == (choice, 302 if choice == "decline" else 200)


@pytest.mark.parametrize("has_file", [True, False])
def test_errors_say_of_a_file_alone_that_it_has_to_be_chosen_again(client, has_file):
    payment = open_payment()
    ExpenseLimit.objects.create(call=payment.activity.call, kind="travel", most_pence=3000)
    client.force_login(payment.person)
    file = {"receipt": SimpleUploadedFile("bus.pdf", b"%PDF-1")} if has_file else {}

    answer = client.post(reverse("add_expense", args=[payment.pk]), {"amount": "12,5", **file})

    page = " ".join(answer.content.decode().split())
    assert ("Only the file has to be chosen again" in page, "Nothing is lost" in page) == (
        has_file,
        not has_file,
    )
