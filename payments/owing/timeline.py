"""The way of one payment in words, as its person reads it: what has happened, and what comes
next.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from collective.templatetags.collective import day, long_day
from payments import problems, working_days
from payments.models import Payment, PayoutAccount
from payments.models.payment_states import PAID, State

Method = Payment.Method


@dataclass(frozen=True)
class Step:
    words: str
    done: bool = False
    at: datetime | date | None = None
    note: str = ""
    failed: bool = False


def steps(payment: Payment, account: PayoutAccount) -> list[Step]:
    """From taking part to arriving; only what is done carries a date."""
    confirmed = payment.confirmed_at is not None
    approved = payment.approved_at is not None
    rows = [
        Step(first_words(payment), True, payment.happened_on),
        Step(
            f"Somebody from our team {'has confirmed' if confirmed else 'confirms'} it",
            confirmed,
            payment.confirmed_at,
        ),
        Step(
            "A second person has approved it" if approved else "A second person approves it",
            approved,
            payment.approved_at,
            "" if approved else promise(payment),
        ),
        _sent(payment, account),
        Step(*_arrival(payment)),
    ]
    return rows


def first_words(payment: Payment) -> str:
    reason = Payment.Reason
    words = {
        reason.TOOK_PART: "You took part",
        reason.PART: "You came for part of it",
        reason.FELL_THROUGH: "It fell through, and we pay all the same",
        reason.BY_HAND: "We decided to offer you a payment",
        reason.EXPENSES: "Expenses",
    }
    return words[payment.reason]


def promise(payment: Payment) -> str:
    """By when we mean to send it; "" as long as we wait for the person."""
    since = payment.could_go_since
    if since is None:
        return ""
    return (
        "We mean to send it by "
        f"{long_day(working_days.after(timezone.localdate(since), working_days.PROMISE))}."
    )


def _sent(payment: Payment, account: PayoutAccount) -> Step:
    if payment.state == State.FAILED:
        return Step("It did not work yet", note=problems.words(payment.problem), failed=True)
    sent = payment.state in PAID
    return Step("Sent" if sent else "We send it", sent, payment.sent_at, _sending(payment, account))


def _sending(payment: Payment, account: PayoutAccount) -> str:
    if payment.state == State.NEEDS_REVIEW:
        return (
            "We could not see for sure what became of it, so two people from our team look into it."
        )
    if payment.state in PAID:
        return f"{payment.get_method_display()}."
    if account and account.wait_until and payment.state == State.APPROVED:
        return f"You changed where it goes, so to be safe we wait until {day(account.wait_until)}."
    return ""


def _arrival(payment: Payment):
    """(words, done, at) of the last step."""
    if payment.state == State.ARRIVED:
        return "Arrived", True, payment.arrived_at
    if payment.missing_said_at:
        return "You told us that it has not come. We look into it.", False, None
    if payment.expected_on:
        return f"It should arrive by {long_day(payment.expected_on)}", False, None
    return "It arrives", False, None
