"""Sending approved payments exactly once, whatever dies.

First a row, then the call: `begin` locks the payment, looks at the rules again and writes an
attempt with a random key and the frozen request; `send` takes it under a lease, writes that it is
calling, calls without any transaction, and writes the answer. What has no clear answer is
*unknown*, not failed: it goes out again with the same key and the same body, and after a day a
person reviews it. No machine ever makes a second key for it.
"""

import uuid
from datetime import datetime, time, timedelta
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from collective import clock
from collective.background import doorbell, sweeps
from collective.clock import LONDON
from collective.messages import mail
from collective.templatetags.collective import day
from payments.models import Payment, PaymentRules, PayoutAccount, PayoutAttempt, UnknownMovement
from payments.models.payment_states import State
from payments.sending import gateway
from payments.sending.gateway import Movement, Refused
from payments.sending.movements import destination_of, failed, fits, hand_over, locked, write

LEASE = timedelta(minutes=3)
AGAIN_AFTER = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
]
REVIEW_AFTER = timedelta(hours=24)  # Stripe keeps keys for 30 days; a person looks long before
TRY_SHORTAGE_EVERY = timedelta(minutes=5)
LONGEST = 20  # seconds that one sweep may take: Stripe that hangs must not keep mail waiting
A_BATCH = 200
At = PayoutAttempt.State


def stopped_because(rules: PaymentRules | None = None) -> str:
    """Why nothing is sent at the moment, in words; "" if it is."""
    rules = rules or PaymentRules.current()
    if rules.is_paused:
        return f"Sending is paused. {rules.paused_because}".strip()
    if UnknownMovement.objects.filter(explained_at=None).exists():
        return "Money that we do not know has left our account at Stripe. Explain it first."
    if rules.restored_at and (
        rules.reconciled_at is None or rules.reconciled_at < rules.restored_at
    ):
        return "The database was restored, and has not been compared with Stripe yet."
    return ""


# Beginning: from approved to sending.


def begin_all():
    """The sweep: every approved payment that may go now gets its attempt; returns (seen, done)."""
    if not gateway.is_on() or stopped_because():
        return 0, 0
    ready = (
        Payment.objects.may_go().filter(method=Payment.Method.STRIPE).order_by("approved_at", "pk")
    )
    keys = list(ready.values_list("pk", flat=True)[:A_BATCH])
    if keys and PaymentRules.current().short_of_money_since:
        keys = keys[:1] if _may_try_again() else []
    return sweeps.each([(key,) for key in keys], begin, longest=LONGEST)


def _may_try_again():
    """Money was missing: is there enough now for what was refused?

    Then one payment is tried, at most every few minutes, and the rest goes once Stripe has taken it
    on.
    """
    rules = PaymentRules.current()
    if rules.short_tried_at and rules.short_tried_at > clock.now() - TRY_SHORTAGE_EVERY:
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
    rules = (
        PaymentRules.lock()
    )  # always the last lock: what is sent in a day is counted by one at a time
    if stopped_because(rules) or why_it_waits(payment, rules):
        return False
    account = PayoutAccount.objects.get(person=payment.person_id)
    attempt = PayoutAttempt(
        payment=payment, method=payment.method, amount_pence=payment.amount_pence
    )
    attempt.request = gateway.request_for(attempt.pk, payment, account, rules.statement_descriptor)
    attempt.save()
    payment.state = State.SENDING
    payment.save()
    payment.note("begun", attempt=str(attempt.pk))
    transaction.on_commit(lambda: doorbell.ring("payments.send", str(attempt.pk)))
    return True


def why_it_waits(payment: Payment, rules: PaymentRules | None = None) -> str:
    """Why an approved payment cannot be sent through Stripe now, in words for staff; "" if it
    can.
    """
    rules, account = (
        rules or PaymentRules.current(),
        getattr(payment.person, "payout_account", None),
    )
    if payment.state != State.APPROVED:
        return "It is not approved."
    if account is None or not account.is_ready or account.method != payment.method:
        return "Where it goes is not set up any more. Ask them."
    if account.wait_until and account.wait_until > clock.now():
        return f"They changed where it goes: it waits until {day(account.wait_until)}."
    if payment.method != Payment.Method.STRIPE:
        return "It waits for the next export to the finance office."
    if payment.amount_pence > min(rules.most_per_payment_pence, rules.most_per_day_pence):
        return "It is above the cap, which was lowered since."
    if payment.amount_pence > within_today(rules):
        return "What may be sent in a day is reached: it goes tomorrow."
    return ""


def within_today(rules):
    """How many pence may still be begun today."""
    midnight = datetime.combine(timezone.localdate(clock.now()), time(0), LONDON)
    begun = PayoutAttempt.objects.live().filter(created_at__gte=midnight)
    return rules.most_per_day_pence - (begun.aggregate(sum=Sum("amount_pence"))["sum"] or 0)


# Sending: one attempt, under a lease.


def send_all():
    """The sweep: attempts that no message announced, or that are due once more; returns (seen,
    done).
    """
    review_overdue()
    if not gateway.is_on() or stopped_because():
        return 0, 0
    due = PayoutAttempt.objects.due(clock.now()).order_by("next_try_at", "pk")
    return sweeps.each(
        [(key,) for key in due.values_list("pk", flat=True)[:A_BATCH]], send, longest=LONGEST
    )


