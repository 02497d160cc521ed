"""Accounts at Stripe of people who are forgotten: a sweep closes them, however often it is killed.

Until Stripe has said yes the row keeps Stripe's key of the account, and nothing else.
"""

import logging
from uuid import UUID

from collective.background import sweeps
from payments.models import PayoutAccount
from payments.sending import gateway

logger = logging.getLogger(__name__)
A_BATCH = 50
LONGEST = 20  # seconds that one sweep may take


def close_all() -> tuple[int, int]:
    """The sweep: accounts at Stripe that have to be closed; returns (seen, done)."""
    if not gateway.is_on():
        return 0, 0
    due = PayoutAccount.objects.filter(close_since__isnull=False, stripe_account__isnull=False)
    keys = due.order_by("close_since").values_list("pk")[:A_BATCH]
    return sweeps.each(list(keys), _close, longest=LONGEST)


def _close(pk: UUID) -> int:
    """Close one. Stripe that cannot be reached, or says no, is asked again by the next sweep."""
    recipient = PayoutAccount.objects.values_list("stripe_account", flat=True).get(pk=pk)
    if recipient is None:
        return 0
    try:
        gateway.close(recipient)
    except gateway.NotReached as error:
        if isinstance(error, gateway.NotAccepted):
            logger.error("Stripe refuses to close the account of somebody forgotten: %s", error)
        return 0
    rows = PayoutAccount.objects.filter(pk=pk, stripe_account=recipient)
    return rows.update(stripe_account=None, close_since=None)
