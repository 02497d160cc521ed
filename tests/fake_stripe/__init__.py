"""A stateful fake Stripe: see README.md in this folder."""

from tests.fake_stripe.server import FakeStripe

__all__ = ["FakeStripe"]
