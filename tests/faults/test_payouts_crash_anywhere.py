"""R9 for money: a process that dies at any SQL statement of approving, beginning, sending or
hearing of a payment.
"""

import os

import pytest
from django.db import connection

from payments import invariants
from payments.models import Payment, PayoutAttempt, StripeEvent
from payments.owing import approvals
from payments.sending import payouts, webhooks
from tests.factories import (
    CommunityFactory,
    FinanceFactory,
    PaymentFactory,
    PayoutAccountFactory,
    approved,
    put_at_stripe,
)

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]
MOST = 60  # statements that an act may have; more would be a fault of its own
DIED = 9


def dies_at(number, after, act):
    """Run the act in a child process that dies before (or after) this statement; returns whether it
    died.
    """
    connection.close()
    child = os.fork()
    if child == 0:
        _die_at(number, after, act)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in {0, DIED}
    return os.waitstatus_to_exitcode(status) == DIED


def _die_at(number, after, act):
    counted = 0

    def wrapper(execute, sql, params, many, context):
        nonlocal counted
        counted += 1
        if counted == number and not after:
            os._exit(DIED)
        result = execute(sql, params, many, context)
        if counted == number:
            os._exit(DIED)
        return result

    try:
        with connection.execute_wrapper(wrapper):
            act()
    finally:
        connection.close()
        os._exit(0)


def everywhere(prepare, act):
    """(statements met, what was broken) after dying at each statement in turn, with fresh rows each
    time.
    """
    for number in range(1, MOST):
        died = False
        for after in (False, True):
            row = prepare()
            died = dies_at(number, after, lambda row=row: act(row))
            yield row
        if not died:
            return
    raise AssertionError("The act has more statements than expected")


def set_free():
    """The dead process's lease has run out; what waits to be tried again may be tried now."""
    PayoutAttempt.objects.update(lease_until=None)
    PayoutAttempt.objects.filter(state="unknown").update(next_try_at="2022-01-01T00:00Z")


def come_to_rest():
    """What the sweeps do afterwards, as often as it takes."""
    for _ in range(3):
        set_free()
        payouts.begin_all()
        payouts.send_all()
        webhooks.handle_all()


def moved_of(fake, payment):
    return sum(row["description"] == payment.reference for row in fake.payments)


def test_approving_is_all_or_nothing(stripe, late):
    CommunityFactory()
    boss = FinanceFactory()

    def prepare():
        payment = PaymentFactory()
        put_at_stripe(stripe, PayoutAccountFactory(person=payment.person))
        return payment, approvals.versions([payment])[payment.pk]

    states = set()
    for payment, _ in everywhere(
        prepare, lambda row: approvals.approve(row[0].pk, boss, seen=row[1])
    ):
        payment.refresh_from_db()
        states.add(
            (
                payment.state,
                payment.approved_by_id is not None,
                payment.events.filter(what="approved").count(),
            )
        )
        assert invariants.broken() == []

    assert states == {("due", False, 0), ("approved", True, 1)}


def test_beginning_and_sending_move_money_once(stripe, late):
    CommunityFactory()

    def act(payment):
        payouts.begin(payment.pk)
        payouts.send(payment.attempts.get().pk)

    for payment in everywhere(lambda: approved(stripe), act):
        assert [words for words, _ in invariants.broken()] == []
        come_to_rest()
        payment.refresh_from_db()
        assert (payment.state, moved_of(stripe, payment), invariants.broken()) == (
            Payment.State.SENT,
            1,
            [],
        )


def test_event_is_never_lost_between_the_door_and_its_effect(stripe, late):
    CommunityFactory()

    def prepare():
        payment = approved(stripe)
        stripe.state.posts_after = stripe.state.ends_after.__class__(seconds=3600)
        payouts.begin(payment.pk)
        payouts.send(payment.attempts.get().pk)
        stripe.state.posts_after *= 0
        row = next(row for row in stripe.payments if row["description"] == payment.reference)
        body = stripe.payment_event(row)
        return payment, body, stripe.sign(body)

    def act(row):
        _, body, signature = row
        webhooks.receive(body, signature)
        webhooks.handle(StripeEvent.objects.latest("received_at", "pk").event_id)

    for payment, body, signature in everywhere(prepare, act):
        webhooks.receive(body, signature)  # Stripe has got no answer, so it tells us again
        come_to_rest()
        payment.refresh_from_db()
        assert payment.state == Payment.State.SENT
        assert (payment.events.filter(what="sent").count(), invariants.broken()) == (1, [])
