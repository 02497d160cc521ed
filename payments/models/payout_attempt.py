import uuid
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import Q

from collective import clock
from collective.models import Person
from collective.safety import steps
from collective.safety.encryption import EncryptedJSONField
from collective.typed.fields import LineField
from payments.models.attempt_states import LIVE, OPEN, STEPS, State
from payments.models.payment import Payment

LEASE = timedelta(minutes=3)
LONGEST_WAIT = timedelta(hours=24)  # then people look at it
FROZEN = """
IF NEW.key <> OLD.key OR NEW.request <> OLD.request OR NEW.amount_pence <> OLD.amount_pence
   OR NEW.payment_id <> OLD.payment_id OR NEW.method <> OLD.method THEN
    RAISE EXCEPTION 'what an attempt sends never changes';
END IF;
IF OLD.first_sent_at IS NOT NULL AND NEW.first_sent_at IS DISTINCT FROM OLD.first_sent_at THEN
    RAISE EXCEPTION 'the first sending of an attempt is never forgotten';
END IF;
IF OLD.state = 'review' AND NEW.state = 'ready' AND NEW.method = 'stripe' THEN
    RAISE EXCEPTION 'only what is paid by hand waits for its payment again';
END IF;
RETURN NEW;
"""


def new_key() -> str:
    return uuid.uuid4().hex


class AttemptQuerySet(models.QuerySet["PayoutAttempt"]):
    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def due(self, moment: datetime) -> Self:
        """To be sent, or sent once more, and nobody is at it."""
        open_ = self.filter(method=Payment.Method.STRIPE, state__in=OPEN)
        is_free = Q(lease_until=None) | clock.has_come("lease_until", moment, longest=LEASE)
        at_once = Q(tries=0, next_try_at__gt=moment + clock.AHEAD)  # by a clock that was ahead
        has_come = clock.has_come("next_try_at", moment, longest=LONGEST_WAIT)
        return open_.filter(is_free, has_come | at_once)

    def lock_with_payment(self, pk: UUID | str) -> "PayoutAttempt":
        """One attempt and its payment, fresh and locked: the payment first, as everywhere."""
        payment = Payment.objects.lock(self.values_list("payment", flat=True).get(pk=pk))
        attempt = self.select_for_update(no_key=True, of=("self",)).get(pk=pk)
        attempt.payment = payment
        return attempt


class PayoutAttempt(models.Model):
    """One sending of a payment: the request as it goes out, its key, and what was answered.

    At most one is alive.
    """

    State = State

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="attempts")
    method = models.CharField(max_length=10, choices=Payment.Method)
    amount_pence = models.PositiveIntegerField("amount in pence")
    key = models.CharField(
        "idempotency key", max_length=64, unique=True, default=new_key, editable=False
    )
    request = models.JSONField("what is sent", editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.READY)
    created_at = models.DateTimeField(default=clock.now)
    lease = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    calling = models.BooleanField(
        "a call was begun and not answered", default=False, editable=False
    )
    had_unknown = models.BooleanField("had an unclear answer", default=False)
    first_sent_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    missing_since = models.DateTimeField("not in Stripe's list since", null=True, blank=True)
    error = models.CharField(max_length=200, blank=True, default="")
    taken_at = models.DateTimeField("taken on at", null=True, blank=True)
    stripe_id = models.CharField(max_length=100, unique=True, null=True, blank=True)
    stripe_status = models.CharField(max_length=30, blank=True, default="")
    # By hand: the person who took it along to the finance office, and what came back.
    batch = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    exported_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    hand_reference = LineField(
        "reference of the finance office", max_length=60, blank=True, default=""
    )
    voucher_code = EncryptedJSONField(null=True, blank=True, editable=False)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state__in=LIVE), name="one_live_attempt_each"
            ),
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="attempt_amount_positive"),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(state__in=OPEN),
                name="attempt_due",
            ),
            models.Index(fields=["first_sent_at"], name="attempt_first_sent"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="freeze_request",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=FROZEN,
            ),
            pgtrigger.Protect(name="never_delete", operation=pgtrigger.Delete),
            steps.only(STEPS),
        ]

    def __str__(self) -> str:
        return f"{self.payment.reference}: {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        """Does nobody know yet whether it will go out, or has?"""
        return self.state in OPEN

    @property
    def destination(self) -> str:
        """Stripe's key of the bank account to which it goes; "" where it is paid by hand."""
        return self.request.get("to", {}).get("payout_method", "")
