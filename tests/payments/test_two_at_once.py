"""Lock, then look: nothing is decided on what somebody else is just changing."""

import pytest
from django.db import transaction

from collective.errors import RuleError
from collective.models import Message, Person
from collective.people import standing
from events.models import Registration
from payments import kinds
from payments.models import Payment, PaymentEvent, PaymentRules, PayoutAccount, Review
from payments.owing import approvals, offering
from payments.sending import hand_payouts, payout_accounts, payouts, reviews
from payments.sending.hand_payouts import Said
from payments.sending.payout_accounts import ByHand
from tests.factories import (
    CommunityFactory,
    FinanceFactory,
    PaymentFactory,
    PayoutAccountFactory,
    SessionFactory,
    approved,
)
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


def test_without_the_locks_it_is_approved_though_it_goes_another_way(monkeypatch):
    unlocked = PayoutAccount.objects.filter
    monkeypatch.setattr(standing, "record_of", lambda key: Person.objects.get(pk=key))
    monkeypatch.setattr(approvals, "_lock_account", lambda owner: unlocked(person=owner).first())

    approve_what_was_seen_before(change_to_cash)

    payment = Payment.objects.get()
    assert (payment.state, payment.method) == (State.APPROVED, Method.STRIPE)
    assert PayoutAccount.objects.get().method == Method.CASH


def test_nothing_begins_to_a_destination_that_is_just_being_removed(stripe):
    payment = approved(stripe)

    begun = overtaken_by(
        lambda: payout_accounts.remove(payment.person), lambda: payouts.begin(payment.pk)
    )

    assert (begun, Payment.objects.get().state) == (False, State.APPROVED)


def test_what_is_chosen_while_stripe_forgets_the_old_one_is_not_removed(stripe, monkeypatch):
    payment = approved(stripe)
    monkeypatch.setattr(
        payout_accounts.gateway, "forget", lambda recipient: change_to_cash(payment.person)
    )

    with pytest.raises(RuleError, match="changed just now"):
        payout_accounts.remove(payment.person)

    account = PayoutAccount.objects.get()
    assert (account.state, account.method) == (PayoutAccount.State.READY, Method.CASH)


def test_export_hears_of_a_pause_that_is_just_being_made():
    payment, boss = approved(), FinanceFactory()
    payout_accounts.choose_by_hand(payment.person, ByHand(Method.CASH))
    PayoutAccount.objects.update(wait_until=None)

    with pytest.raises(RuleError, match="paused"):
        overtaken_by(lambda: PaymentRules.note(is_paused=True), lambda: hand_payouts.export(boss))

    assert Payment.objects.get().state == State.APPROVED


def test_fee_that_is_just_being_cancelled_is_not_taken_for_the_one_that_was_earned():
    cancelled = PaymentFactory(activity=SessionFactory())
    row = Registration.objects.create(
        session=cancelled.activity.session,
        person=cancelled.person,
        state=Registration.State.ATTENDED,
        seat=1,
        capacity=Registration.Capacity.PERSONAL,
        fee_pence=7500,
    )

    overtaken_by(
        lambda: offering.withdraw(cancelled.pk, None),
        lambda: transaction.atomic(offering.settle)(row),
    )

    row.refresh_from_db()
    assert (row.payment.state, row.payment != cancelled) == (State.DUE, True)


def recorded_by_hand():
    """What was recorded as paid by mistake, and a first person has said so."""
    payment = approved()
    payout_accounts.choose_by_hand(payment.person, ByHand(Method.OFFICE))
    PayoutAccount.objects.update(wait_until=None)
    hand_payouts.export(FinanceFactory())
    payment = hand_payouts.record(Said(payment.reference, "Wrong"), FinanceFactory())
    return payment, FinanceFactory(), FinanceFactory()


def say(payment, by):
    return reviews.say_recorded_by_mistake(payment.pk, Review.Verdict.OFFICE, "A wrong file", by)


def settle_twice():
    payment, first, second = recorded_by_hand()
    review, third = say(payment, first), FinanceFactory()
    seen = reviews.word_of(review)
    overtaken_by(
        lambda: reviews.settle(review.pk, second, seen=seen),
        lambda: reviews.settle(review.pk, third, seen=seen),
    )


def times_settled():
    return PaymentEvent.objects.filter(what=PaymentEvent.What.SETTLED).count()


def test_two_who_say_at_once_that_it_was_a_mistake_open_one_review():
    payment, first, second = recorded_by_hand()

    with pytest.raises(RuleError, match="nothing to take back"):
        overtaken_by(lambda: say(payment, first), lambda: say(payment, second))

    assert Review.objects.get().proposed_by == first


def test_two_who_settle_it_at_once_settle_it_once_and_the_person_is_told_once():
    with pytest.raises(RuleError, match="settled already"):
        settle_twice()

    told = Message.objects.filter(kind=kinds.NOT_PAID).count()
    assert (Payment.objects.get().state, times_settled(), told) == (State.SENDING, 1, 1)


def test_without_the_locks_it_is_settled_twice(monkeypatch):
    unlocked = Review.objects.select_related("attempt__payment__person")
    monkeypatch.setattr(reviews, "_locked", lambda review_id: unlocked.get(pk=review_id))

    settle_twice()

    assert times_settled() == 2


def test_what_is_just_being_taken_back_is_not_recorded_beside_it():
    payment, first, second = recorded_by_hand()
    review = say(payment, first)
    seen = reviews.word_of(review)

    with pytest.raises(RuleError, match="no payment with this reference"):
        overtaken_by(
            lambda: reviews.settle(review.pk, second, seen=seen),
            lambda: hand_payouts.record(Said(payment.reference, "BACS 1"), FinanceFactory()),
        )

    assert Payment.objects.get().state == State.SENDING
