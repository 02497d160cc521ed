"""Paid by hand: exported once, recorded by somebody else, never with bank details."""

import pytest
from django.urls import reverse

from collective.errors import RuleError
from payments import invariants, kinds
from payments.models import Payment, PayoutAccount, PayoutAttempt
from payments.sending import hand_payouts
from payments.sending.hand_payouts import Said
from tests.factories import FinanceFactory, PersonFactory, approved
from tests.signed_in import with_second_factor

State = Payment.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]


def by_hand(method="voucher", deliver="page", **fields):
    payment = approved(**fields)
    Payment.objects.filter(pk=payment.pk).update(method=method)
    PayoutAccount.objects.filter(person=payment.person).update(
        method=method, voucher="Corner shop", deliver=deliver, payee_reference="UCL-77"
    )
    return payment


@pytest.fixture
def finance(client):
    person = FinanceFactory(name="Ade")
    client.force_login(person)
    with_second_factor(client, person)
    return person


def test_export_puts_them_on_the_way_once():
    payment, boss = by_hand(), FinanceFactory()

    first, second = hand_payouts.export(boss), hand_payouts.export(boss)
    payment.refresh_from_db()

    assert (payment.state, bool(first), second) == (State.SENDING, True, None)


def test_file_holds_the_payee_reference_and_no_bank_detail(client, finance):
    payment = by_hand(person=PersonFactory(name="=cmd()"))
    batch = hand_payouts.export(finance)

    text = client.get(reverse("admin:payments_hand_batch", args=[batch])).getvalue().decode()

    assert all(part in text for part in (payment.reference, "UCL-77", "75.00", "'=cmd()"))
    assert "High Street Bank" not in text


def test_somebody_else_records_the_reference_and_the_person_is_told():
    payment = by_hand()
    hand_payouts.export(FinanceFactory())

    hand_payouts.record(Said(payment.reference.lower(), "BACS 17", "ABCD-1234"), FinanceFactory())
    payment.refresh_from_db()

    assert (payment.state, payment.person.messages.get().kind, invariants.broken()) == (
        State.SENT,
        kinds.SENT,
        [],
    )


@pytest.mark.parametrize("recorder", ["exporter", "payee"])
def test_exporter_and_payee_record_nothing(recorder):
    payment, boss = by_hand(), FinanceFactory()
    hand_payouts.export(boss)

    with pytest.raises(RuleError, match="Ask a colleague"):
        hand_payouts.record(
            Said(payment.reference, "BACS 17"), boss if recorder == "exporter" else payment.person
        )


def test_recorded_twice_is_said():
    payment = by_hand()
    hand_payouts.export(FinanceFactory())
    hand_payouts.record(Said(payment.reference, "BACS 17", "X"), FinanceFactory())

    with pytest.raises(RuleError, match="no payment with this reference"):
        hand_payouts.record(Said(payment.reference, "BACS 18"), FinanceFactory())


def test_what_was_not_paid_is_in_the_next_export():
    payment = by_hand()
    hand_payouts.export(FinanceFactory())

    hand_payouts.was_not_paid(payment.reference, "The shop has no vouchers", FinanceFactory())
    again = hand_payouts.export(FinanceFactory())
    payment.refresh_from_db()

    assert (bool(again), payment.state, payment.attempts.count()) == (True, State.SENDING, 2)


def test_voucher_code_is_on_one_s_own_page_and_nowhere_else(client):
    payment = by_hand()
    hand_payouts.export(FinanceFactory())
    hand_payouts.record(Said(payment.reference, "V1", "SECRET-CODE-1"), FinanceFactory())
    client.force_login(payment.person)

    page = client.get(payment.get_absolute_url()).content.decode()

    assert "SECRET-CODE-1" in page
    assert "SECRET" not in str(PayoutAttempt.objects.values_list("voucher_code").query)
    assert "SECRET-CODE-1" not in str(
        [list(row.events.values_list("details")) for row in Payment.objects.all()]
    )


def test_everything_is_exported_with_safe_cells(client, finance):
    by_hand(person=PersonFactory(name="@sum"))

    text = client.get(reverse("admin:payments_csv")).getvalue().decode()

    assert "'@sum" in text and "75.00" in text


def test_whole_history_and_expenses_are_exported(client, finance):
    payment = by_hand()
    hand_payouts.export(FinanceFactory())

    history = client.get(reverse("admin:payments_history_csv")).getvalue().decode()
    expenses = client.get(reverse("admin:payments_expenses_csv")).getvalue().decode()

    assert (
        payment.reference in history
        and "Given to the finance office" in history
        and "Decided by" in expenses
    )
