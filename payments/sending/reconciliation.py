"""Comparing with Stripe, both ways.

What is under way is compared every 15 minutes, everything of 40 days once a day.

Money that left our account and that no attempt of ours explains stops all sending until somebody
has explained it.
"""

import logging
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Min, Q

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.models import Person
from payments.models import Payment, PaymentRules, PayoutAttempt, Review, UnknownMovement
from payments.models.attempt_states import State as At
from payments.models.payment_event import What
from payments.models.payment_states import State
from payments.models.payout_attempt import AttemptQuerySet
from payments.sending import gateway, movements
from payments.sending.stripe_says import Movement

logger = logging.getLogger(__name__)
DAILY = timedelta(hours=24)
LOOK_BACK = timedelta(days=40)
MARGIN = timedelta(minutes=10)  # two clocks never agree
SETTLES_WITHIN = timedelta(minutes=5)  # what was called just now may not be in a list yet


def look_under_way() -> tuple[int, int]:
    """The sweep: everything since the oldest attempt that is not settled; returns (seen, done)."""
    if not gateway.is_on():
        return 0, 0
    _note_balance()
    called = PayoutAttempt.objects.filter(method=Payment.Method.STRIPE, first_sent_at__isnull=False)
    is_open = Q(state__in=[At.UNKNOWN, At.PROCESSING, At.REVIEW])
    not_settled = called.filter(is_open | Q(missing_since__isnull=False))
    since = not_settled.aggregate(since=Min("first_sent_at"))["since"]
    return (_compared(since - MARGIN) or (0, 0)) if since else (0, 0)


def _note_balance() -> None:
    """What the board shows; while Stripe cannot be reached, it stays as old as it is."""
    try:
        PaymentRules.note(balance_pence=gateway.balance(), balance_at=clock.now())
    except gateway.NotReached:
        logger.info("Stripe's balance was not read")


def look_back() -> tuple[int, int]:
    """The sweep, once a day: 40 days both ways; returns (seen, done)."""
    rules = PaymentRules.current()
    last, restored = rules.reconciled_at, rules.restored_at
    is_recent = last and clock.was_within(last, DAILY) and not (restored and restored > last)
    if not gateway.is_on() or is_recent:
        return 0, 0
    asked_at = clock.now()
    counts = _compared(clock.now() - LOOK_BACK)
    if counts is None:
        return 0, 0
    PaymentRules.note(reconciled_at=asked_at)
    return counts


def _compared(since: datetime) -> tuple[int, int] | None:
    """`compare`, or None while Stripe cannot be reached.

    That is no fault of ours, and the board says how old the newest comparison is.
    """
    try:
        return compare(since)
    except gateway.NotReached as error:
        logger.warning("Stripe was not reached: %s", error)
        return None


def compare(since: datetime) -> tuple[int, int]:
    """Read Stripe's list since this moment and write what it says; returns (seen, done).

    Raises NotReached.
    """
    asked_at = clock.now()
    listed = {movement.stripe_id: movement for movement in gateway.movements(since)}
    ours = _attempts(listed.values())

    def write(movement: Movement) -> bool:
        key = ours.get(movement.stripe_id) or ours.get(movement.attempt)
        if key is None or not movements.apply(key, movement):
            note_unknown(movement)
        return True

    try:
        return sweeps.each([(movement,) for movement in listed.values()], write)
    finally:
        _look_for_missing(since, asked_at, listed.values())


def _attempts(listed: Collection[Movement]) -> dict[str, UUID]:
    """{name or Stripe's key: key of our attempt} for what these movements name."""
    names = [movement.attempt for movement in listed if is_key(movement.attempt)]
    keys = [movement.stripe_id for movement in listed]
    rows = PayoutAttempt.objects.filter(Q(pk__in=names) | Q(stripe_id__in=keys))
    found = {}
    for pk, stripe_id in rows.values_list("pk", "stripe_id"):
        found[str(pk)] = found[stripe_id or str(pk)] = pk
    return found


