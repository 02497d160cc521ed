"""Did it arrive?

The person says so, or says that it has not; after two quiet weeks we take it that it did.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from collective import clock
from collective.background import sweeps
from collective.errors import RuleError
from collective.models import Person
from payments import working_days
from payments.models import Payment
from payments.models.payment_event import What
from payments.models.payment_states import PAID, State

A_BATCH = 200
QUIET_DAYS = 10  # working days after it should have arrived
NOT_SENT = "This payment has not been sent, so it cannot have arrived yet."


@transaction.atomic
def got_it(payment_id: UUID, by: Person) -> Payment:
    """Note that the person has got it. Said twice, it changes nothing.

    Raises RuleError for what was not sent.
    """
    payment = Payment.objects.lock(payment_id)
    if payment.state == State.ARRIVED and payment.missing_said_at is None:
        return payment
    if payment.state not in PAID:
        raise RuleError(NOT_SENT)
    payment.arrived_at, payment.missing_said_at = clock.now(), None
    payment.step(State.ARRIVED, What.ARRIVED, by)
    return payment


@transaction.atomic
def it_has_not_come(payment_id: UUID, by: Person) -> Payment:
    """Note that they say it has not come: finance sees it at once, on the board.

    Raises RuleError for what was not sent.
    """
    payment = Payment.objects.lock(payment_id)
    if payment.state not in PAID:
        raise RuleError(NOT_SENT)
    if payment.missing_said_at is None:
        payment.arrived_at, payment.missing_said_at = None, clock.now()
        payment.step(State.SENT, What.MISSING, by)
    return payment


def take_for_arrived() -> tuple[int, int]:
    """The sweep: sent long ago, and nobody has said otherwise; returns (seen, done)."""
    today = timezone.localdate(clock.now())
    longest = today - timedelta(days=QUIET_DAYS)
    sent = Payment.objects.filter(
        state=State.SENT, missing_said_at=None, sent_at__date__lte=longest
    )
    rows = sent.order_by("sent_at").values_list("pk", "expected_on", "sent_at")[:A_BATCH]
    keys = [
        (key,)
        for key, expected, at in rows
        if working_days.between(expected or timezone.localdate(at), today) >= QUIET_DAYS
    ]
    return sweeps.each(keys, _take_one_for_arrived)


@transaction.atomic
def _take_one_for_arrived(payment_id: UUID) -> bool:
    payment = Payment.objects.lock(payment_id)
    if payment.state != State.SENT or payment.missing_said_at:
        return False
    payment.arrived_at = clock.now()
    payment.step(State.ARRIVED, What.ARRIVED, quiet=True)
    return True
