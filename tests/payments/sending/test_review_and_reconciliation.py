"""What no machine may decide, and comparing with Stripe both ways."""

from datetime import timedelta

import pytest

from collective import clock
from collective.background import restoring, sweeps
from collective.errors import RuleError
from payments import invariants
from payments.models import Payment, PaymentRules, PayoutAttempt, Review, UnknownMovement
from payments.sending import (
    gateway,
    movements,
    payout_accounts,
    payouts,
    reconciliation,
    reviews,
    stops,
)
from tests.factories import FinanceFactory, approved, put_at_stripe

State, At, Verdict = Payment.State, PayoutAttempt.State, Review.Verdict
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]


def send_all():
    payouts.begin_all()
    payouts.send_all()


def unknown_for_a_day(stripe, late, fault):
    """A payment whose every try met this fault, a day later: with a person's review."""
    payment = approved(stripe)
    stripe.faults.share, stripe.faults.kinds = 1.0, [fault]
    send_all()
    for _ in range(9):
        late.shift(timedelta(hours=3))
        payouts.send_all()
        payouts.review_overdue()
    stripe.faults.share = 0
    payment.refresh_from_db()
    return payment


def test_no_clear_answer_for_a_day_goes_to_a_person(stripe, late):
    payment = unknown_for_a_day(stripe, late, "500_before")

    attempt = payment.attempts.get()
    assert (payment.state, attempt.state, attempt.tries) == (State.NEEDS_REVIEW, At.REVIEW, 6)
    assert (Review.objects.get().why, invariants.broken()) == ("No clear answer within a day", [])


def test_found_in_stripe_s_list_it_is_settled_by_itself(stripe, late):
    payment = unknown_for_a_day(stripe, late, "500_after")

    reconciliation.look_under_way()
    payment.refresh_from_db()

    assert (payment.state, Review.objects.exists(), len(stripe.payments)) == (State.SENT, False, 1)


def test_it_is_not_sent_anew_before_two_lists_an_hour_apart_do_not_hold_it(stripe, late):
    unknown_for_a_day(stripe, late, "500_before")
    review = Review.objects.get()
    late.shift(timedelta(minutes=10))
    reconciliation.look_under_way()

    with pytest.raises(RuleError, match="Two lists"):
        reviews.propose(review.pk, Verdict.NEVER_LEFT, "Not in the list", FinanceFactory())


def settle(review, by=None):
    review.refresh_from_db()
    return reviews.settle(review.pk, by or FinanceFactory(), seen=reviews.word_of(review))


def surely_absent(stripe, late):
    payment = unknown_for_a_day(stripe, late, "500_before")
    for _ in range(2):
        late.shift(timedelta(minutes=61))
        reconciliation.look_under_way()
    return payment, Review.objects.get()


def test_fresh_review_beside_an_old_settled_one_is_not_noted_as_absent(stripe, late):
    _, old = surely_absent(stripe, late)
    two = {"proposed_by": FinanceFactory(), "settled_by": FinanceFactory()}
    Review.objects.filter(pk=old.pk).update(settled_at=clock.now(), **two)
    fresh = Review.objects.create(attempt=old.attempt, opened_at=clock.now())

    reconciliation.look_under_way()

    fresh.refresh_from_db()
    assert fresh.absent_first_at is None


def test_two_people_and_two_lists_send_it_anew_with_a_new_key(stripe, late):
    payment, review = surely_absent(stripe, late)
    reviews.propose(
        review.pk, Verdict.NEVER_LEFT, "Not in Stripe's list of today", FinanceFactory()
    )

    settle(review)
    send_all()
    payment.refresh_from_db()

    assert (payment.state, len(stripe.payments), payment.attempts.count()) == (State.SENT, 1, 2)
    assert invariants.broken() == []


def test_one_person_alone_settles_nothing(stripe, late):
    _, review = surely_absent(stripe, late)
    boss = FinanceFactory()
    reviews.propose(review.pk, Verdict.NEVER_LEFT, "Not in the list", boss)

    with pytest.raises(RuleError, match="Somebody else"):
        settle(review, boss)


