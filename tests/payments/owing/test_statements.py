"""Papers: what stands on them, and that they are PDF/UA."""

import re
from datetime import UTC, datetime

import pytest

from collective.messages import mail
from payments import kinds, working_days
from payments.models import Expense, Payment
from payments.owing import statements
from tests.factories import PaymentFactory, PersonFactory, SessionFactory
from tests.payments.rows import in_state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]


def sent(at=datetime(2022, 10, 10, tzinfo=UTC), **fields):
    return in_state(Payment.State.SENT, sent_at=at, **fields)


def is_accessible(pdf):
    """Does it say what PDF/UA-1 asks for: tagged, a shown title, a language, its part?"""
    wanted = [
        rb"/MarkInfo",
        rb"/StructTreeRoot",
        rb"/DisplayDocTitle true",
        rb"/Lang",
        rb"pdfuaid:part>1<",
    ]
    return pdf.startswith(b"%PDF-") and all(re.search(part, pdf) for part in wanted)


def test_statement_tax_year_and_letter_are_accessible():
    payment = sent()
    papers = [
        statements.of_payment(payment),
        statements.of_tax_year(payment.person, 2022),
        statements.letter("Samantha O'Neill", [payment]),
    ]

    assert [is_accessible(paper) for paper in papers] == [True, True, True]


def test_statement_names_the_activity_neutrally_and_expenses_apart():
    payment = sent(activity=SessionFactory(title="About abuse", neutral_name="Community session"))
    Expense.objects.create(
        payment=payment,
        kind="travel",
        what="Bus",
        amount_pence=460,
        added_by=payment.person,
        state="accepted",
        decided_by=PersonFactory(),
        no_receipt_because="Lost",
    )
    Payment.objects.filter(pk=payment.pk)

    facts = dict(statements.facts(payment))

    assert (facts["For"], facts["Payment for taking part"]) == ("Community session", "£75")
    assert statements.expense_rows(payment) == [["Travel", "Bus", "£4.60"]]


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        (datetime(2022, 4, 5, 22, 59, tzinfo=UTC), 2021),  # 23:59 in London
        (datetime(2022, 4, 5, 23, 0, tzinfo=UTC), 2022),  # midnight in London: 6 April
        (datetime(2023, 1, 1, tzinfo=UTC), 2022),
    ],
)
def test_tax_year_begins_on_6_april_in_london(moment, year):
    assert statements.tax_year(moment) == year


def test_what_was_declined_or_given_stands_in_no_income():
    person = PersonFactory()
    PaymentFactory(person=person, state="declined", choice="decline", taken_pence=0)
    PaymentFactory(person=person, state="given", choice="give", taken_pence=0)

    assert statements.in_tax_year(person, 2022) == []


def test_bank_holidays_are_no_working_days():
    friday = datetime(2022, 12, 23).date()  # noqa: DTZ001 a day

    assert working_days.after(friday, 1).isoformat() == "2022-12-28"


def test_mail_with_the_statement_has_no_amount_in_its_subject(outbox):
    payment = sent()
    mail.tell(payment.person, kinds.SENT, payment)
    mail.send_due()

    (message,) = outbox
    assert message.subject == "Your statement, to keep"
    assert [part[0] for part in message.attachments] == ["statement.pdf"]
