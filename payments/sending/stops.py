"""What stops sending: all of it, one payment, or what is more than may go in a day."""

from datetime import datetime, time

from django.db.models import Sum
from django.utils import timezone

from collective import clock
from collective.clock import LONDON
from collective.templatetags.collective import day
from payments.models import Payment, PaymentRules, PayoutAttempt, UnknownMovement
from payments.models.payment_states import State


def stopped_because(rules: PaymentRules | None = None) -> str:
    """Why nothing is sent at the moment, in words; "" if it is."""
    rules = rules or PaymentRules.current()
    if rules.is_paused:
        return f"Sending is paused. {rules.paused_because}".strip()
    if UnknownMovement.objects.filter(explained_at=None).exists():
        return "Money that we do not know has left our account at Stripe. Explain it first."
    restored, compared = rules.restored_at, rules.reconciled_at
    if restored and (compared is None or compared < restored):
        return "The database was restored, and has not been compared with Stripe yet."
    return ""


def why_it_waits(
    payment: Payment, rules: PaymentRules | None = None, left: int | None = None
) -> str:
    """Why an approved payment cannot go through Stripe now, in words for staff; "" if it can.

    For many payments, the caller has asked for the rules and for what is `left_today`.
    """
    rules = rules or PaymentRules.current()
    account = getattr(payment.person, "payout_account", None)
    if payment.state != State.APPROVED:
        return "It is not approved."
    if account is None or not account.is_ready or account.method != payment.method:
        return "Where it goes is not set up any more. Ask them."
    if account.wait_until and account.wait_until > clock.now():
        return f"Where it goes was changed: it waits until {day(account.wait_until)}."
    if payment.method != Payment.Method.STRIPE:
        return "It waits for the next export to the finance office."
    if payment.amount_pence > min(rules.most_per_payment_pence, rules.most_per_day_pence):
        return "It is above the cap, which was lowered since."
    if payment.amount_pence > (left_today(rules) if left is None else left):
        return "What may be sent in a day is reached: it goes tomorrow."
    return ""


def left_today(rules: PaymentRules) -> int:
    """How many pence may still be begun today."""
    midnight = datetime.combine(timezone.localdate(clock.now()), time(0), LONDON)
    begun = PayoutAttempt.objects.live().filter(created_at__gte=midnight)
    return rules.most_per_day_pence - (begun.aggregate(sum=Sum("amount_pence"))["sum"] or 0)
