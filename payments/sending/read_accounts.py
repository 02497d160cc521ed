"""The sweep that asks Stripe where the money of somebody goes who went to its form lately."""

from datetime import timedelta
from uuid import UUID

from collective import clock
from collective.background import sweeps
from payments.models import PayoutAccount
from payments.sending import gateway, payout_accounts

CHECK_AGAIN = timedelta(minutes=1)
KEEP_CHECKING = timedelta(days=2)
A_BATCH = 100
LONGEST = 20  # seconds that one sweep may take


def read_all() -> tuple[int, int]:
    """The sweep: whoever went to Stripe's form lately may have come back; returns (seen, done)."""
    if not gateway.is_on():
        return 0, 0
    now = clock.now()
    asked = PayoutAccount.objects.filter(
        asked_at__gt=now - KEEP_CHECKING, stripe_account__isnull=False
    )
    due = asked.exclude(state=PayoutAccount.State.REMOVED).exclude(
        clock.within("checked_at", CHECK_AGAIN)
    )
    keys = due.order_by("asked_at").values_list("pk", flat=True)[:A_BATCH]
    return sweeps.each([(key,) for key in keys], _read_if_reached, longest=LONGEST)


def _read_if_reached(account_id: UUID) -> bool:
    """Stripe that cannot be reached is no fault of ours: the next sweep asks again."""
    try:
        return payout_accounts.read(account_id)
    except gateway.NotReached:
        PayoutAccount.objects.filter(pk=account_id).update(checked_at=clock.now())
        return False
