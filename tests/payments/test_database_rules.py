"""What the database refuses, whoever asks: these are plain SQL, as in psql."""

import pytest
from django.db import Error, connection, transaction

from payments.models import Payment, PaymentEvent, PayoutAttempt
from tests.factories import (
    EARLY,
    FinanceFactory,
    PaymentFactory,
    PersonFactory,
    SessionFactory,
    approved,
    sign_up,
)
from tests.payments.rows import in_state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late")]
APPROVE = (
    "UPDATE payments_payment SET state='approved', method='stripe', approved_at=now(), {} WHERE "
    "id=%s"
)


def refused(sql, *parameters):
    """Does the database refuse this statement?"""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [str(value) if value is not None else None for value in parameters])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except Error:
        return True
    return False


def test_nobody_approves_their_own_payment():
    payment = PaymentFactory()

    assert refused(APPROVE.format("approved_by_id=%s"), payment.person_id, payment.pk)


def test_nobody_approves_what_they_confirmed():
    payment = PaymentFactory()

    assert refused(APPROVE.format("approved_by_id=%s"), payment.confirmed_by_id, payment.pk)


@pytest.mark.parametrize(
    "change", ["approved_by_id=NULL", "confirmed_by_id=NULL, approved_by_id=%s"]
)
def test_nobody_unknown_approves_or_confirms(change):
    payment = PaymentFactory()
    names = [FinanceFactory().pk] if "%s" in change else []

    assert refused(APPROVE.format(change), *names, payment.pk)


def test_two_others_may():
    payment = PaymentFactory()

    assert not refused(APPROVE.format("approved_by_id=%s"), FinanceFactory().pk, payment.pk)


def test_amount_that_was_approved_or_sent_does_not_change():
    payments = [approved(), in_state(Payment.State.SENT)]
    change = "UPDATE payments_payment SET taken_pence=1 WHERE id=%s"

    assert [refused(change, payment.pk) for payment in payments] == [True, True]


def test_fee_never_changes():
    assert refused("UPDATE payments_payment SET fee_pence=100000 WHERE id=%s", PaymentFactory().pk)


def test_no_more_than_the_fee_is_taken():
    assert refused("UPDATE payments_payment SET taken_pence=7501 WHERE id=%s", PaymentFactory().pk)


def test_second_live_attempt_is_refused():
    payment = approved()
    PayoutAttempt.objects.create(payment=payment, method="stripe", amount_pence=7500, request={})
    sql = (
        "INSERT INTO payments_payoutattempt (id, payment_id, method, amount_pence, key, "
        "request, state, created_at,"
        " calling, had_unknown, next_try_at, tries, error, stripe_status, hand_reference)"
        " VALUES (gen_random_uuid(), %s, 'stripe', 7500, 'other', '{}', 'ready', now(), false, "
        "false, now(), 0,"
        " '', '', '')"
    )

    assert refused(sql, payment.pk)


def test_request_and_key_of_an_attempt_never_change():
    attempt = PayoutAttempt.objects.create(
        payment=approved(), method="stripe", amount_pence=7500, request={}
    )
    changes = ["key='other'", "request='{\"a\": 1}'", "amount_pence=1"]

    assert all(
        refused(f"UPDATE payments_payoutattempt SET {row} WHERE id=%s", attempt.pk)
        for row in changes
    )


@pytest.mark.parametrize(
    "sql", ["UPDATE payments_paymentevent SET what='sent'", "DELETE FROM payments_paymentevent"]
)
def test_history_is_never_edited(sql):
    PaymentFactory().note("offered")

    assert refused(sql) and PaymentEvent.objects.get().what == "offered"


def test_payments_and_attempts_are_never_deleted():
    attempt = PayoutAttempt.objects.create(
        payment=approved(), method="stripe", amount_pence=7500, request={}
    )

    assert refused("DELETE FROM payments_payoutattempt WHERE id=%s", attempt.pk)
    assert refused("DELETE FROM payments_payment WHERE id=%s", PaymentFactory().pk)


def test_one_earning_record_has_one_payment(late):
    late.move_to(EARLY)
    session = SessionFactory()
    first, second = sign_up(session, PersonFactory()), sign_up(session, PersonFactory())
    payment = PaymentFactory()
    sql = "UPDATE events_registration SET payment_id=%s WHERE id=%s"

    assert [refused(sql, payment.pk, row.pk) for row in (first, second)] == [False, True]