def test_the_payee_does_not_settle_it(stripe, late):
    payment, review = surely_absent(stripe, late)
    reviews.propose(review.pk, Verdict.NEVER_LEFT, "Not in the list", FinanceFactory())

    with pytest.raises(RuleError, match="Somebody else"):
        settle(review, payment.person)


def test_evidence_is_needed(stripe, late):
    _, review = surely_absent(stripe, late)

    with pytest.raises(RuleError, match="what you have seen"):
        reviews.propose(review.pk, Verdict.NEVER_LEFT, " ", FinanceFactory())


def test_settled_as_arrived_nothing_more_is_sent(stripe, late):
    payment = unknown_for_a_day(stripe, late, "500_before")
    review = Review.objects.get()
    reviews.propose(review.pk, Verdict.ARRIVED, "On the bank's statement", FinanceFactory())

    settle(review)
    send_all()
    payment.refresh_from_db()

    assert (payment.state, stripe.payments, invariants.broken()) == (State.SENT, [], [])


def test_settled_as_stopped_nothing_is_sent(stripe, late):
    payment, review = surely_absent(stripe, late)
    reviews.propose(review.pk, Verdict.STOP, "Was paid in cash", FinanceFactory())

    settle(review)
    send_all()
    payment.refresh_from_db()

    assert (payment.state, stripe.payments) == (State.REVERSED, [])


def test_money_that_we_do_not_know_stops_all_sending(stripe):
    other = approved(stripe)
    send_all()
    row = next(iter(stripe.state.data["payments"].values()))
    stripe.state.data["payments"]["obp_strange"] = {**row, "id": "obp_strange", "metadata": {}}
    later = approved(stripe)

    reconciliation.look_back()
    send_all()

    later.refresh_from_db()
    other.refresh_from_db()
    assert (later.state, other.state) == (State.APPROVED, State.SENT)
    assert UnknownMovement.objects.get().stripe_id == "obp_strange"


def test_second_movement_of_one_attempt_is_money_that_we_do_not_know(stripe):
    approved(stripe)
    send_all()
    row = next(iter(stripe.state.data["payments"].values()))
    stripe.state.data["payments"]["obp_double"] = {**row, "id": "obp_double"}

    reconciliation.look_back()

    assert UnknownMovement.objects.get().stripe_id == "obp_double"


def test_what_stripe_had_taken_on_and_lost_goes_to_a_person(stripe, late):
    payment = approved(stripe)
    send_all()
    stripe.state.data["payments"].clear()
    late.shift(timedelta(minutes=20))
    reconciliation.look_back()
    payment.refresh_from_db()
    after_one = payment.state
    late.shift(timedelta(minutes=61))

    reconciliation.look_under_way()
    payment.refresh_from_db()

    assert (after_one, payment.state) == (State.SENT, State.NEEDS_REVIEW)


def test_what_stripe_lost_is_not_sent_anew_before_two_more_lists(stripe, late):
    """One wrong list, or one person's word, never makes a second payment of what was taken on."""
    approved(stripe)
    send_all()
    stripe.state.data["payments"].clear()
    late.shift(timedelta(minutes=61))
    reconciliation.look_back()
    late.shift(timedelta(minutes=61))
    reconciliation.look_under_way()

    with pytest.raises(RuleError, match="Two lists"):
        reviews.propose(Review.objects.get().pk, Verdict.NEVER_LEFT, "Not there", FinanceFactory())


def test_proposal_that_changed_since_it_was_read_is_not_settled(stripe, late):
    _, review = surely_absent(stripe, late)
    reviews.propose(review.pk, Verdict.STOP, "Paid in cash", FinanceFactory())
    review.refresh_from_db()
    before = reviews.word_of(review)
    reviews.propose(review.pk, Verdict.NEVER_LEFT, "No, it was not", FinanceFactory())

    with pytest.raises(RuleError, match="has changed"):
        reviews.settle(review.pk, FinanceFactory(), seen=before)


