"""Who may approve what, and what is looked at before."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collective import clock
from collective.errors import RuleError
from payments.models import Expense, Payment, PaymentRules, PayoutAccount
from payments.owing import approvals
from payments.owing.checks import Checks
from tests.factories import (
    CallFactory,
    FinanceFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PersonFactory,
    SessionFactory,
)
from tests.signed_in import with_second_factor

State = Payment.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]


def ready(**fields):
    payment = PaymentFactory(**fields)
    if not PayoutAccount.objects.filter(person=payment.person).exists():
        PayoutAccountFactory(person=payment.person)
    return payment


def seen(payment):
    return approvals.versions([payment])[payment.pk]


def approve(payment, by=None):
    return approvals.approve(payment.pk, by or FinanceFactory(), seen=seen(payment))


def words(payment):
    return " ".join(check.words for check in Checks([payment]).of(payment))


def test_ready_payment_is_approved():
    assert approve(ready()).state == State.APPROVED


def test_nobody_approves_their_own():
    boss = FinanceFactory()

    with pytest.raises(RuleError, match="your own"):
        approve(ready(person=boss), boss)


def test_only_people_who_approve_payments_can():
    with pytest.raises(RuleError, match="Only people who approve"):
        approve(ready(), PersonFactory(is_staff=True))


def test_what_changed_since_it_was_looked_at_is_not_approved():
    payment = ready()
    before = seen(payment)
    payment.note("expense")

    with pytest.raises(RuleError, match="changed since"):
        approvals.approve(payment.pk, FinanceFactory(), seen=before)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"choice": ""}, "has not said"),
        ({"choice": Payment.Choice.NOT_SURE}, "has not said"),
        ({"confirmed_by": None, "confirmed_at": None}, "Nobody has confirmed"),
        ({"state": State.DECLINED, "taken_pence": 0, "choice": Payment.Choice.DECLINE}, "not due"),
        ({"fee_pence": 40_000}, "cap of £300"),
    ],
)
def test_what_stops_an_approval(fields, why):
    with pytest.raises(RuleError, match=why):
        approve(ready(**fields))


def test_without_a_destination_nothing_is_approved():
    with pytest.raises(RuleError, match="not set up"):
        approve(PaymentFactory())


def test_open_expenses_are_decided_on_first():
    payment = ready()
    Expense.objects.create(
        payment=payment, kind="travel", what="Bus", amount_pence=100, added_by=payment.person
    )

    with pytest.raises(RuleError, match="Expenses are claimed"):
        approve(payment)


def test_cap_for_one_person_counts_thirty_days(late):
    PaymentRules.note(most_per_person_pence=10_000)
    person = PersonFactory()
    approve(ready(person=person))

    with pytest.raises(RuleError, match="30 days"):
        approve(ready(person=person))

    late.shift(timedelta(days=31))
    assert approve(ready(person=person)).state == State.APPROVED


def test_same_destination_as_somebody_else_is_said():
    one = ready()
    account = PayoutAccount.objects.get(person=one.person)
    PayoutAccountFactory(bank_name=account.bank_name, last_four=account.last_four)

    assert "Same bank and last digits as 1 other person." in words(one)


def test_changed_destination_first_payment_and_budget_are_said():
    payment = ready(activity=SessionFactory(call=CallFactory(budget_pence=5000)))
    PayoutAccount.objects.update(
        changed_at=clock.now(), wait_until=clock.now() + timedelta(hours=72)
    )

    said = words(payment)

    assert all(
        part in said
        for part in (
            "Where it goes was changed on",
            "First payment",
            "£50 of the call's budget is left",
        )
    )


def test_approval_is_taken_back_before_sending():
    payment = approve(ready())

    assert approvals.take_back(payment.pk, FinanceFactory()).approved_by is None


@pytest.fixture
def finance(client):
    person = FinanceFactory(name="Ade")
    client.force_login(person)
    with_second_factor(client, person)
    return person


def post(client, *payments):
    fields = {"payment": [str(row.pk) for row in payments]}
    return client.post(
        reverse("admin:payments_approve"),
        fields | {f"seen-{row.pk}": seen(row) for row in payments},
    )


def test_many_are_approved_at_once(client, finance):
    payments = [ready(), ready(), ready(choice="")]

    post(client, *payments)

    states = sorted(Payment.objects.values_list("state", flat=True))
    assert states == [State.APPROVED, State.APPROVED, State.DUE]


def test_second_factor_older_than_fifteen_minutes_is_asked_for_again(client, finance, late):
    payment = ready()
    late.shift(timedelta(minutes=16))

    answer = post(client, payment)

    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("mfa_reauthenticate"))
    assert Payment.objects.get().state == State.DUE


def test_staff_who_may_not_approve_see_why_and_who_can(client, finance):
    FinanceFactory(name="Kim")

    page = client.get(
        reverse("admin:payments_payment_change", args=[ready(confirmed_by=finance).pk])
    )

    assert "You confirmed the work" in page.content.decode() and "Kim" in page.content.decode()


def test_payment_that_nobody_can_approve_is_named_on_the_board(client, finance):
    ready(person=finance)

    assert "Nobody here can approve it" in client.get(reverse("admin:payments")).content.decode()


@pytest.mark.parametrize("number", [2, 12])
def test_queries_of_the_board_and_of_approving_do_not_grow(
    client, finance, number, django_assert_num_queries
):
    session = SessionFactory()
    for _ in range(number):
        ready(activity=session)

    with django_assert_num_queries(25):
        client.get(reverse("admin:payments"))
    with django_assert_num_queries(19):
        client.get(reverse("admin:payments_approve"))
