"""The product for fault tests of payments: with short waits, and (PROTECTION_OFF) without a
protection.
"""

import os
import uuid
from datetime import timedelta

import django

from collective.celery import app

__all__ = ["app"]
django.setup()

from collective.background import sweeps  # noqa: E402 the apps must be ready first
from payments.sending import answers, gateway, payouts, reconciliation  # noqa: E402 as above

gateway.TIMEOUTS = (0.3, 0.3)
payouts.LEASE = timedelta(seconds=2)
answers.AGAIN_AFTER = [timedelta(seconds=0.2)] * 6
answers.REVIEW_AFTER = timedelta(seconds=float(os.environ.get("REVIEW_AFTER", "60")))
reconciliation.SETTLES_WITHIN = timedelta(seconds=2)
for name in (
    "payments to begin",
    "payments to send",
    "payments to review",
    "Stripe's events",
):  # comparing stays rare, as it is
    sweeps.register(name, sweeps._sweeps[name].act, every=timedelta(0))

if os.environ.get("PROTECTION_OFF") == "stored key":
    keep = gateway.send
    gateway.send = lambda request, key: keep(request, uuid.uuid4().hex)
