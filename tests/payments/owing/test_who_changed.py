"""Whoever approves a payment reads who changed what it hangs on, until it is settled."""

from datetime import UTC, datetime, timedelta

import pghistory
import pytest
from django.urls import reverse

from collective import clock
from collective.errors import RuleError
from collective.people import contact_changes
from payments.models import Payment, PayoutAccount
from payments.owing import approvals
from payments.owing.checks import Checks
from payments.sending import payout_accounts
from payments.sending.payout_accounts import ByHand
from tests.factories import (
    CoordinatorFactory,
    FinanceFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PhonePersonFactory,
    SessionFactory,
)
from tests.signed_in import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]
CASH = ByHand(Payment.Method.CASH)


@pytest.fixture
def jo():
    return CoordinatorFactory(name="Jo")


@pytest.fixture
def payment():
    return PaymentFactory(person=PhonePersonFactory(name="Olive"))


@pytest.fixture
def finance(client):
    person = FinanceFactory(name="Ade")
    client.force_login(person)
    with_second_factor(client, person)
    return person


def told(payment):
    fresh = Payment.objects.get(pk=payment.pk)
    return " ".join(check.words for check in Checks([fresh]).told(fresh))


def test_destination_that_a_colleague_noted_is_said_with_their_name(jo, payment):
    payout_accounts.choose_by_hand(payment.person, CASH, jo)

    assert told(payment) == "Where it goes was changed on Friday 7 October by Jo."


def test_the_same_colleague_who_confirmed_the_work_is_said(jo, payment):
    Payment.objects.update(confirmed_by=jo)

    payout_accounts.choose_by_hand(payment.person, CASH, jo)

    assert "by Jo, who also confirmed the work." in told(payment)


def test_change_by_themselves_is_said_until_the_payment_is_settled(payment, late):
    PayoutAccountFactory(person=payment.person)
    payout_accounts.choose_by_hand(payment.person, CASH)
    late.shift(timedelta(days=60))

    assert told(payment) == "Where it goes was changed on Friday 7 October by themselves."


def test_change_long_before_the_payment_is_not_said(late):
    person = PhonePersonFactory()
    PayoutAccountFactory(person=person)
    payout_accounts.choose_by_hand(person, CASH)
    late.shift(timedelta(days=60))

    assert told(PaymentFactory(person=person)) == ""


@pytest.mark.parametrize(("days", "is_said"), [(29, True), (31, False)])
def test_changed_contacts_are_said_for_a_month(jo, payment, late, days, is_said):
    payment.person.phone = "+447700900999"
    contact_changes.save(payment.person, jo)
    late.shift(timedelta(days=days))

    assert ("How to reach them was changed on Friday 7 October by Jo." in told(payment)) is is_said


def test_changed_email_address_is_said(jo, payment):
    ways = contact_changes.ways_of(payment.person)
    contact_changes.note(payment.person, ["email"], ways, jo)

    assert "Their email address was changed on Friday 7 October by Jo." in told(payment)


def made_by(person, **times):
    """A session that this colleague made: the history takes its day from the database's clock."""
    with pghistory.context(user=str(person.pk), route="admin:events_session_add"):
        return SessionFactory(**times)


def test_session_made_after_its_own_end_is_said_with_who_made_it(jo):
    payment = PaymentFactory(activity=made_by(jo), confirmed_by=jo)

    words = "The session was made after its own end, by Jo, who also confirmed the work."
    assert told(payment) == words


def test_session_made_in_time_is_not_said(jo):
    ahead = datetime(2100, 1, 1, 12, tzinfo=UTC)
    session = made_by(jo, starts_at=ahead, ends_at=ahead + timedelta(hours=2))

    assert told(PaymentFactory(activity=session, confirmed_by=jo)) == ""


def test_whoever_noted_where_it_goes_does_not_approve_it(jo, payment):
    boss = FinanceFactory()
    payout_accounts.choose_by_hand(payment.person, CASH, boss)
    seen = approvals.versions([payment])[payment.pk]

    with pytest.raises(RuleError, match="You noted where it goes"):
        approvals.approve(payment.pk, boss, seen=seen)


def test_page_of_an_approved_payment_still_says_it(client, finance, jo, payment):
    payout_accounts.choose_by_hand(payment.person, CASH, jo)
    seen = approvals.versions([payment])[payment.pk]
    approvals.approve(payment.pk, FinanceFactory(), seen=seen)

    page = client.get(reverse("admin:payments_payment_change", args=[payment.pk]))

    assert "Where it goes was changed on Friday 7 October by Jo." in page.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_checks_ask_the_same_number_of_queries_however_many(django_assert_num_queries, jo, number):
    rows = [
        PaymentFactory(person=PhonePersonFactory(), activity=made_by(jo)) for _ in range(number)
    ]
    for row in rows:
        payout_accounts.choose_by_hand(row.person, CASH, jo)
        row.person.phone = "+447700900999"
        contact_changes.save(row.person, jo)
    found = list(Payment.objects.select_related("person", "activity__call", "confirmed_by"))

    with django_assert_num_queries(11):
        checks = Checks(found)
        assert all(len(checks.told(row)) == 3 for row in found)
    assert PayoutAccount.objects.filter(changed_by=jo, changed_at=clock.now()).count() == number
