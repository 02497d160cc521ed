"""Lock, then look: nothing is decided on what somebody else is just changing."""

import pytest

from collective.errors import RuleError
from payments.models import Payment, PayoutAccount
from payments.owing import approvals
from payments.sending import payout_accounts
from payments.sending.payout_accounts import ByHand
from tests.factories import CommunityFactory, FinanceFactory, PaymentFactory, PayoutAccountFactory
from tests.payments.at_once import overtaken_by

State, Method = Payment.State, Payment.Method
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("late")]


@pytest.fixture(autouse=True)
def community(late):
    return CommunityFactory()


def approve_what_was_seen_before(change_of):
    """Somebody approves what they have seen, while it is being changed where it goes."""
    payment, boss = PaymentFactory(), FinanceFactory()
    PayoutAccountFactory(person=payment.person)
    seen = approvals.versions([payment])[payment.pk]

    overtaken_by(
        lambda: change_of(payment.person),
        lambda: approvals.approve(payment.pk, boss, seen=seen),
    )


def change_to_cash(person):
    payout_accounts.choose_by_hand(person, ByHand(Method.CASH))


def test_payment_is_not_approved_by_a_way_that_the_approver_has_not_seen():
    with pytest.raises(RuleError, match="changed since"):
        approve_what_was_seen_before(change_to_cash)

    assert Payment.objects.get().state == State.DUE


def test_without_the_lock_it_is_approved_though_it_goes_another_way(monkeypatch):
    unlocked = PayoutAccount.objects.filter
    monkeypatch.setattr(approvals, "_lock_account", lambda owner: unlocked(person=owner).first())

    approve_what_was_seen_before(change_to_cash)

    payment = Payment.objects.get()
    assert (payment.state, payment.method) == (State.APPROVED, Method.STRIPE)
    assert PayoutAccount.objects.get().method == Method.CASH
