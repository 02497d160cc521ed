"""Payments on Today and in the morning mail: by when, who may, what next."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from collective.messages import mail
from payments.models import Payment, PaymentRules
from payments.sending import hand_payouts
from portal.today import mail as today_mail
from portal.today import sections as today
from tests.factories import (
    KICK_OFF,
    CallFactory,
    CoordinatorFactory,
    FinanceFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PersonFactory,
    PhonePersonFactory,
    SessionFactory,
)
from tests.payments.rows import in_state
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]
State = Payment.State


def finance(**fields):
    """Somebody of the finance team alone."""
    person = FinanceFactory(**fields)
    person.groups.set([Group.objects.get(name="Finance")])
    return type(person).objects.get(pk=person.pk)


def lines(name, reader, call=None):
    return next(row for row in today.sections(reader, call) if row.name == name).lines


def to_approve(**fields):
    payment = PaymentFactory(**fields)
    PayoutAccountFactory(person=payment.person)
    return payment


def test_payment_to_approve_says_by_when_it_is_promised_and_who_may():
    ade = finance(name="Ade")
    to_approve(person=PersonFactory(name="Amina"))
    [for_ade], [for_max] = (lines("approve", reader) for reader in (ade, finance(name="Max")))
    Payment.objects.update(confirmed_by=ade)
    [confirmed] = lines("approve", ade)

    assert for_ade.words.startswith("Amina: £75 for Session")
    assert f"{for_ade.due:%A %d %B %H:%M}" == "Thursday 13 October 17:00"
    assert {for_ade.note, for_max.note} == {"You can approve it."}
    assert confirmed.note == "Max can approve it."


def test_payment_that_nobody_can_approve_says_so(late):
    payment = to_approve()
    late.shift(timedelta(days=14))

    [line] = lines("approve", alone(payment))

    assert line.note == "11 working days, and we promise 5. Nobody here can approve it."


def alone(payment):
    """The one approver, who confirmed the work."""
    ade = finance(name="Ade")
    Payment.objects.filter(pk=payment.pk).update(confirmed_by=ade)
    return ade


def test_payment_that_failed_says_what_to_do_and_offers_to_pay_by_hand():
    by_mail = in_state(State.FAILED, problem="payout_method_closed")
    by_phone = in_state(State.FAILED, problem="new_code", person=PhonePersonFactory())

    found = lines("pay_failed", finance())

    assert {line.note for line in found} == {
        "The bank says that this account is closed. We asked them to put it right on their own "
        "page. If that is hard, pay by hand instead.",
        "We could not pay into the bank account that we were given. Ring them: is there another "
        "account, or do they want to be paid by hand?",
    }
    assert {line.also.url.split("/")[-2] for line in found} == {"hand-instead", "by-hand-account"}
    assert {line.key for line in found} == {f"pay:{by_mail.pk}", f"pay:{by_phone.pk}"}


WAITS = [
    ({"state": State.DUE}, "not said where it goes"),
    ({"state": State.APPROVED}, "not set up any more"),
    ({"state": State.SENDING}, "Stripe has not told us"),
    ({"state": State.NEEDS_REVIEW}, "Two people settle it"),
]


@pytest.mark.parametrize(("fields", "words"), WAITS)
def test_late_payment_says_what_it_waits_for_from_the_sixth_working_day(late, fields, words):
    payment = PaymentFactory() if fields["state"] == State.DUE else in_state(**fields)
    reader = finance()
    late.shift(timedelta(days=6))  # Thursday 13 October, the promised day
    on_the_day = lines("pay_late", reader)
    late.shift(timedelta(days=1))
    [line] = lines("pay_late", reader)

    assert (on_the_day, line.key) == ([], f"pay:{payment.pk}")
    assert words in line.note and line.note.startswith("6 working days, and we promise 5.")


def by_hand(number=1):
    """Payments of as many people, given to the finance office by the person who is returned."""
    for _ in range(number):
        person = PayoutAccountFactory(method="office").person
        in_state(State.APPROVED, person=person)
    Payment.objects.update(method="office")


def test_finance_office_has_a_line_for_what_is_ready_and_for_each_export():
    ade, max_ = finance(name="Ade"), finance(name="Max")
    by_hand(2)
    [ready] = lines("office", ade)
    hand_payouts.export(ade)
    [mine], [others] = lines("office", ade), lines("office", max_)

    assert ready.words == "2 approved, £150: ready for the finance office"
    assert mine.words == "2 with the finance office, £150, since Friday 7 October"
    assert (mine.note.split()[0], others.note.split()[0]) == ("You", "Ade")
    assert f"{mine.due:%d %B}" == "13 October"


def test_what_stops_sending_and_unconfirmed_work_are_there():
    reader = finance()
    PaymentRules.note(is_paused=True, paused_because="We look into it.")
    PaymentFactory(confirmed_by=None, confirmed_at=None)

    assert [line.words for line in lines("money", reader)] == [
        "Sending is paused. We look into it."
    ]
    assert len(lines("confirm", reader)) == 1


def test_one_call_shows_only_its_payments():
    mine = to_approve(activity=SessionFactory(call=CallFactory()))
    to_approve()

    found = lines("approve", finance(), mine.activity.call)

    assert [line.key for line in found] == [f"pay:{mine.pk}"]


@pytest.mark.parametrize("number", [1, 12])
def test_finance_page_asks_as_often_for_one_as_for_many(django_assert_num_queries, number):
    by_hand(number)
    hand_payouts.export(FinanceFactory())
    for state in (State.FAILED, State.SENDING, State.NEEDS_REVIEW, State.APPROVED):
        for _ in range(number):
            in_state(state, confirmed_at=KICK_OFF - timedelta(days=30))
    for _ in range(number):
        to_approve()
    browser = browser_of(finance())
    browser.get("/admin/")

    with django_assert_num_queries(23):
        browser.get("/admin/")


def test_morning_mail_counts_payments_for_finance_and_for_nobody_else(late, outbox):
    ade = finance(email="ade@example.org")
    jo = CoordinatorFactory(email="jo@example.org")
    to_approve(person=PersonFactory(name="Amina"), confirmed_by=jo)
    today_mail.tell_staff()
    mail.send_due()

    [letter] = [row for row in outbox if row.to == [ade.email]]
    assert "Payments to approve: 1" in letter.body and "Amina" not in letter.body
    assert [row for row in outbox if row.to == [jo.email] and "approve" in row.body] == []
