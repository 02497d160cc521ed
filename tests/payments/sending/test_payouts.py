"""Sending: exactly one movement for each payment, whatever Stripe answers."""

from datetime import timedelta

import pytest

from collective import clock
from collective.models import Message
from payments import kinds
from payments.models import Payment, PaymentRules, PayoutAccount, PayoutAttempt
from payments.sending import payouts
from tests.factories import approved

State, At = Payment.State, PayoutAttempt.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]


def send_all():
    payouts.begin_all()
    payouts.send_all()


def states(payment):
    payment.refresh_from_db()
    return payment.state, [row.state for row in payment.attempts.all()]


def test_approved_payment_is_sent_once(stripe):
    payment = approved(stripe)

    send_all()
    send_all()

    assert (states(payment), len(stripe.payments)) == ((State.SENT, [At.POSTED]), 1)


def test_request_tells_nothing_of_what_it_is_for(stripe):
    payment = approved(stripe)

    send_all()

    sent = stripe.payments[0]
    assert (sent["amount"], sent["description"]) == (
        {"value": 7500, "currency": "gbp"},
        payment.reference,
    )
    assert payment.activity.title not in str(sent)


@pytest.mark.parametrize("fault", ["timeout_before", "reset_before", "429", "409", "500_before"])
def test_fault_before_anything_was_done_is_unknown_and_goes_out_again_with_the_same_key(
    stripe, fault, late
):
    payment = approved(stripe)
    stripe.faults.script = [fault]

    send_all()
    between = states(payment)
    late.shift(timedelta(minutes=2))
    send_all()

    assert between == (State.SENDING, [At.UNKNOWN])
    assert (states(payment), len(stripe.payments)) == ((State.SENT, [At.POSTED]), 1)


@pytest.mark.parametrize("fault", ["timeout_after", "reset_after", "500_after", "malformed_after"])
def test_fault_after_it_was_done_moves_money_once_only(stripe, fault, late):
    payment = approved(stripe)
    stripe.faults.script = [fault]

    send_all()
    between = states(payment)
    late.shift(timedelta(minutes=2))
    send_all()

    assert between == (State.SENDING, [At.UNKNOWN])
    assert (states(payment), len(stripe.payments)) == ((State.SENT, [At.POSTED]), 1)


def test_without_money_it_waits_approved_and_finance_hears_of_it_once(stripe, late):
    payments = [approved(stripe), approved(stripe)]
    stripe.state.data["balance"] = 0

    send_all()
    send_all()

    assert [states(payment)[0] for payment in payments] == [State.APPROVED, State.APPROVED]
    assert (
        Message.objects.filter(kind=kinds.SHORT_OF_MONEY).values("revision").distinct().count() == 1
    )


def test_after_the_top_up_they_go_by_themselves(stripe, late):
    payment = approved(stripe)
    stripe.state.data["balance"] = 0
    send_all()
    stripe.state.data["balance"] = 10_000
    late.shift(timedelta(minutes=6))

    send_all()

    assert (states(payment)[0], sorted(states(payment)[1])) == (State.SENT, [At.POSTED, At.REFUSED])
    assert PaymentRules.current().short_of_money_since is None


def test_shortage_that_stays_is_tried_rarely_and_told_once(stripe, late):
    approved(stripe)
    stripe.state.data["balance"] = 0
    for _ in range(10):
        send_all()
        late.shift(timedelta(minutes=1))

    assert PayoutAttempt.objects.count() == 1
    assert (
        Message.objects.filter(kind=kinds.SHORT_OF_MONEY).values("revision").distinct().count() == 1
    )


def test_payments_that_cannot_go_yet_keep_no_other_from_going(stripe, monkeypatch):
    monkeypatch.setattr(payouts, "A_BATCH", 2)
    waiting = [approved(stripe) for _ in range(3)]
    PayoutAccount.objects.update(wait_until=clock.now() + timedelta(days=3))
    payment = approved(stripe, approved_at=clock.now())

    send_all()

    assert (states(payment)[0], states(waiting[0])[0]) == (State.SENT, State.APPROVED)
