"""What Stripe says of an attempt, whenever and in whatever order we hear it: by its answer, a
webhook or a list.

An outbound payment goes from processing to posted, and from either to an end; an older answer
changes nothing.
"""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from collective import clock
from collective.messages import mail
from payments.models import (
    Payment,
    PaymentRules,
    PayoutAccount,
    PayoutAttempt,
    Review,
    UnknownMovement,
)
from payments.models.payment_states import PAID, State

if TYPE_CHECKING:
    from payments.sending.gateway import Movement

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
At = PayoutAttempt.State


def locked(attempt_id: UUID):
    """(payment, attempt), locked in this order."""
    owner = PayoutAttempt.objects.values_list("payment", flat=True).get(pk=attempt_id)
    payment = Payment.objects.lock(owner)
    attempt = PayoutAttempt.objects.select_for_update(no_key=True).get(pk=attempt_id)
    attempt.payment = payment
    return payment, attempt


def fits(attempt: PayoutAttempt, movement: "Movement") -> bool:
    is_named = movement.attempt == str(attempt.pk) and attempt.stripe_id is None
    is_ours = is_named or attempt.stripe_id == movement.stripe_id
    return is_ours and movement.pence == attempt.amount_pence and movement.currency == "gbp"


@transaction.atomic
def apply(attempt_id: UUID, movement: "Movement") -> bool:
    """Write the state of an outbound payment that was fetched just now.

    Heard twice, it changes nothing.

    Returns False where it does not fit the attempt: then it is money that we do not know.
    """
    payment, attempt = locked(attempt_id)
    if not fits(attempt, movement):
        return False
    write(payment, attempt, movement)
    return True


def write(payment: Payment, attempt: PayoutAttempt, movement: "Movement") -> None:
    """The same for a caller who holds payment and attempt, and knows that it fits."""
    if attempt.state == At.REFUSED:
        _note_late_find(payment, movement)
        return
    # what people look into although Stripe has it stays with them; what was not to be found is
    # found now
    was_lost = attempt.state == At.REVIEW and (attempt.stripe_id is None or attempt.missing_since)
    attempt.missing_since = None
    if attempt.state in {At.READY, At.UNKNOWN} or was_lost:
        _found(payment, attempt, movement)
    attempt.stripe_id, attempt.calling, attempt.error = movement.stripe_id, False, ""
    if _rank(movement.status) > _rank(
        attempt.stripe_status
    ):  # an old answer may come after a newer one
        attempt.stripe_status = movement.status
        STEPS.get(movement.status, _nothing)(payment, attempt, movement)
    attempt.save()


def _rank(status: str) -> int:
    """An outbound payment goes from processing to posted, and from either to one of the ends."""
    return (
        ["", "processing", "posted"].index(status) if status in {"", "processing", "posted"} else 3
    )


def _found(payment: Payment, attempt: PayoutAttempt, movement: "Movement") -> None:
    """Stripe has taken it on: by its answer, or found in its list afterwards."""
    Review.objects.filter(attempt=attempt, settled_at=None).delete()
    PaymentRules.objects.exclude(short_of_money_since=None).update(short_of_money_since=None)
    attempt.state, attempt.stripe_status, attempt.taken_at = At.PROCESSING, "", clock.now()
    payment.state = State.SENDING
    payment.save()
    payment.note("taken", attempt=str(attempt.pk), stripe_id=movement.stripe_id)


def _note_late_find(payment: Payment, movement: "Movement") -> None:
    """We took it for not sent, and Stripe has it: somebody has to look, and nothing more is sent
    until then.
    """
    if movement.status in {"failed", "canceled"}:
        return
    words = f"An attempt of {payment.reference} that we took for not sent"
    defaults = {
        "amount_pence": movement.pence,
        "seen_at": clock.now(),
        "what": words,
        "payment": payment,
    }
    UnknownMovement.objects.get_or_create(stripe_id=movement.stripe_id, defaults=defaults)


def _nothing(payment: Payment, attempt: PayoutAttempt, movement: "Movement") -> None:
    """Taken on, and nothing more to say yet."""


def _posted(payment: Payment, attempt: PayoutAttempt, movement: "Movement") -> None:
    attempt.state = At.POSTED
    if payment.state not in PAID:
        payment.state, payment.problem = State.ARRIVED if payment.arrived_at else State.SENT, ""
        payment.sent_at, payment.expected_on = (
            movement.moved_at or clock.now(),
            movement.expected_on,
        )
        payment.save()
        payment.note("sent", attempt=str(attempt.pk))
        mail.tell(payment.person, "payment_sent", payment, revision=str(attempt.pk))


def _came_back(payment: Payment, attempt: PayoutAttempt, movement: "Movement") -> None:
    attempt.state = At.RETURNED if movement.status == "returned" else At.FAILED
    if movement.reason in MENDABLE:
        Review.objects.filter(
            attempt=attempt, settled_at=None
        ).delete()  # there is nothing left to look into
        failed(payment, movement.reason, movement.status, destination_of(attempt))
    else:
        to_review(payment, attempt, f"Stripe: {movement.status} {movement.reason}".strip())


STEPS = {"posted": _posted, "failed": _came_back, "returned": _came_back, "canceled": _came_back}


def failed(payment: Payment, problem: str, what: str, destination) -> None:
    """The person's details did not work: they get a plain link to mend them, and no new approval is
    needed.
    """
    payment.state, payment.problem = State.FAILED, problem
    payment.sent_at = payment.expected_on = payment.arrived_at = None
    payment.save()
    event = payment.note(what, problem=problem)
    # only if it is still the one that money did not reach: they may have mended it already
    accounts = PayoutAccount.objects.filter(
        person=payment.person_id, payout_method=destination, method="stripe"
    )
    accounts.filter(state=PayoutAccount.State.READY).update(state=PayoutAccount.State.TO_MEND)
    mail.tell(payment.person, "payment_failed", payment, revision=str(event.pk))


def destination_of(attempt: PayoutAttempt):
    return attempt.request.get("to", {}).get("payout_method", "")


@transaction.atomic
def note_missing(attempt_id: UUID, asked_at) -> None:
    """Stripe's list does not hold what Stripe had taken on.

    Twice, an hour apart: somebody has to look.
    """
    payment, attempt = locked(attempt_id)
    if attempt.state not in {At.PROCESSING, At.POSTED}:
        return
    attempt.missing_since = attempt.missing_since or asked_at
    is_lost = asked_at - attempt.missing_since >= MISSING_FOR
    if is_lost:
        attempt.state = At.REVIEW
    attempt.save()
    if is_lost:
        to_review(payment, attempt, "Stripe's list does not hold it any more")


def hand_over(payment: Payment, attempt: PayoutAttempt, why) -> None:
    """No machine can say what became of it, or what to do: two people settle it."""
    attempt.state, attempt.lease, attempt.lease_until = At.REVIEW, None, None
    attempt.had_unknown = attempt.had_unknown or attempt.calling
    attempt.save()
    to_review(payment, attempt, why)


def to_review(payment: Payment, attempt: PayoutAttempt, why: str) -> None:
    payment.state = State.NEEDS_REVIEW
    payment.save()
    Review.objects.get_or_create(
        attempt=attempt, settled_at=None, defaults={"why": why[:200], "opened_at": clock.now()}
    )
    payment.note("review", attempt=str(attempt.pk), why=why[:200])
