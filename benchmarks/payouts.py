"""Sending payments: how many a second, beside a bare loop of the same calls; and how it grows with
workers.

    python -m benchmarks.payouts

Against the fake Stripe, answering at once and after 200 ms. Prints payments a second and the ratio
to the bare loop.
"""

import time
import uuid
from contextlib import ExitStack

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from benchmarks import setting
from collective.celery import app
from payments.models import Payment
from payments.sending import gateway
from tests import processes
from tests.fake_stripe import FakeStripe
from tests.faults.test_payouts_exactly_once import many_approved, prepare

PAYMENTS = {0.0: 200, 0.2: 60}  # by how long each answer takes, in seconds
UNDER_WAY = [Payment.State.APPROVED, Payment.State.SENDING]


def bare_loop(fake: FakeStripe, number: int) -> float:
    """The same calls with the same client, one after the other, and nothing else; how many a
    second.
    """
    account = fake.state.add_account({"display_name": "Bare"})
    method = fake.state.add_bank_account(account["id"], "Bank", "12345678")
    request: gateway.OutboundPaymentCreateParams = {
        "from": {"financial_account": "fa", "currency": "gbp"},
        "amount": {"value": 7500, "currency": "gbp"},
        "to": {"recipient": account["id"], "payout_method": method["id"], "currency": "gbp"},
    }
    start = time.perf_counter()
    for _ in range(number):
        gateway.send(request, uuid.uuid4().hex)
    return number / (time.perf_counter() - start)


def product(env: dict[str, str], fake: FakeStripe, number: int, workers: int) -> float:
    """Approved payments, so many workers; from the first ring to the last answer, how many a
    second.
    """
    many_approved(fake, number)
    prepare()
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(processes.worker(env, app="tests.faults.quick"))
        time.sleep(8)  # until they are there
        start = time.perf_counter()
        while Payment.objects.filter(state__in=UNDER_WAY).exists():
            app.send_task("collective.sweep", expires=2)
            time.sleep(0.25)
        a_second = number / (time.perf_counter() - start)
    connection.close()
    return a_second


def empty() -> None:
    call_command("flush", interactive=False, verbosity=0)
    call_command("prepare")


def compare(env: dict[str, str], fake: FakeStripe, delay: float, number: int) -> None:
    settings.STRIPE_API_BASE = fake.address
    gateway.client.cache_clear()
    bare = bare_loop(fake, number)
    print(f"answers after {delay * 1000:3.0f} ms: bare loop {bare:6.1f} a second")
    for workers in (1, 2, 4):
        a_second = product({**env, "STRIPE_API_BASE": fake.address}, fake, number, workers)
        ratio = f"{a_second / bare:.2f} of bare"
        print(f"  {workers} worker(s): {a_second:6.1f} payments a second, {ratio}")
        empty()


def main() -> None:
    with setting.database() as env:
        for delay, number in PAYMENTS.items():
            with FakeStripe(delay=delay) as fake:
                compare(env, fake, delay, number)


if __name__ == "__main__":
    main()
