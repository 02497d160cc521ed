"""What must hold of payments at any moment, asked of the database: `manage.py check_invariants`."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from collective.background.invariants import Broken, broken_of
from payments.models import Expense, Payment, PaymentEvent, PayoutAttempt, Review
from payments.models.attempt_states import LIVE
from payments.models.attempt_states import State as At
from payments.models.payment_event import What
from payments.models.payment_states import COMMITTED, OPEN, PAID, State

Rule = tuple[str, QuerySet[Any]]  # what must hold, and the rows for which it does not


def broken() -> Broken:
    """What does not hold, and for which rows; empty if all is well."""
    rules = [*_approved(), *_sending(), *_attempts(), *_on_record(), *_joined()]
    return broken_of({words: rows.order_by().values_list("pk", flat=True) for words, rows in rules})


def _approved() -> Iterator[Rule]:
    confirmed = Q(confirmed_by=None) | Q(confirmed_by=F("person"))
    approved = Q(approved_by=None) | Q(approved_by=F("person"))
    by_one = confirmed | approved | Q(confirmed_by=F("approved_by"))
    yield (
        "nobody stands alone behind an approved payment",
        Payment.objects.filter(by_one, state__in=COMMITTED),
    )
    accepted = Q(expenses__state=Expense.State.ACCEPTED)
    total = Sum("expenses__amount_pence", filter=accepted, default=0)
    yield (
        "expenses of a payment add up",
        Payment.objects.annotate(total=total).exclude(total=F("expenses_pence")),
    )


def _sending() -> Iterator[Rule]:
    live = PayoutAttempt.objects.filter(payment=OuterRef("pk"), state__in=LIVE)
    yield (
        "what is being sent has one live attempt",
        Payment.objects.filter(~Exists(live), state=State.SENDING),
    )
    yield (
        "what was sent has an attempt that left us",
        Payment.objects.filter(~Exists(live.filter(state=At.POSTED)), state__in=PAID),
    )
    yield (
        "what waits or has failed has no live attempt",
        Payment.objects.filter(Exists(live), state__in=[*OPEN, State.APPROVED, State.FAILED]),
    )
    attempts = Count("attempts", filter=Q(attempts__state__in=LIVE))
    yield (
        "no payment has two live attempts",
        Payment.objects.annotate(live=attempts).filter(live__gt=1),
    )


def _attempts() -> Iterator[Rule]:
    amount = F("payment__taken_pence") + F("payment__expenses_pence")
    yield (
        "an attempt sends what its payment is",
        PayoutAttempt.objects.filter(state__in=LIVE).exclude(amount_pence=amount),
    )
    called = Q(calling=True) | Q(had_unknown=True) | Q(stripe_id__isnull=False)
    yield (
        "what was called knows since when",
        PayoutAttempt.objects.filter(called, first_sent_at=None),
    )


def _on_record() -> Iterator[Rule]:
    review = Review.objects.filter(attempt__payment=OuterRef("pk"), settled_at=None)
    yield (
        "what needs a review has one",
        Payment.objects.filter(~Exists(review), state=State.NEEDS_REVIEW),
    )
    sent = PaymentEvent.objects.filter(payment=OuterRef("pk"), what__in=[What.SENT, What.SETTLED])
    yield (
        "everything that was sent is in the history",
        Payment.objects.filter(~Exists(sent), state__in=PAID),
    )


def _joined() -> Iterator[Rule]:
    yield (
        "nothing is owed to a joined record",
        Payment.objects.filter(person__joined_into__isnull=False),
    )
