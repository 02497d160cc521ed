"""What was recorded as paid by mistake: two take it back, and its person is told the truth."""

import re

import pytest
from django.urls import reverse

from collective.errors import RuleError
from collective.messages import by_hand as told_by_hand
from collective.messages import mail
from collective.models import Message
from payments import invariants, kinds
from payments.models import Payment, PaymentEvent, PayoutAttempt, Review
from payments.sending import hand_payouts, reviews
from payments.sending.hand_payouts import Said
from tests.factories import FinanceFactory, PayoutAccountFactory, PersonFactory, PhonePersonFactory
from tests.payments.rows import in_state
from tests.signed_in import browser_of

State, Verdict = Payment.State, Review.Verdict
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]


def recorded(person=None):
    """A payment that somebody recorded as paid by the finance office."""
    person = person or PersonFactory(name="Amina", email="amina@example.org")
    PayoutAccountFactory(person=person, method="office")
    payment = in_state(State.APPROVED, person=person)
    Payment.objects.filter(pk=payment.pk).update(method="office")
    hand_payouts.export(FinanceFactory())
    return hand_payouts.record(Said(payment.reference, "Wrong"), FinanceFactory())


def take_back(payment, verdict=Verdict.OFFICE):
    review = reviews.say_recorded_by_mistake(payment.pk, verdict, "A wrong file", FinanceFactory())
    reviews.settle(review.pk, FinanceFactory(), seen=reviews.word_of(review))
    payment.refresh_from_db()
    return payment


def test_what_the_office_still_has_waits_there_and_is_recorded_once_it_is_paid():
    payment = take_back(recorded())
    attempt = payment.attempts.get()
    waits = (payment.state, payment.sent_at, attempt.state, attempt.hand_reference)
    beside = hand_payouts.export(FinanceFactory())
    hand_payouts.record(Said(payment.reference, "BACS 17"), FinanceFactory())
    payment.refresh_from_db()

    assert waits == (State.SENDING, None, PayoutAttempt.State.READY, "")
    assert (beside, payment.state, payment.attempts.count()) == (None, State.SENT, 1)
    assert invariants.broken() == []


def test_what_the_office_will_not_pay_is_in_the_next_export():
    payment = take_back(recorded(), Verdict.NEVER_LEFT)

    again = hand_payouts.export(FinanceFactory())

    assert (bool(again), payment.attempts.count(), payment.sent_at) == (True, 2, None)
    assert invariants.broken() == []


def test_history_names_both_and_what_they_said():
    payment = take_back(recorded())

    said = PaymentEvent.objects.filter(payment=payment).values_list("what", flat=True)
    review = Review.objects.get()

    assert [*said][-4:] == ["sent", "review", "not_paid", "settled"]
    assert review.proposed_by != review.settled_by and review.evidence == "A wrong file"


def test_nothing_is_so_before_a_second_person_agrees():
    payment, ade = recorded(), FinanceFactory()
    review = reviews.say_recorded_by_mistake(payment.pk, Verdict.OFFICE, "A wrong file", ade)

    with pytest.raises(RuleError, match="Somebody else has to settle it"):
        reviews.settle(review.pk, ade, seen=reviews.word_of(review))

    payment.refresh_from_db()
    assert (payment.state, kinds.NOT_PAID in told()) == (State.NEEDS_REVIEW, False)


def told():
    return {*Message.objects.values_list("kind", flat=True)}


def test_person_is_told_that_it_was_our_mistake(outbox):
    payment = recorded()
    mail.send_due()
    take_back(payment)
    mail.send_due()

    sent, correction = outbox
    assert (sent.subject, correction.subject) == ("Your statement, to keep", "A correction from us")
    assert "That was not so" in correction.body and "You still get it" in correction.body
    assert "£75" not in correction.subject and payment.reference in correction.body


def test_person_is_told_again_once_it_is_really_paid(outbox):
    payment = recorded()
    mail.send_due()
    take_back(payment)
    hand_payouts.record(Said(payment.reference, "BACS 17"), FinanceFactory())
    mail.send_due()

    assert [letter.subject for letter in outbox] == ["Your statement, to keep"] * 2


def test_nobody_is_told_who_had_not_read_the_mistake(outbox):
    take_back(recorded())
    mail.send_due()

    assert [letter.subject for letter in outbox] == []


def test_person_without_email_hears_the_correction_on_the_phone():
    payment = recorded(PhonePersonFactory())
    Message.objects.filter(kind=kinds.SENT).update(state=Message.State.SENT)
    take_back(payment)

    _, html = told_by_hand.wording(Message.objects.get(kind=kinds.NOT_PAID))

    assert "we noted it by mistake" in html and "<a " not in html


REFUSED = [
    ({"state": State.ARRIVED}, "They told us that it has come"),
    ({"method": "stripe"}, "not recorded as paid by hand"),
]


@pytest.mark.parametrize(("fields", "words"), REFUSED)
def test_what_has_come_or_was_sent_through_stripe_is_not_taken_back(fields, words):
    payment = recorded()
    Payment.objects.filter(pk=payment.pk).update(**fields)

    with pytest.raises(RuleError, match=words):
        take_back(payment)


def test_payee_takes_back_nothing_and_nobody_without_a_reason():
    payment = recorded()

    for by, why in ((payment.person, "x"), (FinanceFactory(), " ")):
        with pytest.raises(RuleError):
            reviews.say_recorded_by_mistake(payment.pk, Verdict.OFFICE, why, by)

    payment.refresh_from_db()
    assert payment.state == State.SENT


def test_two_take_it_back_in_the_browser():
    payment = recorded()
    page = reverse("admin:payments_payment_recorded_wrongly", args=[payment.pk])
    first, second = (browser_of(FinanceFactory()) for _ in range(2))
    first.post(page, {"verdict": "office", "why": "It was the wrong file."})
    settle = reverse("admin:payments_review_settle", args=[Review.objects.get().pk])
    asked = second.get(settle).content.decode()
    second.post(settle, {"seen": re.search(r'name="seen" value="([^"]+)"', asked)[1]})
    payment.refresh_from_db()

    assert "It was the wrong file." in asked and "finance office still has it" in asked
    assert payment.state == State.SENDING


def test_verdict_of_the_office_is_not_offered_for_what_stripe_sends(late):
    payment = in_state(State.NEEDS_REVIEW)
    attempt = payment.attempts.create(
        method="stripe", amount_pence=7500, request={}, state="review"
    )
    review = Review.objects.create(attempt=attempt, why="Unclear")

    page = browser_of(FinanceFactory()).get(
        reverse("admin:payments_review_propose", args=[review.pk])
    )

    assert 'value="never_left"' in page.content.decode()
    assert 'value="office"' not in page.content.decode()
    with pytest.raises(RuleError, match="Only what is paid by hand"):
        reviews.propose(review.pk, Verdict.OFFICE, "x", FinanceFactory())
