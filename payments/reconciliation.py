"""Comparing with Stripe, both ways: what is under way every 15 minutes, everything of 40 days once a day.

Money that left our account and that no attempt of ours explains stops all sending until somebody has explained it.
"""

import logging
from datetime import timedelta

from django.db.models import Min, Q

from collective import clock, sweeps
from payments import gateway, payouts
from payments.models import PaymentRules, PayoutAttempt, Review, UnknownMovement

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
    open_ = PayoutAttempt.objects.filter(method="stripe", first_sent_at__isnull=False)
    open_ = open_.filter(
        Q(state__in=[At.UNKNOWN, At.PROCESSING, At.REVIEW]) | Q(review__settled_at=None, review__isnull=False)
    )
    since = open_.aggregate(since=Min("first_sent_at"))["since"]
    seen, done = _compared(since - MARGIN) if since else (0, 0)
    return seen, done or 0


def look_back():
    """The sweep, once a day: 40 days both ways; returns (seen, done)."""
    last = PaymentRules.current().reconciled_at
    if not gateway.is_on() or (last and last > clock.now() - DAILY):
        return 0, 0
    seen, done = _compared(clock.now() - LOOK_BACK)
    if done is not None:
        PaymentRules.note(reconciled_at=clock.now())
    return seen, done or 0


def _compared(since):
    """`compare`, or (0, None) while Stripe cannot be reached: that is no fault of ours, and the board says how old
    the newest comparison is."""
    try:
        return compare(since)
    except gateway.NotReached as error:
        logger.warning("Stripe was not reached: %s", error)
        return 0, None


def compare(since):
    """Read Stripe's list since this moment and write what it says; returns (seen, done). Raises NotReached."""
    asked_at = clock.now()
    movements = gateway.movements(since)
    ours = _attempts([movement.attempt for movement in movements])
    sweeps.each([(movement, ours) for movement in movements], _one)
    _look_for_missing(since, asked_at, {movement.stripe_id for movement in movements}, movements)
    return len(movements), len(movements)


def _attempts(keys):
    """{key: attempt} for keys that are attempts of ours; what is no key of ours is left out."""
    known = {}
    for row in PayoutAttempt.objects.filter(pk__in=[key for key in keys if is_key(key)]):
        known[str(row.pk)] = row
    return known


def is_key(text):
    return len(text) == 36 and all(letter in "0123456789abcdef-" for letter in text)


def _one(movement, ours):
    attempt = ours.get(movement.attempt)
    if attempt is None or not payouts.apply(attempt.pk, movement):
        return note_unknown(movement)
    return True


def note_unknown(movement):
    """Write down money that we do not know: from then on nothing is sent."""
    if movement.status in {"failed", "canceled"}:
        return True  # no money has moved
    UnknownMovement.objects.get_or_create(
        stripe_id=movement.stripe_id, defaults={"amount_pence": movement.pence, "seen_at": clock.now()}
    )
    return True


def _look_for_missing(since, asked_at, stripe_ids, movements):
    """Attempts that Stripe's list should hold and does not."""
    found = {movement.attempt for movement in movements}
    called = PayoutAttempt.objects.filter(method="stripe", first_sent_at__gte=since + MARGIN)
    settled = asked_at - SETTLES_WITHIN
    for attempt in called.filter(stripe_id=None, state=At.REVIEW, review__opened_at__lt=settled):
        if str(attempt.pk) not in found:
            _note_absent(attempt, asked_at)
    lost = called.filter(stripe_id__isnull=False, state__in=[At.PROCESSING, At.POSTED]).exclude(
        stripe_id__in=stripe_ids
    )
    for key in lost.filter(taken_at__lt=settled).values_list("pk", flat=True):
        payouts.review_lost(key)


def _note_absent(attempt, asked_at):
    reviews = Review.objects.filter(attempt=attempt, settled_at=None)
    reviews.filter(absent_first_at=None).update(absent_first_at=asked_at)
    reviews.update(absent_last_at=asked_at)


def pause_after_restore(taken_at, now):
    """A backup does not know what was sent since: nothing goes out until somebody has compared with Stripe."""
    PaymentRules.note(
        is_paused=True, paused_because="The database was restored. Compare with Stripe, then take the pause off."
    )
    return 1
