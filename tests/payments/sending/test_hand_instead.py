"""What failed is paid by hand instead: through the finance office, told, and approved anew."""

import typing
from datetime import timedelta

import pytest
from django.urls import reverse
from stripe.v2.money_management import OutboundPayment

from collective.errors import RuleError
from collective.models import Message
from payments import kinds, problems
from payments.models import Payment, PayoutAccount, Review
from payments.models.payment_event import What
from payments.owing import approvals
from payments.sending import gateway, hand_instead, hand_payouts, movements
from tests.factories import FinanceFactory, PayoutAccountFactory, PersonFactory
from tests.payments.rows import in_state
from tests.signed_in import browser_of

State = Payment.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]
WHY = "They rang: the account is closed."


@pytest.fixture
def failed():
    person = PersonFactory(name="Amina", email="amina@example.org")
    PayoutAccountFactory(person=person, state=PayoutAccount.State.TO_MEND, was_ready=True)
    return in_state(State.FAILED, person=person, problem="payout_method_closed")


def approve(payment, by):
    return approvals.approve(payment.pk, by, seen=approvals.versions([payment])[payment.pk])


def test_it_goes_to_the_office_once_a_colleague_approved_it_and_the_person_could_say_no(
    failed, late
):
    ade = FinanceFactory()
    hand_instead.through_the_office(failed.pk, WHY, ade)
    failed.refresh_from_db()
    turned = (failed.state, failed.approved_by, failed.problem)
    approve(failed, FinanceFactory())
    too_early = hand_payouts.export(ade)
    late.shift(timedelta(days=3, seconds=1))

    assert turned == (State.DUE, None, "")
    assert (too_early, bool(hand_payouts.export(ade))) == (None, True)
    assert Message.objects.get(person=failed.person).kind == kinds.DESTINATION_CHANGED


def test_whoever_turned_it_does_not_approve_it(failed):
    ade = FinanceFactory()
    hand_instead.through_the_office(failed.pk, WHY, ade)

    with pytest.raises(RuleError, match="You noted where it goes"):
        approve(failed, ade)


def test_what_else_of_theirs_was_approved_is_approved_anew_too(failed):
    other = in_state(State.APPROVED, person=failed.person)

    hand_instead.through_the_office(failed.pk, WHY, FinanceFactory())
    other.refresh_from_db()

    assert other.state == State.DUE


REFUSED = [("payee", WHY, "your own"), ("ade", " ", "Say why")]


@pytest.mark.parametrize(("who", "why", "words"), REFUSED)
def test_nobody_turns_their_own_or_without_a_reason(failed, who, why, words):
    by = failed.person if who == "payee" else FinanceFactory()

    with pytest.raises(RuleError, match=words):
        hand_instead.through_the_office(failed.pk, why, by)


def test_doubled_click_is_told_that_it_was_turned(failed):
    hand_instead.through_the_office(failed.pk, WHY, FinanceFactory())

    with pytest.raises(RuleError, match="has not failed"):
        hand_instead.through_the_office(failed.pk, WHY, FinanceFactory())


def test_page_asks_says_what_went_wrong_and_turns_it(failed):
    browser = browser_of(FinanceFactory())
    page = reverse("admin:payments_payment_hand_instead", args=[failed.pk])
    asked = browser.get(page).content.decode()
    browser.post(page, {"why": WHY})
    failed.refresh_from_db()

    assert problems.CLOSED in asked and "payout_method" not in asked
    assert failed.state == State.DUE


def codes_of(status):
    hints = OutboundPayment.StatusDetails.__dict__[status].__annotations__["reason"]
    return {code for part in typing.get_args(hints) for code in typing.get_args(part)}


def test_every_code_of_stripe_has_words_of_its_own():
    codes = {"under_review", *gateway.DETAILS, *movements.MENDABLE}
    codes |= codes_of("Failed") | codes_of("Returned")

    assert {code for code in codes if problems.of_code(code) == problems.REFUSED} == set()
    assert {code for code in movements.MENDABLE if code not in problems.WORDS} == set()


SAID = [
    ("APIConnectionError 503", problems.NO_ANSWER),
    (
        "Refused after an unclear answer: insufficient_funds",
        problems.FOR_STAFF["insufficient_funds"],
    ),
    ("Stripe: failed some_new_code", problems.REFUSED),
    ("The shop has no vouchers", "The shop has no vouchers"),
    ("", ""),
]


@pytest.mark.parametrize(("said", "words"), SAID)
def test_what_a_row_holds_is_read_without_codes(said, words):
    assert problems.for_staff(said) == words


def test_no_page_or_file_for_staff_shows_a_code_of_stripe(failed):
    attempt = failed.attempts.create(
        method="stripe", amount_pence=1, state="failed", error="payout_method_closed", request={}
    )
    failed.note(What.FAILED, problem="new_code")
    review = Review.objects.create(attempt=attempt, why="Stripe refused it: some_new_code")
    browser = browser_of(FinanceFactory())
    pages = [
        reverse("admin:payments_payment_change", args=[failed.pk]),
        reverse("admin:payments_review_change", args=[review.pk]),
        reverse("admin:payments_review_propose", args=[review.pk]),
        reverse("admin:payments_review_changelist"),
        reverse("admin:payments_history_csv"),
    ]

    shown = [b"".join(browser.get(page)).decode() for page in pages]

    assert [page for page in shown if "payout_method_" in page or "new_code" in page] == []
