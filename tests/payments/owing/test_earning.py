"""What becomes due, comes back or is cancelled; by which rules; with whose name."""

import pytest

from collective.errors import RuleError
from collective.models import Activity, Call
from events.models import Registration
from events.sessions import answers, attendance, door, moving
from events.sessions.door import Newcomer
from payments import kinds as mails
from payments.models import Payment
from payments.owing import approvals, offering
from payments.owing.offering import Decision
from tests.factories import (
    KICK_OFF,
    ActivityFactory,
    CallFactory,
    CoordinatorFactory,
    FinanceFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PersonFactory,
    SessionFactory,
    sign_up,
)
from tests.messages import kinds

State, Mark = Payment.State, Registration.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


def after(early):
    early.move_to(KICK_OFF.replace(day=7))


def took_part(early, by=None, **answers):
    registration = sign_up(SessionFactory(), **answers)
    after(early)
    return attendance.mark(registration, Mark.ATTENDED, by=by or CoordinatorFactory())


def test_person_marked_as_having_taken_part_is_offered_the_fee_and_asked(early):
    jo = CoordinatorFactory()

    registration = took_part(early, by=jo)

    payment = registration.payment
    assert (payment.state, payment.fee_pence, payment.confirmed_by) == (State.DUE, 7500, jo)
    assert kinds(registration.person)[mails.OFFERED] == 1


def test_fee_is_the_one_of_the_sign_up(early):
    registration = sign_up(SessionFactory())
    registration.session.fee_pence = 9000
    registration.session.save()
    after(early)

    attendance.mark(registration, Mark.ATTENDED, by=CoordinatorFactory())

    assert Payment.objects.get().fee_pence == 7500


@pytest.mark.parametrize("capacity", ["paid_role", "not_sure"])
def test_person_in_a_paid_role_or_not_sure_is_owed_nothing(early, capacity):
    took_part(early, capacity=capacity)

    assert not Payment.objects.exists()


def test_marked_twice_there_is_one_payment(early):
    registration = took_part(early)

    attendance.mark(registration, Mark.ATTENDED, by=CoordinatorFactory())

    assert Payment.objects.count() == 1


def test_undone_mark_cancels_and_a_new_one_brings_the_same_row_back(early):
    registration = took_part(early)
    attendance.mark(registration, Mark.CONFIRMED, by=CoordinatorFactory())
    cancelled = Payment.objects.get().state

    attendance.mark(registration, Mark.ATTENDED, by=CoordinatorFactory())

    assert (cancelled, Payment.objects.get().state) == (State.CANCELLED, State.DUE)


def test_undone_mark_leaves_what_was_approved(early):
    registration = took_part(early)
    Payment.objects.update(
        state=State.APPROVED,
        approved_by=FinanceFactory(),
        approved_at=KICK_OFF,
        method=Payment.Method.STRIPE,
    )

    attendance.mark(registration, Mark.MISSED, by=CoordinatorFactory())

    assert Payment.objects.get().state == State.APPROVED


def test_one_s_own_mark_confirms_nothing(early):
    jo = CoordinatorFactory()
    registration = sign_up(SessionFactory(), jo)
    after(early)

    attendance.mark(registration, Mark.ATTENDED, by=jo)

    assert Payment.objects.get().confirmed_by is None


def test_somebody_else_confirms_it_then(early):
    jo, max_ = CoordinatorFactory(), FinanceFactory()
    registration = sign_up(SessionFactory(), jo)
    after(early)
    payment = attendance.mark(registration, Mark.ATTENDED, by=jo).payment

    with pytest.raises(RuleError):
        offering.confirm(payment.pk, jo)

    assert offering.confirm(payment.pk, max_).confirmed_by == max_


def test_capacity_corrected_afterwards_makes_it_due(early):
    registration = took_part(early, capacity="not_sure")

    answers.correct_capacity(registration, "personal", registration.person)

    assert Payment.objects.get().state == State.DUE


def test_capacity_corrected_to_a_paid_role_cancels_it(early):
    registration = took_part(early)

    answers.correct_capacity(registration, "paid_role", registration.person)

    assert Payment.objects.get().state == State.CANCELLED


def test_capacity_stands_once_the_payment_is_approved(early):
    registration = took_part(early)
    Payment.objects.update(
        state=State.APPROVED,
        approved_by=FinanceFactory(),
        approved_at=KICK_OFF,
        method=Payment.Method.STRIPE,
    )

    with pytest.raises(RuleError, match="approved already"):
        answers.correct_capacity(registration, "paid_role", registration.person)