def test_movement_after_a_restore_becomes_the_payment_s_attempt_when_explained(stripe, late):
    """The backup knew of no sending; Stripe did it all the same.

    It must not go out a second time.
    """
    payment = approved(stripe)
    stripe.state.add_payment(
        {
            "amount": {"value": 7500, "currency": "gbp"},
            "description": payment.reference,
            "metadata": {"attempt": "lost"},
            "from": {"financial_account": "fa"},
            "to": next(iter_destination(payment)),
        }
    )
    reconciliation.look_back()

    reconciliation.explain(
        UnknownMovement.objects.get().pk, "Sent before the restore", FinanceFactory()
    )
    send_all()
    late.shift(timedelta(days=1, minutes=1))
    reconciliation.look_back()
    payment.refresh_from_db()

    assert (payment.state, len(stripe.payments), invariants.broken()) == (State.SENT, 1, [])


def iter_destination(payment):
    account = payment.person.payout_account
    yield {"recipient": account.stripe_account, "payout_method": account.payout_method}


def test_payment_that_did_not_come_can_be_looked_into(stripe, late):
    payment = approved(stripe)
    send_all()

    reviews.look_into(payment.pk, "They say that it has not come", FinanceFactory())
    payment.refresh_from_db()

    assert (payment.state, invariants.broken()) == (State.NEEDS_REVIEW, [])
    with pytest.raises(RuleError, match="Two lists"):
        reviews.propose(
            Review.objects.get().pk, Verdict.NEVER_LEFT, "They say so", FinanceFactory()
        )


def test_two_unreadable_rows_hide_no_other(stripe):
    payment = approved(stripe)
    send_all()
    stripe.state.data["payments"]["obp_riddle"] = {
        **next(iter(stripe.state.data["payments"].values())),
        "id": "obp_riddle",
        "amount": None,
    }

    reconciliation.look_back()
    payment.refresh_from_db()

    assert (payment.state, UnknownMovement.objects.get().what) == (State.SENT, "Status: unreadable")


def test_payment_that_came_back_after_it_was_posted_can_be_mended(stripe, late):
    payment = approved(stripe)
    put_at_stripe(stripe, payout_accounts.account_of(payment.person), last_four="0002")
    stripe.state.ends_after = timedelta(days=1)
    send_all()
    payment.refresh_from_db()
    posted = payment.state
    late.shift(timedelta(days=1, minutes=1))

    reconciliation.look_back()
    payment.refresh_from_db()

    assert (posted, payment.state, payment.problem) == (
        State.SENT,
        State.FAILED,
        "payout_method_closed",
    )


def test_failure_that_nobody_can_mend_goes_to_a_person(stripe):
    payment = approved(stripe)
    put_at_stripe(stripe, payout_accounts.account_of(payment.person), last_four="0004")

    send_all()
    payment.refresh_from_db()

    assert (payment.state, Review.objects.get().why) == (
        State.NEEDS_REVIEW,
        "It failed. Stripe looked at it and said no. Ask Stripe's support why.",
    )


def test_pause_stops_what_is_begun_and_what_is_tried_again(stripe, late):
    first, second = approved(stripe), None
    stripe.faults.script = ["500_before"]
    send_all()
    second = approved(stripe)
    PaymentRules.note(is_paused=True)
    late.shift(timedelta(minutes=5))

    send_all()

    assert [Payment.objects.get(pk=row.pk).state for row in (first, second)] == [
        State.SENDING,
        State.APPROVED,
    ]
    assert stripe.payments == []


def test_after_a_restore_nothing_is_sent(stripe, late):
    approved(stripe)
    restoring.hold(clock.now())
    PaymentRules.note(is_paused=False)

    send_all()

    assert (stripe.payments, "has not been compared" in stops.stopped_because()) == ([], True)


