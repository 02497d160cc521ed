"""The review desk: what no machine may decide.

One person proposes with evidence, another one settles.
"""

import hashlib
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import Person
from payments import kinds
from payments.models import Payment, PayoutAttempt, Review
from payments.models.attempt_states import State as At
from payments.models.payment_event import What
from payments.models.payment_states import PAID, State

APART = timedelta(hours=1)
Verdict = Review.Verdict
AFTER: dict[str, State] = {
    Verdict.ARRIVED: State.SENT,
    Verdict.NEVER_LEFT: State.APPROVED,
    Verdict.OFFICE: State.SENDING,
    Verdict.STOP: State.REVERSED,
}

ATTEMPT_AFTER: dict[str, At] = {
    Verdict.ARRIVED: At.POSTED,
    Verdict.NEVER_LEFT: At.REFUSED,
    Verdict.OFFICE: At.READY,
    Verdict.STOP: At.REFUSED,
}


def give_to_people(attempt: PayoutAttempt, why: str) -> None:
    """No machine can say what became of it, or what to do: two people settle it.

    The caller holds payment and attempt.
    """
    attempt.state, attempt.lease, attempt.lease_until = At.REVIEW, None, None
    attempt.had_unknown = attempt.had_unknown or attempt.calling
    attempt.save()
    open_for(attempt, why)


def open_for(attempt: PayoutAttempt, why: str) -> None:
    """Open a review of the attempt, if none is open; what has ended may need one too."""
    why = why[:200]
    attempt.payment.step(State.NEEDS_REVIEW, What.REVIEW, attempt=str(attempt.pk), why=why)
    new = {"why": why, "opened_at": clock.now()}
    Review.objects.get_or_create(attempt=attempt, settled_at=None, defaults=new)


def is_surely_absent(review: Review) -> bool:
    """Did two lists of Stripe's, an hour apart, not hold it?"""
    first, last = review.absent_first_at, review.absent_last_at
    return first is not None and last is not None and last - first >= APART


def check(review: Review, verdict: str) -> None:
    """Raise RuleError where this verdict cannot be given yet."""
    attempt = review.attempt
    if verdict == Verdict.OFFICE and attempt.method not in Payment.BY_HAND:
        raise RuleError("Only what is paid by hand can be with the finance office.")
    if verdict == Verdict.ARRIVED:
        if attempt.state in {At.FAILED, At.RETURNED}:
            raise RuleError("Stripe says that this money came back, so it has not arrived.")
        return
    may_have_left = attempt.state == At.REVIEW and (attempt.had_unknown or attempt.stripe_id)
    if may_have_left and not is_surely_absent(review):
        raise RuleError(
            "Two lists of Stripe's, an hour apart, must not hold it first. We look every 15 "
            "minutes."
        )


def word_of(review: Review) -> str:
    """A word that changes with the proposal."""
    parts = f"{review.verdict}|{review.evidence}|{review.proposed_by_id}"
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


@transaction.atomic
def look_into(payment_id: UUID, why: str, by: Person) -> Payment:
    """Hand a payment that was sent to two people, as its person says that it has not come.

    Raises RuleError.
    """
    payment = Payment.objects.lock(payment_id)
    posted = payment.attempts.filter(state=At.POSTED).select_for_update(no_key=True)
    attempt = posted.first()
    if payment.state not in PAID or attempt is None:
        raise RuleError("Only a payment that was sent can be looked into.")
    attempt.payment = payment
    attempt.state = At.REVIEW
    attempt.save()
    open_for(attempt, why)
    return payment