def is_key(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def note_unknown(movement: Movement) -> None:
    """Write down money that we do not know: from then on nothing is sent."""
    if not movement.has_moved:
        return
    payment = Payment.objects.filter(reference=movement.description or None).first()
    words = f"Status: {movement.status}"
    if payment:
        words = f"Its reference is that of {payment.reference}"
    UnknownMovement.write_down(movement.stripe_id, movement.pence, words, payment)


@transaction.atomic
def explain(movement_id: int, explanation: str, by: Person) -> UnknownMovement:
    """Say what it was; sending goes on.

    If it has paid an approved payment (as after a restore), that payment is not sent again: the
    movement becomes its attempt. Raises RuleError for the person who is paid by it.
    """
    about = UnknownMovement.objects.values_list("payment", flat=True).get(pk=movement_id)
    payment = Payment.objects.lock(about) if about else None
    movement = UnknownMovement.objects.select_for_update(no_key=True).get(pk=movement_id)
    if payment and payment.person_id == by.pk:
        raise RuleError("It is your own payment. Ask a colleague.")
    if movement.explained_at is not None:
        return movement
    movement.explanation, movement.explained_by = explanation, by
    movement.explained_at = clock.now()
    movement.save()
    if payment and payment.state == State.APPROVED:
        _adopt(payment, movement, by)
    return movement


def _adopt(payment: Payment, movement: UnknownMovement, by: Person) -> None:
    """The movement has paid this payment, if it is as much: it becomes its attempt."""
    if payment.amount_pence != movement.amount_pence:
        return
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
    payment.step(
        State.SENDING, What.TAKEN, by, attempt=str(attempt.pk), stripe_id=movement.stripe_id
    )


def _look_for_missing(since: datetime, asked_at: datetime, listed: Collection[Movement]) -> None:
    """Attempts that Stripe's list should hold and does not."""
    called = PayoutAttempt.objects.filter(
        method=Payment.Method.STRIPE, first_sent_at__gte=since + MARGIN
    ).exclude(stripe_id__in=[movement.stripe_id for movement in listed])
    settled = asked_at - SETTLES_WITHIN
    found = {movement.attempt for movement in listed}

    acts = [(_note_absent, key) for key in _in_review(called, settled) if str(key) not in found]
    acts += [(movements.note_missing, key) for key in _taken_on(called, settled)]
    sweeps.each(acts, lambda act, key: act(key, asked_at))


def _in_review(called: AttemptQuerySet, settled: datetime) -> set[UUID]:
    """Those with an open review that began before the list was asked for.

    One filter: it is the same review that is open and old enough.
    """
    rows = called.filter(state=At.REVIEW, reviews__settled_at=None, reviews__opened_at__lt=settled)
    return set(rows.values_list("pk", flat=True))


def _taken_on(called: AttemptQuerySet, settled: datetime) -> list[UUID]:
    """Those that Stripe had taken on, unless two people have said what became of them."""
    taken = called.filter(stripe_id__isnull=False, taken_at__lt=settled)
    taken = taken.filter(state__in=[At.PROCESSING, At.POSTED])
    taken = taken.exclude(reviews__verdict=Review.Verdict.ARRIVED)
    return list(taken.values_list("pk", flat=True))


def _note_absent(attempt_id: UUID, asked_at: datetime) -> bool:
    reviews = Review.objects.filter(attempt=attempt_id, settled_at=None)
    reviews.filter(absent_first_at=None).update(absent_first_at=asked_at)
    return reviews.update(absent_last_at=asked_at) > 0


def pause_after_restore(taken_at: datetime, now: datetime) -> int:
    """A backup does not know what was sent since: pause; returns how many things are held.

    Nothing goes out until it was compared with Stripe, and somebody has taken the pause off.
    """
    PaymentRules.note(
        is_paused=True,
        restored_at=now,
        paused_because="The database was restored. Compare with Stripe, then take the pause off.",
    )
    return 1
