"""What Stripe says of an attempt, whenever and in whatever order we hear it.

We hear it by Stripe's answer, by a webhook, or by its list.

An outbound payment goes from processing to posted, and from either to an end; an older answer
changes nothing.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.messages import mail
from payments import kinds, problems
from payments.models import (
    Payment,
    PaymentRules,
    PayoutAccount,
    PayoutAttempt,
    Review,
    UnknownMovement,
)
from payments.models.attempt_states import State as At
from payments.models.payment_event import What
from payments.models.payment_states import PAID, State
from payments.sending import reviews
from payments.sending.stripe_says import Movement

Ac = PayoutAccount.State
MISSING_FOR = timedelta(hours=1)
# Why money did not arrive, where the person can mend it (Stripe's own words).
MENDABLE = {
    "payout_method_declined",
    "payout_method_does_not_exist",
    "payout_method_expired",
    "payout_method_unsupported",
    "payout_method_amount_limit_exceeded",
    "payout_method_usage_frequency_limit_exceeded",
    "payout_method_canceled_by_customer",
    "payout_method_closed",
    "payout_method_currency_unsupported",
    "payout_method_holder_address_incorrect",
    "payout_method_holder_details_incorrect",
    "payout_method_holder_name_incorrect",
    "payout_method_invalid_account_number",
    "payout_method_restricted",
}
# An outbound payment goes from processing to posted, and from either to one of the ends.
RANKS = {"": 0, "processing": 1, "posted": 2}
AN_END = 3
STATUS_WORDS = {
    "processing": "Stripe has taken it on.",
    "posted": "It has left our account.",
    "failed": "It failed.",
    "canceled": "It was called off.",
    "returned": "It came back to us.",
}


@transaction.atomic
def apply(attempt_id: UUID, movement: Movement) -> bool:
    """Write the state of an outbound payment that was fetched just now.

    Heard twice, it changes nothing.

    Returns False where it does not fit the attempt: then it is money that we do not know.
    """
    attempt = PayoutAttempt.objects.lock_with_payment(attempt_id)
    if not movement.fits(attempt):
        return False
    write(attempt, movement)
    return True


def write(attempt: PayoutAttempt, movement: Movement) -> None:
    """The same for a caller who holds payment and attempt, and knows that it fits."""
    if attempt.state == At.REFUSED:
        _note_late_find(attempt, movement)
        return
    # What people look into although Stripe has it stays with them; what was not to be found is
    # found now.
    was_lost = attempt.state == At.REVIEW and (attempt.stripe_id is None or attempt.missing_since)
    attempt.missing_since = None
    if attempt.is_open or was_lost:
        _found(attempt, movement)
    attempt.stripe_id, attempt.calling, attempt.error = movement.stripe_id, False, ""
    # An old answer may come after a newer one.
    if _rank(movement.status) > _rank(attempt.stripe_status):
        attempt.stripe_status = movement.status
        _take_status(attempt, movement)
    attempt.save()


def _rank(status: str) -> int:
    return RANKS.get(status, AN_END)


def _found(attempt: PayoutAttempt, movement: Movement) -> None:
    """Stripe has taken it on: by its answer, or found in its list afterwards."""
    Review.objects.filter(attempt=attempt, settled_at=None).delete()
    PaymentRules.objects.exclude(short_of_money_since=None).update(short_of_money_since=None)
    attempt.state, attempt.stripe_status, attempt.taken_at = At.PROCESSING, "", clock.now()
    attempt.payment.step(
        State.SENDING, What.TAKEN, attempt=str(attempt.pk), stripe_id=movement.stripe_id
    )


def _note_late_find(attempt: PayoutAttempt, movement: Movement) -> None:
    """We took it for not sent, and Stripe has it.

    Somebody has to look, and nothing more is sent until then.
    """
    if not movement.has_moved:
        return
    words = f"An attempt of {attempt.payment.reference} that we took for not sent"
    UnknownMovement.write_down(movement.stripe_id, movement.pence, words, attempt.payment)


def _take_status(attempt: PayoutAttempt, movement: Movement) -> None:
    """Stripe's status is a newer one. Taken on says nothing more yet."""
    match movement.status:
        case "posted":
            _posted(attempt, movement)
        case "failed" | "canceled":
            _came_back(attempt, movement, At.FAILED)
        case "returned":
            _came_back(attempt, movement, At.RETURNED)


def _posted(attempt: PayoutAttempt, movement: Movement) -> None:
    payment = attempt.payment
    if attempt.state == At.REVIEW:
        return  # people look into it, and say what became of it
    attempt.state = At.POSTED
    if payment.state in PAID:
        return
    payment.problem = ""
    payment.sent_at = movement.moved_at or clock.now()
    payment.expected_on = movement.expected_on
    state = State.ARRIVED if payment.arrived_at else State.SENT
    payment.step(state, What.SENT, attempt=str(attempt.pk))
    mail.tell(payment.person, kinds.SENT, payment, revision=str(attempt.pk))


def _came_back(attempt: PayoutAttempt, movement: Movement, state: At) -> None:
    attempt.state = state
    if movement.reason not in MENDABLE:
        reviews.open_for(attempt, _why_it_came_back(movement))
        return
    # There is nothing left to look into.
    Review.objects.filter(attempt=attempt, settled_at=None).delete()
    what = What.RETURNED if state == At.RETURNED else What.FAILED
    ask_for_new_details(attempt, movement.reason, what)


def _why_it_came_back(movement: Movement) -> str:
    became = STATUS_WORDS.get(movement.status, "Stripe sent it back.")
    return f"{became} {problems.of_code(movement.reason)}".strip()


def ask_for_new_details(attempt: PayoutAttempt, problem: str, what: What) -> None:
    """It did not reach its person because of their details: they get a plain link to mend them.

    No new approval is needed. The caller holds payment and attempt.
    """
    payment = attempt.payment
    payment.problem = problem
    payment.sent_at = payment.expected_on = payment.arrived_at = None
    event = payment.step(State.FAILED, what, problem=problem)
    # Only if it is still the one that money did not reach: they may have mended it already.
    mine = PayoutAccount.objects.filter(person=payment.person_id, method=Payment.Method.STRIPE)
    tried = mine.filter(payout_method=attempt.destination, state=Ac.READY)
    tried.update(state=Ac.TO_MEND)
    mail.tell(payment.person, kinds.FAILED, payment, revision=str(event.pk))


@transaction.atomic
def note_missing(attempt_id: UUID, asked_at: datetime) -> bool:
    """Stripe's list does not hold what Stripe had taken on; returns whether it is lost.

    Missing twice, an hour apart, it is: somebody has to look.
    """
    attempt = PayoutAttempt.objects.lock_with_payment(attempt_id)
    if attempt.state not in {At.PROCESSING, At.POSTED}:
        return False
    attempt.missing_since = attempt.missing_since or asked_at
    if asked_at - attempt.missing_since < MISSING_FOR:
        attempt.save()
        return False
    reviews.give_to_people(attempt, "Stripe's list does not hold it any more")
    return True