def send(attempt_id: UUID) -> bool:
    """Send one attempt, if it is due and nobody else is at it; returns whether it was sent.

    Safe to run twice.
    """
    attempt = _claim(attempt_id)
    if attempt is None or not _still_mine(attempt):
        return False
    answer = gateway.send(attempt.request, attempt.key)
    return _write_answer(attempt, answer)


@transaction.atomic
def _claim(attempt_id: UUID) -> PayoutAttempt | None:
    """Take the attempt under a lease and write, before the call, that it is called."""
    if stopped_because():
        return None
    now = clock.now()
    due = (
        PayoutAttempt.objects.due(now)
        .exclude(first_sent_at__lte=now - REVIEW_AFTER)
        .filter(pk=attempt_id)
    )
    attempt = due.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    if attempt is None:
        return None
    attempt.had_unknown = (
        attempt.had_unknown or attempt.calling
    )  # whoever called before died without an answer
    attempt.calling, attempt.first_sent_at = True, attempt.first_sent_at or now
    attempt.lease, attempt.lease_until = uuid.uuid4(), now + LEASE
    attempt.tries += 1
    attempt.save()
    return attempt


def _still_mine(attempt: PayoutAttempt) -> bool:
    """Take the lease anew just before the call: a worker that was frozen past its lease calls
    nobody.
    """
    mine = PayoutAttempt.objects.filter(
        pk=attempt.pk, lease=attempt.lease, state__in=[At.READY, At.UNKNOWN]
    )
    return mine.update(lease_until=clock.now() + LEASE) == 1


@transaction.atomic
def _write_answer(claimed: PayoutAttempt, answer) -> bool:
    """Write what was answered, if this worker still holds the lease; returns whether Stripe has
    taken it on.
    """
    payment, attempt = locked(claimed.pk)
    if attempt.lease != claimed.lease:
        return False
    attempt.lease = attempt.lease_until = None
    if isinstance(answer, Movement) and fits(attempt, answer):
        write(payment, attempt, answer)
        return True
    if attempt.state not in {At.READY, At.UNKNOWN}:  # Stripe has told us of it meanwhile
        attempt.save()
        return False
    if isinstance(answer, Refused) and not attempt.had_unknown:
        attempt.calling, attempt.error = False, answer.code[:200]
        _refused(payment, attempt, answer)
        return False
    attempt.had_unknown, attempt.calling = True, False
    attempt.error = _words(answer)
    _try_again(payment, attempt)
    return False


def _words(answer):
    if isinstance(answer, Movement):
        return "The answer does not fit what we asked"
    return (
        f"Refused after an unclear answer: {answer.code}"
        if isinstance(answer, Refused)
        else answer.words
    )[:200]


def _try_again(payment: Payment, attempt: PayoutAttempt) -> None:
    """Unknown: the same key and body, ever more slowly; after a day a person looks."""
    attempt.state = At.UNKNOWN
    review_at = attempt.first_sent_at + REVIEW_AFTER
    waits = dict(enumerate(AGAIN_AFTER, 1))
    attempt.next_try_at = (
        clock.now() + waits[attempt.tries] if attempt.tries in waits else review_at
    )
    attempt.save()
    payment.note("unknown", attempt=str(attempt.pk), answer=attempt.error, tries=attempt.tries)


def _refused(payment: Payment, attempt: PayoutAttempt, refused: Refused) -> None:
    """A clear no to a key that never had an unclear answer: nothing was sent."""
    if refused.why == "other":
        hand_over(payment, attempt, f"Stripe refused it: {refused.code}")
        return
    attempt.state = At.REFUSED
    attempt.save()
    if refused.why == "money":
        payment.state = State.APPROVED
        payment.save()
        payment.note("no_money", attempt=str(attempt.pk))
        _note_shortage(attempt.amount_pence)
    else:
        failed(payment, refused.code, "refused", destination_of(attempt))


def _note_shortage(pence: int) -> None:
    """Money is missing: the payments wait, approved, and finance hears of it once."""
    from payments.owing import approvals

    rules, now = PaymentRules.lock(), clock.now()
    is_new = rules.short_of_money_since is None
    PaymentRules.note(
        short_of_money_since=rules.short_of_money_since or now,
        short_of_pence=pence,
        short_tried_at=now,
    )
    if is_new:
        for person in approvers_to_tell(approvals.approvers()):
            mail.tell(person, "payments_short", person, revision=now.isoformat())


def approvers_to_tell(people: QuerySet[AbstractBaseUser]):
    return people.filter(reach_by="email").order_by("pk")


def review_overdue():
    """Attempts without a clear answer for a day go to a person, also while sending is stopped."""
    now = clock.now()
    old = PayoutAttempt.objects.due(now).filter(first_sent_at__lte=now - REVIEW_AFTER)
    return sweeps.each(
        [(key,) for key in old.values_list("pk", flat=True)[:A_BATCH]], _review_one_overdue
    )


@transaction.atomic
def _review_one_overdue(attempt_id: UUID) -> bool:
    payment, attempt = locked(attempt_id)
    is_open = attempt.state in {At.READY, At.UNKNOWN}
    if is_open and (attempt.lease_until is None or attempt.lease_until < clock.now()):
        hand_over(payment, attempt, "No clear answer within a day")
    return is_open