@transaction.atomic
def say_recorded_by_mistake(payment_id: UUID, verdict: str, evidence: str, by: Person) -> Review:
    """The first of two who take back that a payment by hand was recorded as paid.

    Nothing is told before the second one settles it. Raises RuleError where it was not recorded,
    or its person says that it has come; and as `propose` does.
    """
    payment = Payment.objects.lock(payment_id)
    if payment.state == State.ARRIVED:
        raise RuleError("They told us that it has come, so it was paid. Ask them first.")
    if not payment.is_recorded_by_hand:
        raise RuleError("It is not recorded as paid by hand, so there is nothing to take back.")
    look_into(payment_id, "Recorded as paid by mistake", by)
    payment.note(What.NOT_PAID, by)
    review = Review.objects.get(attempt__payment=payment, settled_at=None)
    return propose(review.pk, verdict, evidence, by)


@transaction.atomic
def propose(review_id: UUID, verdict: str, evidence: str, by: Person) -> Review:
    """Say what was seen and what follows; somebody else settles it.

    Raises RuleError without evidence.
    """
    review = _locked(review_id)
    if by.pk == review.attempt.payment.person_id:
        raise RuleError("It is your own payment. Ask a colleague.")
    if not evidence.strip():
        raise RuleError("Say what you have seen: where, when, and with which reference.")
    check(review, verdict)
    review.verdict, review.evidence, review.proposed_by = verdict, evidence.strip(), by
    review.save()
    return review


@transaction.atomic
def settle(review_id: UUID, by: Person, *, seen: str) -> Review:
    """The second person agrees with what they have `seen` (`word_of` it): now it is so.

    Raises RuleError for the first one, for one's own payment, or where the proposal has changed.
    """
    review = _locked(review_id)
    if not review.verdict:
        raise RuleError("Nobody has proposed anything yet.")
    if by.pk in {review.proposed_by_id, review.attempt.payment.person_id}:
        raise RuleError(
            "Somebody else has to settle it: not the person who proposed it, and not the one who "
            "is paid."
        )
    if seen != word_of(review):
        raise RuleError("The proposal has changed since you looked at it. Read it again.")
    check(review, review.verdict)
    review.settled_by, review.settled_at = by, clock.now()
    review.save()
    _carry_out(review)
    return review


def _locked(review_id: UUID) -> Review:
    """The review with its attempt and payment, all locked: the payment first."""
    attempt_id = Review.objects.values_list("attempt", flat=True).get(pk=review_id)
    attempt = PayoutAttempt.objects.lock_with_payment(attempt_id)
    review = Review.objects.select_for_update(no_key=True).get(pk=review_id)
    if review.settled_at is not None:
        raise RuleError("This is settled already.")
    review.attempt = attempt
    return review


def _carry_out(review: Review) -> None:
    """What two people say is so; whoever is paid hears of it."""
    attempt, payment = review.attempt, review.attempt.payment
    has_arrived = review.verdict == Verdict.ARRIVED
    if has_arrived:
        payment.sent_at, payment.missing_said_at = payment.sent_at or clock.now(), None
    else:
        payment.sent_at = payment.expected_on = payment.arrived_at = None
    if attempt.state == At.REVIEW:  # else Stripe has said what became of it
        _end(attempt, review.verdict)
    said = {"verdict": review.verdict, "evidence": review.evidence, "attempt": str(attempt.pk)}
    payment.step(AFTER[review.verdict], What.SETTLED, review.settled_by, **said)
    _tell(review, payment)


def _end(attempt: PayoutAttempt, verdict: str) -> None:
    """What became of the attempt. What the office still has waits there, as if never recorded."""
    attempt.state = ATTEMPT_AFTER[verdict]
    if attempt.state == At.READY:
        attempt.recorded_by, attempt.hand_reference, attempt.voucher_code = None, "", None
    attempt.save()


def _tell(review: Review, payment: Payment) -> None:
    """That two people looked; where we had said by mistake that it was sent, that it was not."""
    is_by_hand = review.attempt.method in Payment.BY_HAND
    if is_by_hand and review.verdict != Verdict.ARRIVED:
        mail.tell(payment.person, kinds.NOT_PAID, payment, revision=str(review.pk))
    else:
        mail.tell(payment.person, kinds.LOOKED_INTO, payment, revision=clock.now().isoformat())
