"""The review desk: what no machine may decide.

One person proposes with evidence, another one settles.
"""

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from payments.models import Payment, PayoutAttempt, Review
from payments.models.payment_states import PAID, State
from payments.sending import movements

if TYPE_CHECKING:
    from collective.models import Person

APART = timedelta(hours=1)
At = PayoutAttempt.State
Verdict = Review.Verdict


def is_surely_absent(review: Review):
    """Did two lists of Stripe's, an hour apart, not hold it?"""
    first, last = review.absent_first_at, review.absent_last_at
    return first is not None and last - first >= APART


def check(review: Review, verdict: str) -> None:
    """Raise RuleError where this verdict cannot be given yet."""
    attempt = review.attempt
    if verdict == Verdict.ARRIVED and attempt.state in {At.FAILED, At.RETURNED}:
        raise RuleError("Stripe says that this money came back, so it has not arrived.")
    may_have_left = attempt.state == At.REVIEW and (attempt.had_unknown or attempt.stripe_id)
    if (
        verdict in {Verdict.NEVER_LEFT, Verdict.STOP}
        and may_have_left
        and not is_surely_absent(review)
    ):
        raise RuleError(
            "Two lists of Stripe's, an hour apart, must not hold it first. We look every 15 "
            "minutes."
        )


def word_of(review: Review) -> str:
    """A word that changes with the proposal."""
    parts = f"{review.verdict}|{review.evidence}|{review.proposed_by_id}"
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


@transaction.atomic
def look_into(payment_id: UUID, why, by: "Person"):
    """Hand a payment that was sent to two people, as its person says that it has not come.

    Raises RuleError.
    """
    payment = Payment.objects.lock(payment_id)
    attempt = payment.attempts.live().filter(state=At.POSTED).select_for_update(no_key=True).first()
    if payment.state not in PAID or attempt is None:
        raise RuleError("Only a payment that was sent can be looked into.")
    attempt.state = At.REVIEW
    attempt.save()
    movements.to_review(payment, attempt, why)
    return payment


@transaction.atomic
def propose(review_id, verdict, evidence, by: "Person") -> Review:
    """Say what was seen and what follows; somebody else settles it.

    Raises RuleError without evidence.
    """
    review, payment, _ = _locked(review_id)
    if by.pk == payment.person_id:
        raise RuleError("It is your own payment. Ask a colleague.")
    if not evidence.strip():
        raise RuleError("Say what you have seen: where, when, and with which reference.")
    check(review, verdict)
    review.verdict, review.evidence, review.proposed_by = verdict, evidence.strip(), by
    review.save()
    return review


@transaction.atomic
def settle(review_id, by: "Person", *, seen) -> Review:
    """The second person agrees with what they have `seen` (`word_of` it): now it is so.

    Raises RuleError for the first one, for one's own payment, or where the proposal has changed.
    """
    review, payment, attempt = _locked(review_id)
    if not review.verdict:
        raise RuleError("Nobody has proposed anything yet.")
    if by.pk in {review.proposed_by_id, payment.person_id}:
        raise RuleError("Somebody else has to settle it: not who proposed it, and not who is paid.")
    if seen != word_of(review):
        raise RuleError("The proposal has changed since you looked at it. Read it again.")
    check(review, review.verdict)
    review.settled_by, review.settled_at = by, clock.now()
    review.save()
    payment.note(
        "settled", by, verdict=review.verdict, evidence=review.evidence, attempt=str(attempt.pk)
    )
    _carry_out(review.verdict, payment, attempt)
    return review


def _locked(review_id):
    attempt_id = Review.objects.values_list("attempt", flat=True).get(pk=review_id)
    payment, attempt = movements.locked(attempt_id)
    review = Review.objects.select_for_update(no_key=True).get(pk=review_id)
    if review.settled_at is not None:
        raise RuleError("This is settled already.")
    review.attempt = attempt
    return review, payment, attempt


def _carry_out(verdict: str, payment: Payment, attempt: PayoutAttempt) -> None:
    if verdict == Verdict.ARRIVED:
        attempt.state, payment.state, payment.sent_at = (
            At.POSTED,
            State.SENT,
            payment.sent_at or clock.now(),
        )
        payment.missing_said_at = None
    else:
        if attempt.state == At.REVIEW:
            attempt.state = At.REFUSED
        payment.state = State.APPROVED if verdict == Verdict.NEVER_LEFT else State.REVERSED
    attempt.save()
    payment.save()
    mail.tell(payment.person, "payment_looked_into", payment, revision=clock.now().isoformat())
