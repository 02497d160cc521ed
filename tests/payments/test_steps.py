"""The tables of steps, kept by the database: every pair of states is tried in plain SQL."""

import pytest
from django.db import Error, connection, transaction

from collective.safety import steps
from payments.models import Payment, PayoutAttempt, attempt_states, payment_states
from tests.factories import approved
from tests.payments.rows import in_state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late")]
PAYMENT, ATTEMPT = Payment.State, PayoutAttempt.State


def attempt_in_state(state, method="cash"):
    return PayoutAttempt.objects.create(
        payment=approved(), method=method, amount_pence=7500, request={}, state=state
    )


def takes(row, state):
    """Does the database let this row take the step, asked as in psql? The row stays as it was."""
    sql = f"UPDATE {row._meta.db_table} SET state = %s WHERE id = %s"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [state, str(row.pk)])
            transaction.set_rollback(True)
    except Error as error:
        assert "Invalid transition" in str(error) or "only what is paid by hand" in str(error)
        return False
    return True


@pytest.mark.parametrize("state", PAYMENT)
def test_payment_takes_the_steps_of_its_table_and_no_other(state):
    payment = in_state(state)

    taken = {other for other in PAYMENT if other != state and takes(payment, other)}

    assert taken == set(payment_states.STEPS[state])


@pytest.mark.parametrize("state", ATTEMPT)
def test_attempt_takes_the_steps_of_its_table_and_no_other(state):
    attempt = attempt_in_state(state)

    taken = {other for other in ATTEMPT if other != state and takes(attempt, other)}

    assert taken == set(attempt_states.STEPS[state])


@pytest.mark.parametrize(
    ("table", "allowed", "refused"),
    [(payment_states.STEPS, 32, 78), (attempt_states.STEPS, 25, 31)],
)
def test_tables_name_every_state_and_are_counted(table, allowed, refused):
    named = sum(len(new) for new in table.values())

    assert (named, len(table) * (len(table) - 1) - named) == (allowed, refused)


def test_after_an_unclear_answer_no_machine_takes_a_no():
    assert not takes(attempt_in_state(ATTEMPT.UNKNOWN), ATTEMPT.REFUSED)


def test_what_was_sent_through_stripe_never_waits_to_be_sent_again():
    assert not takes(attempt_in_state(ATTEMPT.REVIEW, "stripe"), ATTEMPT.READY)


def test_named_door_lets_a_step_pass_beside_the_table_and_closes_again():
    payment = in_state(PAYMENT.REVERSED)

    with steps.beside_the_table(Payment):
        beside = takes(payment, PAYMENT.DUE)

    assert (beside, takes(payment, PAYMENT.DUE)) == (True, False)
