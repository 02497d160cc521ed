"""The webhook door: verified, stored once under its event id, answered; handled later by a sweep.

An event is never trusted for the state it tells: the object is fetched as it is now, so events may
come twice, late or in any order.
"""

import logging
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Q

from collective import clock
from collective.background import doorbell, sweeps
from payments.models import PayoutAttempt, StripeEvent
from payments.sending import gateway, movements, payout_accounts, reconciliation

MOST_BYTES = 65_536
A_BATCH = 200
AGAIN_AFTER = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=14)  # comparing with Stripe has seen it long before
KEEP = timedelta(days=60)
logger = logging.getLogger(__name__)


@transaction.atomic
def receive(body: bytes, signature: str) -> None:
    """Store what Stripe signed, once.

    Raises ValueError for what is forged, too old, too large or no event.
    """
    if len(body) > MOST_BYTES:
        raise ValueError("Too large")
    event_id, kind, object_id = gateway.event(body, signature)
    row = StripeEvent(
        event_id=event_id[:100], type=kind[:120], object_id=object_id[:100], received_at=clock.now()
    )
    StripeEvent.objects.bulk_create([row], ignore_conflicts=True)
    transaction.on_commit(lambda: doorbell.ring("payments.handle_event", event_id))


def handle_all() -> tuple[int, int]:
    """The sweep: events that no message announced, or whose time has come again.

    Returns (seen, done).
    """
    now = clock.now()
    has_come = clock.has_come("next_try_at", now, longest=LONGEST_WAIT)
    was_ahead = Q(received_at__gt=now + clock.AHEAD)
    due = StripeEvent.objects.filter(has_come | was_ahead, handled_at=None)
    keys = due.order_by("next_try_at").values_list("event_id", flat=True)[:A_BATCH]
    return sweeps.each([(key,) for key in keys], handle)


def handle(event_id: str) -> bool:
    """Look at what one event is about.

    Safe to run twice or at once: looking changes nothing by itself.
    """
    event = StripeEvent.objects.filter(event_id=event_id, handled_at=None).first()
    if event is None:
        return False
    try:
        _look(event)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # one event that cannot be looked at now keeps back no other
        logger.warning("An event is looked at later: %s", type(error).__name__)
        _later(event, error)
        return False
    StripeEvent.objects.filter(pk=event.pk).update(handled_at=clock.now(), error="")
    return True


def _later(event: StripeEvent, error: Exception) -> None:
    wait = min(AGAIN_AFTER * 2 ** min(event.tries, 9), LONGEST_WAIT)
    given_up = clock.now() if event.received_at < clock.now() - GIVE_UP_AFTER else None
    StripeEvent.objects.filter(pk=event.pk).update(
        tries=min(event.tries + 1, 1000),
        next_try_at=clock.now() + wait,
        handled_at=given_up,
        error=f"{type(error).__name__}: {error}"[:200],
    )


def _look(event: StripeEvent) -> None:
    if ".outbound_payment." in event.type and event.object_id:
        _look_at_payment(event.object_id)
    elif event.type.startswith(("v2.core.account", "v2.money_management.payout_method")):
        _look_at_account(event.object_id)


def _look_at_payment(stripe_id: str) -> None:
    movement = gateway.movement(stripe_id)
    is_named = reconciliation.is_key(movement.attempt)
    attempt = PayoutAttempt.objects.filter(pk=movement.attempt).first() if is_named else None
    if attempt is None or not movements.apply(attempt.pk, movement):
        reconciliation.note_unknown(movement)


def _look_at_account(stripe_account: str) -> None:
    if key := payout_accounts.key_of(stripe_account):
        payout_accounts.read(key)


def forget_old() -> tuple[int, int]:
    """The sweep: handled events go after two months; returns (seen, done)."""
    done, _ = StripeEvent.objects.filter(handled_at__lt=clock.now() - KEEP).delete()
    return done, done
