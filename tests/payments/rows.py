"""Payments further on their way than the factory makes them."""

from payments.models import Payment
from tests.factories import KICK_OFF, FinanceFactory, PaymentFactory


def in_state(state, **fields):
    """A payment that two people have approved, and that has come as far as this since."""
    approved = {"approved_by": FinanceFactory(), "approved_at": KICK_OFF}
    return PaymentFactory(state=state, method=Payment.Method.STRIPE, **approved, **fields)
