"""Finance's board: every payment in its column, with what is late and why something waits."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collective.models import Person
from payments import board
from payments.models import Payment, PayoutAccount
from portal.budget import budget
from tests.factories import (
    KICK_OFF,
    CallFactory,
    FinanceFactory,
    PaymentFactory,
    PersonFactory,
    SessionFactory,
    approved,
    sign_up,
)
from tests.journeys.payment_world import make_desk, make_payments
from tests.payments.rows import in_state
from tests.signed_in import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]


@pytest.fixture
def finance(client):
    person = FinanceFactory(name="Kay")
    client.force_login(person)
    with_second_factor(client, person)
    return person


def test_payment_of_each_state_stands_in_its_column(client, finance):
    call = CallFactory()
    make_desk(make_payments(PersonFactory(), call))

    page = client.get(reverse("admin:payments"))
    numbers = {column.name: column.number for column in board.columns(call)}

    assert page.status_code == 200
    assert numbers == {
        "confirm": 0,
        "choose": 1,
        "set_up": 1,
        "approve": 1,
        "way": 2,
        "failed": 1,
        "review": 1,
        "done": 2,
    }


def test_what_is_late_is_said_in_working_days(late):
    payment = PaymentFactory()
    late.shift(timedelta(days=9))  # confirmed on Thursday 6 October; now it is Sunday 16

    assert board.late_by(payment) == 6


def test_approved_payment_that_cannot_go_says_why(client, finance):
    approved()
    PayoutAccount.objects.update(state="to_mend")

    assert (
        "Where it goes is not set up any more"
        in client.get(reverse("admin:payments")).content.decode()
    )


def test_budget_counts_promised_due_paid_and_left(early):
    call = CallFactory(budget_pence=50_000)
    session = SessionFactory(call=call)
    sign_up(session)
    sign_up(session, capacity="paid_role")
    PaymentFactory(activity=session)
    in_state(Payment.State.SENT, activity=session)

    found = budget(call)

    del found["talks"]
    assert found == {"promised": 7500, "due": 7500, "paid": 7500, "left": 27_500, "budget": 50_000}


@pytest.mark.thorough
@pytest.mark.parametrize("number", [10, 1000])
def test_board_asks_the_same_number_of_queries_for_ten_and_for_a_thousand(
    client, finance, number, django_assert_num_queries
):
    session, confirmed = SessionFactory(), PersonFactory()
    people = Person.objects.bulk_create(
        [Person(email=f"p{row}@example.org", name="P", password="!") for row in range(number)]
    )
    PayoutAccount.objects.bulk_create(
        [
            PayoutAccount(
                person=person, state="ready", payout_method="x", stripe_account=f"a{person.pk}"
            )
            for person in people
        ]
    )
    Payment.objects.bulk_create(
        [
            Payment(
                person=person,
                activity=session,
                fee_pence=7500,
                taken_pence=7500,
                choice=["pay", ""][row % 2],
                happened_on=KICK_OFF.date(),
                choose_by=KICK_OFF.date(),
                confirmed_by=confirmed,
                confirmed_at=KICK_OFF,
            )
            for row, person in enumerate(people)
        ]
    )

    with django_assert_num_queries(26):
        client.get(reverse("admin:payments"))
