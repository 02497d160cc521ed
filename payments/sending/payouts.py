"""Sending approved payments exactly once, whatever dies.

First a row, then the call: `begin` locks the payment, looks at the rules again and writes an
attempt with a random key and the frozen request; `send` takes it under a lease, writes that it is
calling, calls without any transaction, and has the answer written (`answers`). What has no clear
answer is *unknown*, not failed: it goes out again with the same key and the same body, and after a
day a person reviews it. No machine ever makes a second key for it.
"""

import uuid
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.background import doorbell, sweeps
from payments.models import Payment, PaymentRules, PayoutAccount, PayoutAttempt
from payments.models.attempt_states import OPEN
from payments.models.payment_event import What
from payments.models.payment_states import State
from payments.models.payout_attempt import LEASE
from payments.sending import answers, gateway, reviews
from payments.sending.stops import stopped_because, why_it_waits

TRY_SHORTAGE_EVERY = timedelta(minutes=5)
LONGEST = 20  # seconds that one sweep may take: Stripe that hangs must not keep mail waiting
A_BATCH = 200


# Beginning: from approved to sending.


def begin_all() -> tuple[int, int]:
    """The sweep: every approved payment that may go now gets its attempt; returns (seen, done)."""
    if not gateway.is_on() or stopped_because():
        return 0, 0
    ready = Payment.objects.may_go().filter(method=Payment.Method.STRIPE)
    keys = list(ready.order_by("approved_at", "pk").values_list("pk", flat=True)[:A_BATCH])
    if keys and PaymentRules.current().short_of_money_since:
        keys = keys[:1] if _may_try_again() else []
    return sweeps.each([(key,) for key in keys], begin, longest=LONGEST)


def _may_try_again() -> bool:
    """Money was missing: is there enough now for what was refused?

    Then one payment is tried, at most every few minutes, and the rest goes once Stripe has taken it
    on.
    """
    rules = PaymentRules.current()
    if rules.short_tried_at and clock.was_within(rules.short_tried_at, TRY_SHORTAGE_EVERY):
        return False
    try:
        pence = gateway.balance()
    except gateway.NotReached:
        return False
    PaymentRules.note(balance_pence=pence, balance_at=clock.now())
    return pence >= rules.short_of_pence


@transaction.atomic
def begin(payment_id: UUID) -> bool:
    """Write the attempt of an approved payment; returns whether one was written.

    Twice or at once, it writes one.
    """
    payment = Payment.objects.lock(payment_id)
    rules = PaymentRules.lock()
    if stopped_because(rules) or why_it_waits(payment, rules):
        return False
    account = PayoutAccount.objects.get(person=payment.person_id)
    attempt = _attempt_of(payment, account, rules)
    payment.step(State.SENDING, What.BEGUN, attempt=str(attempt.pk))
    transaction.on_commit(lambda: doorbell.ring("payments.send", str(attempt.pk)))
    return True


def _attempt_of(payment: Payment, account: PayoutAccount, rules: PaymentRules) -> PayoutAttempt:
    """Its attempt, with a random key and the frozen request."""
    attempt = PayoutAttempt(payment=payment, method=payment.method)
    attempt.amount_pence = payment.amount_pence
    attempt.request = gateway.request_for(attempt, account, rules.statement_descriptor)
    attempt.save()
    return attempt


# Sending: one attempt, under a lease.


def send_all() -> tuple[int, int]:
    """The sweep: attempts that no message announced, or that are due once more.

    Returns (seen, done).
    """
    if not gateway.is_on() or stopped_because():
        return 0, 0
    due = PayoutAttempt.objects.due(clock.now()).order_by("next_try_at", "pk")
    keys = due.values_list("pk", flat=True)[:A_BATCH]
    return sweeps.each([(key,) for key in keys], send, longest=LONGEST)


def send(attempt_id: UUID | str) -> bool:
    """Send one attempt, if it is due and nobody else is at it; returns whether it was sent.

    Safe to run twice.
    """
    attempt = _claim(attempt_id)
    if attempt is None or not _still_mine(attempt):
        return False
    answer = gateway.send(attempt.request, attempt.key)
    return answers.write(attempt, answer)


@transaction.atomic
def _claim(attempt_id: UUID | str) -> PayoutAttempt | None:
    """Take the attempt under a lease and write, before the call, that it is called."""
    now = clock.now()
    due = PayoutAttempt.objects.due(now).filter(pk=attempt_id)
    due = due.exclude(first_sent_at__lte=now - answers.REVIEW_AFTER)
    attempt = due.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    if attempt is None or stopped_because():
        return None
    _write_that_it_is_called(attempt, now)
    return attempt


def _write_that_it_is_called(attempt: PayoutAttempt, now: datetime) -> None:
    # Whoever called before died without an answer.
    attempt.had_unknown = attempt.had_unknown or attempt.calling
    attempt.calling, attempt.first_sent_at = True, attempt.first_sent_at or now
    attempt.lease, attempt.lease_until = uuid.uuid4(), now + LEASE
    attempt.tries += 1
    attempt.save()


def _still_mine(attempt: PayoutAttempt) -> bool:
    """Take the lease anew just before the call.

    A worker that was frozen past its lease calls nobody.
    """
    mine = PayoutAttempt.objects.filter(pk=attempt.pk, lease=attempt.lease, state__in=OPEN)
    return mine.update(lease_until=clock.now() + LEASE) == 1


# Giving up: no clear answer for a day.


def review_overdue() -> tuple[int, int]:
    """The sweep: attempts without a clear answer for a day go to a person.

    Also while sending is stopped. Returns (seen, done).
    """
    now = clock.now()
    old = PayoutAttempt.objects.due(now).filter(first_sent_at__lte=now - answers.REVIEW_AFTER)
    keys = old.order_by("first_sent_at").values_list("pk", flat=True)[:A_BATCH]
    return sweeps.each([(key,) for key in keys], _review_one_overdue)


@transaction.atomic
def _review_one_overdue(attempt_id: UUID) -> bool:
    attempt = PayoutAttempt.objects.lock_with_payment(attempt_id)
    is_due = PayoutAttempt.objects.due(clock.now()).filter(pk=attempt_id).exists()
    if not attempt.is_open or not is_due:
        return False
    reviews.give_to_people(attempt, "No clear answer within a day")
    return True
