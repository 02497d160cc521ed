"""Comparing with Stripe, both ways: what is under way every 15 minutes, everything of 40 days once
a day.

Money that left our account and that no attempt of ours explains stops all sending until somebody
has explained it.
"""

import logging
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Min, Q

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from payments.models import Payment, PaymentRules, PayoutAttempt, Review, UnknownMovement
from payments.models.payment_states import State
from payments.sending import gateway, movements

if TYPE_CHECKING:
    from collective.models import Person
    from payments.sending.gateway import Movement

logger = logging.getLogger(__name__)
OFTEN = timedelta(minutes=15)
DAILY = timedelta(hours=24)
LOOK_BACK = timedelta(days=40)
MARGIN = timedelta(minutes=10)  # two clocks never agree
SETTLES_WITHIN = timedelta(minutes=5)  # what was called just now may not be in a list yet
At = PayoutAttempt.State


def look_under_way():
    """The sweep: everything since the oldest attempt that is not settled; returns (seen, done)."""
    if not gateway.is_on():
        return 0, 0
    _note_balance()
    open_ = PayoutAttempt.objects.filter(method="stripe", first_sent_at__isnull=False)
    open_ = open_.filter(
        Q(state__in=[At.UNKNOWN, At.PROCESSING, At.REVIEW]) | Q(missing_since__isnull=False)
    )
    since = open_.aggregate(since=Min("first_sent_at"))["since"]
    seen, done = _compared(since - MARGIN) if since else (0, 0)
    return seen, done or 0


def _note_balance() -> None:
    """What the board shows; while Stripe cannot be reached, it stays as old as it is."""
    try:
        PaymentRules.note(balance_pence=gateway.balance(), balance_at=clock.now())
    except gateway.NotReached:
        logger.info("Stripe's balance was not read")


def look_back():
    """The sweep, once a day: 40 days both ways; returns (seen, done)."""
    rules = PaymentRules.current()
    last, restored = rules.reconciled_at, rules.restored_at
    is_recent = last and last > clock.now() - DAILY and not (restored and restored > last)
    if not gateway.is_on() or is_recent:
        return 0, 0
    asked_at = clock.now()
    seen, done = _compared(clock.now() - LOOK_BACK)
    if done is not None:
        PaymentRules.note(reconciled_at=asked_at)
    return seen, done or 0


def _compared(since: datetime):
    """`compare`, or (0, None) while Stripe cannot be reached: that is no fault of ours, and the
    board says how old the newest comparison is.
    """
    try:
        return compare(since)
    except gateway.NotReached as error:
        logger.warning("Stripe was not reached: %s", error)
        return 0, None


def compare(since):
    """Read Stripe's list since this moment and write what it says; returns (seen, done).

    Raises NotReached.
    """
    asked_at = clock.now()
    listed = {movement.stripe_id: movement for movement in gateway.movements(since)}
    ours = _attempts(listed.values())
    try:
        return sweeps.each([(key,) for key in listed], lambda key: _one(listed[key], ours))
    finally:
        _look_for_missing(since, asked_at, listed)


def _attempts(listed):
    """{name or Stripe's key: key of our attempt} for what these movements name."""
    names = [movement.attempt for movement in listed if is_key(movement.attempt)]
    rows = PayoutAttempt.objects.filter(
        Q(pk__in=names) | Q(stripe_id__in=[row.stripe_id for row in listed])
    )
    found = {}
    for pk, stripe_id in rows.values_list("pk", "stripe_id"):
        found[str(pk)] = found[stripe_id or str(pk)] = pk
    return found


def is_key(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _one(movement: "Movement", ours) -> bool:
    key = ours.get(movement.stripe_id) or ours.get(movement.attempt)
    if key is None or not movements.apply(key, movement):
        note_unknown(movement)
    return True


def note_unknown(movement: "Movement") -> None:
    """Write down money that we do not know: from then on nothing is sent."""
    if movement.status in {"failed", "canceled"}:
        return  # no money has moved
    payment = Payment.objects.filter(reference=movement.description or None).first()
    words = (
        f"Its reference is that of {payment.reference}" if payment else f"Status: {movement.status}"
    )
    defaults = {
        "amount_pence": movement.pence,
        "seen_at": clock.now(),
        "payment": payment,
        "what": words,
    }
    UnknownMovement.objects.get_or_create(stripe_id=movement.stripe_id, defaults=defaults)


@transaction.atomic
def explain(movement_id, explanation, by: "Person"):
    """Say what it was; sending goes on.

    If it has paid an approved payment (as after a restore), that payment is not sent again: the
    movement becomes its attempt. Raises RuleError for who is paid by it.
    """
    movement = UnknownMovement.objects.get(pk=movement_id)
    payment = Payment.objects.lock(movement.payment_id) if movement.payment_id else None
    movement = UnknownMovement.objects.select_for_update(no_key=True).get(pk=movement_id)
    if payment and payment.person_id == by.pk:
        raise RuleError("It is your own payment. Ask a colleague.")
    if movement.explained_at is None:
        movement.explanation, movement.explained_by, movement.explained_at = (
            explanation,
            by,
            clock.now(),
        )
        movement.save()
        if (
            payment
            and payment.state == State.APPROVED
            and payment.amount_pence == movement.amount_pence
        ):
            _adopt(payment, movement, by)
    return movement


def _adopt(payment: Payment, movement: "Movement", by: "Person") -> None:
    attempt = PayoutAttempt.objects.create(
        payment=payment,
        method=Payment.Method.STRIPE,
        amount_pence=movement.amount_pence,
        state=At.PROCESSING,
        request={"adopted": True},
        stripe_id=movement.stripe_id,
        first_sent_at=clock.now(),
        taken_at=clock.now(),
    )
    payment.state = State.SENDING
    payment.save()
    payment.note("taken", by, attempt=str(attempt.pk), stripe_id=movement.stripe_id)


def _look_for_missing(since, asked_at: datetime, listed) -> None:
    """Attempts that Stripe's list should hold and does not."""
    found = {movement.attempt for movement in listed.values()}
    settled = asked_at - SETTLES_WITHIN
    called = PayoutAttempt.objects.filter(method="stripe", first_sent_at__gte=since + MARGIN)
    called = called.exclude(stripe_id__in=listed)
    in_review = called.filter(
        state=At.REVIEW, reviews__settled_at=None, reviews__opened_at__lt=settled
    )
    for key in set(in_review.values_list("pk", flat=True)):
        if str(key) not in found:
            _note_absent(key, asked_at)
    lost = called.filter(
        stripe_id__isnull=False, state__in=[At.PROCESSING, At.POSTED], taken_at__lt=settled
    )
    lost = lost.exclude(
        reviews__verdict=Review.Verdict.ARRIVED
    )  # two people have said what became of it
    for key in lost.values_list("pk", flat=True):
        movements.note_missing(key, asked_at)


def _note_absent(attempt_id: UUID, asked_at) -> None:
    reviews = Review.objects.filter(attempt=attempt_id, settled_at=None)
    reviews.filter(absent_first_at=None).update(absent_first_at=asked_at)
    reviews.update(absent_last_at=asked_at)


def pause_after_restore(taken_at: datetime, now: datetime) -> int:
    """A backup does not know what was sent since: nothing goes out until it was compared with
    Stripe, and somebody has taken the pause off.
    """
    PaymentRules.note(
        is_paused=True,
        restored_at=now,
        paused_because="The database was restored. Compare with Stripe, then take the pause off.",
    )
    return 1
