"""Two records of one person: payments go along, nobody is paid twice, and it can be undone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collective import clock
from collective.errors import RuleError
from collective.models import RecordJoin
from collective.people import record_joins
from collective.templatetags.collective import day
from events.models import Registration
from events.sessions import attendance
from payments import joins
from payments.models import Payment, PayoutAccount
from payments.owing.checks import Checks
from payments.sending import payout_accounts
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
from tests.joining import join, undo
from tests.signed_in import browser_of

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

    join(kept, payment.person)

    account = PayoutAccount.objects.get()
    assert (open_payments(kept), account.person, account.wait_until > clock.now()) == (
        [payment],
        kept,
        True,
    )


def test_of_two_for_one_session_one_is_left(early):
    one, two = both_took_part(early)

    join(one.person, two.person)

    assert len(open_payments(one.person)) == 1


def test_the_one_that_is_approved_is_left(early):
    one, two = both_took_part(early)
    approve(two.payment)

    join(one.person, two.person)

    assert open_payments(one.person) == [two.payment]


def test_two_that_are_approved_are_not_joined(early):
    one, two = both_took_part(early)
    approve(one.payment)
    approve(two.payment)

    with pytest.raises(RuleError, match="Both have an approved payment"):
        join(one.person, two.person)


def test_undone_each_has_its_own_again(early):
    one, two = both_took_part(early)
    approve(two.payment)
    row = join(one.person, two.person)

    undo(row)

    one.refresh_from_db(), two.refresh_from_db()
    assert (one.payment.person, two.payment.person) == (one.person, two.person)


def test_person_who_approved_a_payment_is_not_joined_with_its_payee():
    boss = FinanceFactory()
    payment = PaymentFactory()
    Payment.objects.update(
        state=State.APPROVED, approved_by=boss, approved_at=KICK_OFF, method="stripe"
    )
    boss.is_staff = False  # they have left the team since
    boss.save()

    with pytest.raises(RuleError, match="has confirmed or approved"):
        join(boss, payment.person)


# Finance reads it before approving


def test_check_says_by_which_join_a_payment_came_until_that_is_undone():
    payment, kept = PaymentFactory(), PersonFactory()
    row = join(kept, payment.person)
    payment.refresh_from_db()

    words = [check.words for check in Checks([payment]).of(payment) if check.warns]
    undo(row)
    payment.refresh_from_db()

    came = f"Came by a join of {day(row.joined_at)} by {row.by_whom}."
    assert came in words
    assert came not in [check.words for check in Checks([payment]).of(payment)]


def test_approval_page_and_board_say_it_too():
    payment, kept = PaymentFactory(), PersonFactory()
    join(kept, payment.person)
    PayoutAccountFactory(person=kept)
    finance = browser_of(FinanceFactory())

    for address in ("payments_payment_approve", "payments_payment_change"):
        page = finance.get(reverse(f"admin:{address}", args=[payment.pk])).content.decode()
        assert "Came by a join of" in page
    assert "Came by a join of" in finance.get(reverse("admin:payments")).content.decode()


def test_account_that_came_meanwhile_is_not_left_behind():
    kept, gone = PersonFactory(), PersonFactory()
    PayoutAccountFactory(person=gone)

    assert (joins.is_clear(kept, gone), joins.is_clear(gone, kept)) == (False, True)


def warnings_of(payment):
    payment.refresh_from_db()
    return [check.words for check in Checks([payment]).of(payment) if check.warns]


def attended(row, early):
    """The payment that this place has earned."""
    early.move_to(KICK_OFF.replace(day=7))
    return attendance.mark(row, Registration.State.ATTENDED, by=CoordinatorFactory()).payment


def test_payment_that_arose_after_the_join_says_so_too_also_weeks_later(early):
    registration, kept = sign_up(SessionFactory()), PersonFactory()
    row = join(kept, registration.person)
    registration.refresh_from_db()

    payment = attended(registration, early)
    record_joins.forget_old()

    assert RecordJoin.objects.get().moved is None
    assert f"Came by a join of {day(row.joined_at)} by {row.by_whom}." in warnings_of(payment)


def test_payment_of_the_kept_record_itself_did_not_come_by_the_join(early):
    registration = sign_up(SessionFactory())
    join(registration.person, PersonFactory())

    assert not [words for words in warnings_of(attended(registration, early)) if "join" in words]


def test_payment_to_an_account_that_came_by_a_join_says_so(early):
    payment, gone = PaymentFactory(), PersonFactory()
    PayoutAccountFactory(person=gone)

    row = join(payment.person, gone)

    words = f"Where it goes came by a join of {day(row.joined_at)} by {row.by_whom}."
    assert words in warnings_of(payment)
    early.shift(timedelta(days=1))
    choose_cash(payment.person)
    assert words not in warnings_of(payment)


def choose_cash(person):
    payout_accounts.choose_by_hand(person, payout_accounts.ByHand(Payment.Method.CASH))


def test_payment_that_arose_after_a_join_goes_back_with_its_place(early):
    registration = sign_up(SessionFactory())
    gone, row = registration.person, join(PersonFactory(), registration.person)
    early.shift(timedelta(hours=1))
    registration.refresh_from_db()
    Registration.objects.filter(pk=registration.pk).update(
        payment=PaymentFactory(person=row.kept, activity=registration.session)
    )

    undo(row)

    assert Payment.objects.get().person == gone
