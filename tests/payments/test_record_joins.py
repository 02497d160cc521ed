"""Two records of one person: payments go along, nobody is paid twice, and it can be undone."""

import pytest

from collective import clock
from collective.errors import RuleError
from collective.people import record_joins
from events.models import Registration
from events.sessions import attendance
from payments.models import Payment, PayoutAccount
from tests.factories import (
    KICK_OFF,
    CoordinatorFactory,
    FinanceFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PersonFactory,
    SessionFactory,
    sign_up,
)

State = Payment.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


def both_took_part(early):
    """Two records that were both marked in one session: each has a payment."""
    session = SessionFactory()
    rows = [sign_up(session, PersonFactory()) for _ in range(2)]
    early.move_to(KICK_OFF.replace(day=7))
    return [
        attendance.mark(row, Registration.State.ATTENDED, by=CoordinatorFactory()) for row in rows
    ]


def approve(payment):
    Payment.objects.filter(pk=payment.pk).update(
        state=State.APPROVED, approved_by=FinanceFactory(), approved_at=KICK_OFF, method="stripe"
    )


def open_payments(person):
    return list(Payment.objects.filter(person=person).exclude(state=State.CANCELLED))


def test_payments_and_destination_move_and_the_destination_waits():
    kept, payment = PersonFactory(), PaymentFactory()
    PayoutAccountFactory(person=payment.person)

    record_joins.join(kept, payment.person, None)

    account = PayoutAccount.objects.get()
    assert (open_payments(kept), account.person, account.wait_until > clock.now()) == (
        [payment],
        kept,
        True,
    )


def test_of_two_for_one_session_one_is_left(early):
    one, two = both_took_part(early)

    record_joins.join(one.person, two.person, None)

    assert len(open_payments(one.person)) == 1


def test_the_one_that_is_approved_is_left(early):
    one, two = both_took_part(early)
    approve(two.payment)

    record_joins.join(one.person, two.person, None)

    assert open_payments(one.person) == [two.payment]


def test_two_that_are_approved_are_not_joined(early):
    one, two = both_took_part(early)
    approve(one.payment)
    approve(two.payment)

    with pytest.raises(RuleError, match="Both have an approved payment"):
        record_joins.join(one.person, two.person, None)


def test_undone_each_has_its_own_again(early):
    one, two = both_took_part(early)
    approve(two.payment)
    row = record_joins.join(one.person, two.person, None)

    record_joins.undo(row, None)

    one.refresh_from_db(), two.refresh_from_db()
    assert (one.payment.person, two.payment.person) == (one.person, two.person)


def test_person_who_approved_a_payment_is_not_joined_with_its_payee():
    boss = FinanceFactory()
    payment = PaymentFactory()
    Payment.objects.update(
        state=State.APPROVED, approved_by=boss, approved_at=KICK_OFF, method="stripe"
    )

    with pytest.raises(RuleError, match="has confirmed or approved"):
        record_joins.join(boss, payment.person, None)
