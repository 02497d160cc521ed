"""R2: approved payments, workers killed -9 at random moments, a Stripe that fails: exactly one
movement each.
"""

import logging
import os
import random
import threading
import time
from collections import Counter

import pytest
from django.db import connection

from collective import clock
from collective.celery import app
from collective.models import Person, SweepRun
from payments import invariants
from payments.models import Payment, PaymentRules, PayoutAccount, PayoutAttempt
from tests import processes
from tests.factories import (
    KICK_OFF,
    CommunityFactory,
    FinanceFactory,
    PersonFactory,
    SessionFactory,
)
from tests.fake_stripe import FakeStripe

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PAYMENTS, KILLS = int(os.environ.get("PAYMENTS", "1000")), int(os.environ.get("KILLS", "40"))
log = logging.getLogger(__name__)
LONGEST = 900  # seconds after the last kill until everything must have come to rest


def many_approved(fake, number):
    """So many approved payments of as many people, in bulk, with their bank accounts at the
    fake.
    """
    CommunityFactory()
    session, confirmed, approved = SessionFactory(), PersonFactory(), FinanceFactory()
    people = Person.objects.bulk_create(
        [
            Person(email=f"payee{row}@example.org", name="Payee", password="!")
            for row in range(number)
        ]
    )
    accounts = []
    for person in people:
        account = fake.state.add_account({"display_name": "Payee"})
        method = fake.state.add_bank_account(account["id"], "Bank", "12349999")
        accounts.append(
            PayoutAccount(
                person=person,
                state="ready",
                stripe_account=account["id"],
                payout_method=method["id"],
                last_four="9999",
            )
        )
    PayoutAccount.objects.bulk_create(accounts)
    return Payment.objects.bulk_create(
        [
            Payment(
                person=person,
                activity=session,
                fee_pence=2500 + row,
                taken_pence=2500 + row,
                choice="pay",
                state="approved",
                happened_on=KICK_OFF.date(),
                choose_by=KICK_OFF.date(),
                confirmed_by=confirmed,
                confirmed_at=KICK_OFF,
                approved_by=approved,
                approved_at=KICK_OFF,
                method="stripe",
            )
            for row, person in enumerate(people)
        ]
    )


def environment(fake, **more):
    return processes.environment(9, STRIPE_API_BASE=fake.address, **more)


class Sweeping:
    """Rings for a sweep a few times a second, as several beats would."""

    def __enter__(self):
        self.stop = threading.Event()
        threading.Thread(target=self._ring, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stop.set()

    def _ring(self):
        while not self.stop.wait(0.3):
            app.send_task("collective.sweep", expires=2)


def open_payments():
    rows = Payment.objects.filter(state__in=["approved", "sending"])
    return rows.count()


def wait_for_a_request(fake):
    """Until the worker that was started just now speaks with Stripe, or for half a minute."""
    before, until = fake.faults.asked, time.monotonic() + 30
    while fake.faults.asked == before and open_payments() and time.monotonic() < until:
        time.sleep(0.05)


def wait_for_the_rest(seconds):
    """Until every payment has come to rest, or for so many seconds."""
    until = time.monotonic() + seconds
    while open_payments() and time.monotonic() < until:
        time.sleep(0.25)


def test_workers_killed_forty_times_move_each_payment_once():
    chance = random.Random(4)
    with FakeStripe(hang=0.5) as fake:
        payments = many_approved(fake, PAYMENTS)
        prepare()
        fake.faults.share = 0.2
        env = environment(fake, REVIEW_AFTER="150")
        with Sweeping():
            for _ in range(KILLS):
                with processes.worker(env, app="tests.faults.quick"):
                    wait_for_a_request(fake)
                    time.sleep(chance.random())
            workers = KILLS
            until = time.monotonic() + LONGEST
            while open_payments() and time.monotonic() < until:
                workers += 1
                with processes.worker(env, app="tests.faults.quick"):
                    wait_for_the_rest(60)

        moved = Counter(row["description"] for row in fake.payments)
        amounts = {row["description"]: row["amount"]["value"] for row in fake.payments}
        states = dict(Payment.objects.values_list("reference", "state"))

    sent = {reference for reference, state in states.items() if state == "sent"}
    assert set(moved.values()) == {1}
    assert amounts == {row.reference: row.taken_pence for row in payments if row.reference in moved}
    assert sent <= set(moved)
    assert {states[reference] for reference in states if reference not in sent} <= {"needs_review"}
    assert (invariants.broken(), set(fake.faults.met)) == ([], set(fake.faults.kinds))
    numbers = (PAYMENTS, workers, len(fake.faults.met), len(sent), PAYMENTS - len(sent), len(moved))
    log.warning(
        "%s payments, %s workers, %s faults: %s sent once, %s in review, %s movements", *numbers
    )


def test_without_the_stored_key_money_moves_twice():
    with FakeStripe(hang=0.5) as fake:
        many_approved(fake, 60)
        prepare()
        fake.faults.share, fake.faults.kinds = 0.5, ["timeout_after", "reset_after", "500_after"]
        env = environment(fake, PROTECTION_OFF="stored key")
        with Sweeping(), processes.worker(env, app="tests.faults.quick"):
            until = time.monotonic() + 60
            while open_payments() and time.monotonic() < until:
                time.sleep(0.5)

        moved = Counter(row["description"] for row in fake.payments)

    assert max(moved.values()) > 1


def prepare():
    """No cap a day; and Stripe was compared with just now, so that it is the key alone that keeps
    from paying twice.
    """
    SweepRun.objects.create(name="payments under way", finished_at=clock.now())
    PaymentRules.note(most_per_day_pence=1_000_000_000, reconciled_at=clock.now())
    connection.close()


def test_every_attempt_was_written_before_it_was_called():
    with FakeStripe(hang=0.5) as fake:
        many_approved(fake, 30)
        prepare()
        with Sweeping(), processes.worker(environment(fake), app="tests.faults.quick"):
            until = time.monotonic() + 60
            while open_payments() and time.monotonic() < until:
                time.sleep(0.5)

        known = {str(key) for key in PayoutAttempt.objects.values_list("pk", flat=True)}

        assert {row["metadata"]["attempt"] for row in fake.payments} == known
