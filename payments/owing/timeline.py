"""The way of one payment, as its person reads it: what has happened, and what comes next."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from collective.templatetags.collective import day, long_day
from payments import problems, working_days
from payments.models import Payment, PayoutAccount
from payments.models.payment_states import PAID, State

Reason = Payment.Reason
REASONS: dict[str, str] = {
    Reason.TOOK_PART: "You took part",
    Reason.PART: "You came for part of it",
    Reason.FELL_THROUGH: "It fell through, and we pay all the same",
    Reason.BY_HAND: "We decided to offer you a payment",
    Reason.EXPENSES: "Expenses",
}


NOT_SENT = (
    "Two people from our team have looked into it. If you think that this is wrong, please call us."
)


@dataclass(frozen=True)
class Step:
    words: str
    done: bool = False
    at: datetime | date | None = None
    note: str = ""
    failed: bool = False


def steps(payment: Payment, account: PayoutAccount | None) -> list[Step]:
    """From taking part to arriving; only what is done carries a date."""
    until_sent = [
        Step(REASONS[payment.reason], True, payment.happened_on),
        _confirming(payment),
        _approving(payment, account),
        _sent(payment, account),
    ]
    has_ended = payment.state == State.REVERSED
    return until_sent if has_ended else [*until_sent, _arrival(payment)]


def _confirming(payment: Payment) -> Step:
    at = payment.confirmed_at
    words = f"Somebody from our team {'has confirmed' if at else 'confirms'} it"
    return Step(words, at is not None, at)


def _approving(payment: Payment, account: PayoutAccount | None) -> Step:
    if payment.approved_at is None:
        has_somewhere = account is not None and account.is_ready
        note = promise(payment) if has_somewhere else ""
        return Step("A second person approves it", note=note)
    return Step("A second person has approved it", True, payment.approved_at)


def promise(payment: Payment) -> str:
    """By when we mean to send it; "" as long as we wait for the person."""
    since = payment.could_go_since
    if since is None:
        return ""
    last_day = working_days.after(timezone.localdate(since), working_days.PROMISE)
    return f"We mean to send it by {long_day(last_day)}."


def _sent(payment: Payment, account: PayoutAccount | None) -> Step:
    if payment.state == State.FAILED:
        return Step("It did not work yet", note=problems.words(payment.problem), failed=True)
    if payment.state == State.REVERSED:
        return Step("We do not send it", note=NOT_SENT, failed=True)
    sent = payment.state in PAID
    return Step("Sent" if sent else "We send it", sent, payment.sent_at, _sending(payment, account))


def _sending(payment: Payment, account: PayoutAccount | None) -> str:
    if payment.state == State.NEEDS_REVIEW:
        return (
            "We could not see for sure what became of it, so two people from our team are looking "
            "into it."
        )
    if payment.state in PAID:
        return f"{payment.get_method_display()}."
    if account and account.wait_until and payment.state == State.APPROVED:
        who = f"{by} from our team" if (by := account.set_by_staff) else "You"
        until = day(account.wait_until)
        return f"{who} changed where it goes, so to be safe we wait until {until}."
    return ""


def _arrival(payment: Payment) -> Step:
    if payment.state == State.ARRIVED:
        return Step("Arrived", True, payment.arrived_at)
    if payment.missing_said_at:
        return Step("You told us that it has not come. We are looking into it.")
    if payment.state in PAID and payment.expected_on:
        return Step(f"It should arrive by {long_day(payment.expected_on)}")
    return Step("It arrives")