def test_cap_a_day_makes_the_rest_wait_until_tomorrow(stripe, late):
    PaymentRules.note(most_per_day_pence=10_000)
    payments = [approved(stripe), approved(stripe)]
    send_all()
    today = len(stripe.payments)
    late.shift(timedelta(days=1))
    send_all()

    assert (today, len(stripe.payments)) == (1, 2)
    assert {Payment.objects.get(pk=row.pk).state for row in payments} == {State.SENT}


def test_stripe_that_cannot_be_reached_is_no_failure_of_the_sweep(settings, stripe):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    gateway.client.cache_clear()

    assert reconciliation.look_back() == (0, 0)


def test_attempt_that_was_frozen_past_its_lease_calls_nobody(stripe, late):
    payment = approved(stripe)
    payouts.begin_all()
    claimed = payouts._claim(payment.attempts.get().pk)
    late.shift(timedelta(minutes=4))
    payouts.send_all()  # another worker took it over

    assert payouts._still_mine(claimed) is False
    assert len(stripe.payments) == 1


def test_comparing_does_not_end_what_two_people_look_into(stripe, late):
    payment = approved(stripe)
    send_all()
    reviews.look_into(payment.pk, "They say that it has not come", FinanceFactory())

    reconciliation.look_under_way()
    payment.refresh_from_db()

    assert (payment.state, Review.objects.filter(settled_at=None).count()) == (
        State.NEEDS_REVIEW,
        1,
    )


def test_what_came_back_while_people_looked_into_it_can_be_mended(stripe, late):
    payment = approved(stripe)
    put_at_stripe(stripe, payout_accounts.account_of(payment.person), last_four="0002")
    stripe.state.ends_after = timedelta(days=1)
    send_all()
    reviews.look_into(payment.pk, "They say that it has not come", FinanceFactory())
    late.shift(timedelta(days=1, minutes=1))

    reconciliation.look_back()
    payment.refresh_from_db()

    assert (payment.state, Review.objects.count(), invariants.broken()) == (State.FAILED, 0, [])


def test_what_people_look_into_stays_with_them_when_stripe_says_that_it_left(stripe, late):
    stripe.state.posts_after = timedelta(days=10)
    payment = unknown_for_a_day(stripe, late, "500_after")
    reviews.propose(
        Review.objects.get().pk, Verdict.ARRIVED, "On the bank's statement", FinanceFactory()
    )
    settle(Review.objects.get())
    reconciliation.look_back()  # Stripe has it, and it has not left yet
    reviews.look_into(payment.pk, "They say that it has not come", FinanceFactory())
    stripe.state.posts_after = timedelta(0)

    reconciliation.look_under_way()
    payment.refresh_from_db()

    assert (payment.state, payment.attempts.get().state) == (State.NEEDS_REVIEW, At.REVIEW)


def test_attempt_that_cannot_be_noted_as_missing_keeps_back_no_other(stripe, late, monkeypatch):
    first, second = approved(stripe), approved(stripe)
    send_all()
    stripe.state.data["payments"].clear()
    late.shift(timedelta(minutes=20))
    note_missing, broken = movements.note_missing, first.attempts.get().pk

    def note_all_but_one(key, asked_at):
        if key == broken:
            raise ValueError("It cannot be noted")
        return note_missing(key, asked_at)

    monkeypatch.setattr(movements, "note_missing", note_all_but_one)

    with pytest.raises(ValueError, match="cannot be noted"):
        reconciliation.look_back()

    assert second.attempts.get().missing_since is not None


def test_attempt_that_cannot_be_reviewed_keeps_nothing_from_being_sent(stripe, late, monkeypatch):
    unknown = approved(stripe)
    stripe.faults.script = ["500_before"]
    send_all()
    late.shift(timedelta(days=1))
    payment = approved(stripe)
    monkeypatch.setattr(reviews, "give_to_people", lambda attempt, why: 1 / 0)

    runs = [sweeps.run(name) for name in ("payments to review", "payments to begin")]
    runs.append(sweeps.run("payments to send"))
    payment.refresh_from_db()

    assert "ZeroDivisionError" in runs[0].error
    assert (payment.state, unknown.attempts.get().state) == (State.SENT, At.UNKNOWN)
