"""What must hold of payments at any moment, asked of the database: `manage.py check_invariants`."""

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from payments.models import Payment, PaymentEvent, PayoutAttempt, Review
from payments.models.payment import PaymentQuerySet
from payments.models.payment_states import COMMITTED, PAID, State
from payments.models.payout_attempt import LIVE

At = PayoutAttempt.State


def broken():
    """[(what must hold, keys of rows for which it does not)]; empty if all is well."""
    live = PayoutAttempt.objects.filter(payment=OuterRef("pk"), state__in=LIVE)
    posted = live.filter(state=At.POSTED)
    rules = [
        (
            "nobody stands alone behind an approved payment",
            Payment.objects.filter(state__in=COMMITTED).filter(
                Q(confirmed_by=None)
                | Q(approved_by=None)
                | Q(confirmed_by=F("approved_by"))
                | Q(confirmed_by=F("person"))
                | Q(approved_by=F("person"))
            ),
        ),
        (
            "what is being sent has one live attempt",
            Payment.objects.filter(~Exists(live), state=State.SENDING),
        ),
        (
            "what was sent has an attempt that left us",
            Payment.objects.filter(~Exists(posted), state__in=PAID),
        ),
        (
            "what waits or has failed has no live attempt",
            Payment.objects.filter(
                Exists(live),
                state__in=[
                    State.DUE,
                    State.APPROVED,
                    State.FAILED,
                    State.CANCELLED,
                    State.DECLINED,
                    State.GIVEN,
                ],
            ),
        ),
        (
            "no payment has two live attempts",
            Payment.objects.annotate(
                n=Count("attempts", filter=Q(attempts__state__in=LIVE))
            ).filter(n__gt=1),
        ),
        (
            "an attempt sends what its payment is",
            PayoutAttempt.objects.filter(state__in=LIVE).exclude(
                amount_pence=F("payment__taken_pence") + F("payment__expenses_pence")
            ),
        ),
        (
            "what needs a review has one",
            Payment.objects.filter(state=State.NEEDS_REVIEW).exclude(
                Exists(Review.objects.filter(attempt__payment=OuterRef("pk"), settled_at=None))
            ),
        ),
        (
            "what was called knows since when",
            PayoutAttempt.objects.filter(first_sent_at=None).filter(
                Q(calling=True) | Q(had_unknown=True) | Q(stripe_id__isnull=False)
            ),
        ),
        ("expenses of a payment add up", _wrong_expenses()),
        (
            "everything that was sent is in the history",
            Payment.objects.filter(state__in=PAID).exclude(
                Exists(
                    PaymentEvent.objects.filter(
                        payment=OuterRef("pk"), what__in=["sent", "settled"]
                    )
                )
            ),
        ),
    ]
    found = [
        (words, list(rows.order_by().values_list("pk", flat=True)[:20])) for words, rows in rules
    ]
    return [(words, keys) for words, keys in found if keys]


def _wrong_expenses() -> PaymentQuerySet:
    accepted = Sum("expenses__amount_pence", filter=Q(expenses__state="accepted"), default=0)
    return Payment.objects.annotate(sum=accepted).exclude(sum=F("expenses_pence"))
