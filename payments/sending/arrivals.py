"""Did it arrive?

The person says so, or says that it has not; after two quiet weeks we take it that it did.
"""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from payments import working_days
from payments.models import Payment
from payments.models.payment_states import PAID, State

if TYPE_CHECKING:
    from collective.models import Person

QUIET_DAYS = 10  # working days after it should have arrived
NOT_SENT = "This payment has not been sent, so it cannot have arrived yet."


@transaction.atomic
def got_it(payment_id: UUID, by: "Person"):
    """ "I got it". Said twice, it changes nothing."""
    payment = Payment.objects.lock(payment_id)
    if payment.state == State.ARRIVED and payment.missing_said_at is None:
        return payment
    if payment.state not in PAID:
        raise RuleError(NOT_SENT)
    payment.state, payment.arrived_at, payment.missing_said_at = State.ARRIVED, clock.now(), None
    payment.save()
    payment.note("arrived", by)
    return payment


@transaction.atomic
def it_has_not_come(payment_id: UUID, by: "Person"):
    """ "It has not come": finance sees it at once, on the board."""
    payment = Payment.objects.lock(payment_id)
    if payment.state not in PAID:
        raise RuleError(NOT_SENT)
    if payment.missing_said_at is None:
        payment.state, payment.arrived_at, payment.missing_said_at = State.SENT, None, clock.now()
        payment.save()
        payment.note("missing", by)
    return payment


def take_for_arrived():
    """The sweep: sent long ago, and nobody has said otherwise; returns (seen, done)."""
    today = timezone.localdate(clock.now())
    longest = today - timedelta(days=QUIET_DAYS)
    sent = Payment.objects.filter(
        state=State.SENT, missing_said_at=None, sent_at__date__lte=longest
    )
    rows = sent.order_by("sent_at").values_list("pk", "expected_on", "sent_at")[:200]
    keys = [
        (key,)
        for key, expected, at in rows
        if working_days.between(expected or timezone.localdate(at), today) >= QUIET_DAYS
    ]
    return sweeps.each(keys, _one)


@transaction.atomic
def _one(payment_id: UUID) -> bool:
    payment = Payment.objects.lock(payment_id)
    if payment.state != State.SENT or payment.missing_said_at:
        return False
    payment.state, payment.arrived_at = State.ARRIVED, clock.now()
    payment.save()
    payment.note("arrived", quiet=True)
    return True