@pytest.mark.parametrize(("rule", "payments"), [(True, 1), (False, 0)])
def test_person_who_came_for_part_is_paid_by_the_rule_of_the_call(early, rule, payments):
    registration = sign_up(SessionFactory(call=CallFactory(pays_for_part=rule)))
    after(early)

    attendance.mark(registration, Mark.ATTENDED, came_for_part=True, by=CoordinatorFactory())

    assert Payment.objects.count() == payments


@pytest.mark.parametrize(("rule", "payments"), [(True, 1), (False, 0)])
def test_cancelled_session_pays_people_with_a_place_by_the_rule_of_the_call(early, rule, payments):
    session = SessionFactory(call=CallFactory(pays_if_it_falls_through=rule), places=1)
    sign_up(session)
    sign_up(session)  # waits

    moving.cancel(session, "The room is flooded", CoordinatorFactory())

    assert Payment.objects.filter(reason=Payment.Reason.FELL_THROUGH).count() == payments


def test_walk_in_in_a_personal_capacity_is_asked_first(early):
    session = SessionFactory()
    after(early)

    registration = door.note_newcomer(session, Newcomer("Olive"), by=CoordinatorFactory())

    assert (registration.payment, registration.is_unsure) == (None, True)


def test_staff_decide_by_hand_with_a_reason(early):
    jo, person = CoordinatorFactory(), PersonFactory()
    decision = Decision(person, SessionFactory(), 3000, "Came, and had to leave at once.")

    payment = offering.pay_by_hand(decision, jo)

    assert (payment.reason, payment.reason_note, payment.confirmed_by) == (
        Payment.Reason.BY_HAND,
        "Came, and had to leave at once.",
        jo,
    )


@pytest.mark.parametrize("case", ["own", "no reason", "twice"])
def test_staff_cannot_decide_by_hand(early, case):
    jo, person, session = CoordinatorFactory(), PersonFactory(), SessionFactory()
    if case == "twice":
        offering.pay_by_hand(Decision(person, session, 3000, "Because"), jo)
    payee, why = jo if case == "own" else person, " " if case == "no reason" else "Why"

    with pytest.raises(RuleError):
        offering.pay_by_hand(Decision(payee, session, 3000, why), jo)


def small(call):
    return ActivityFactory(call=call, kind=Activity.Kind.CONVERSATION, fee_pence=2500)


def pay_small_fee(person, activity):
    decision = Decision(person, activity, 2500, "A conversation")
    return offering.pay_by_hand(decision, CoordinatorFactory())


def small_fee_call():
    return CallFactory(pay_rule=Call.PayRule.SMALL_FEE_ONLY)


def test_small_fee_goes_to_people_without_a_paid_session_in_the_call(early):
    activity = small(small_fee_call())

    assert pay_small_fee(PersonFactory(), activity)


def test_small_fee_does_not_go_to_people_paid_for_a_session_in_the_call(early):
    call = small_fee_call()
    paid = PaymentFactory(activity=SessionFactory(call=call))

    with pytest.raises(RuleError, match="small fee"):
        pay_small_fee(paid.person, small(call))


def test_small_fee_does_not_go_to_people_who_hold_a_paid_place(early):
    call = small_fee_call()
    registration = sign_up(SessionFactory(call=call))

    with pytest.raises(RuleError, match="small fee"):
        pay_small_fee(registration.person, small(call))


def test_small_fee_that_was_earned_is_never_taken_back_by_a_later_sign_up(early):
    call, person = small_fee_call(), PersonFactory()
    small_fee = pay_small_fee(person, small(call))
    registration = sign_up(SessionFactory(call=call), person)
    after(early)

    attendance.mark(registration, Mark.ATTENDED, by=CoordinatorFactory())

    small_fee.refresh_from_db()
    assert (small_fee.state, Payment.objects.filter(person=person).count()) == (State.DUE, 2)


def test_where_each_is_paid_both_are(early):
    call = CallFactory()
    paid = PaymentFactory(activity=SessionFactory(call=call))

    assert pay_small_fee(paid.person, small(call))


def test_person_who_confirmed_it_cannot_approve_it(early):
    jo = FinanceFactory()
    payment = took_part(early, by=jo).payment
    PayoutAccountFactory(person=payment.person)
    Payment.objects.update(choice="pay")

    with pytest.raises(RuleError, match="You confirmed"):
        approvals.approve(payment.pk, jo, seen=approvals.versions([payment])[payment.pk])
