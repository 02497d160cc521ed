"""A file of what was paid by hand: its headings are read, what would be recorded is shown first."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from payments.models import Payment
from payments.sending import hand_payouts, hand_records
from payments.sending.hand_payouts import Said
from tests.factories import FinanceFactory, PayoutAccountFactory, PersonFactory
from tests.payments.rows import in_state
from tests.signed_in import browser_of

State = Payment.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]
FILE = "/admin/payments/payment/by-hand/file/"


def with_the_office(*names):
    """Payments of people of these names, given to the finance office."""
    found = []
    for name in names:
        person = PersonFactory(name=name)
        PayoutAccountFactory(person=person, method="office")
        payment = in_state(State.APPROVED, person=person)
        Payment.objects.filter(pk=payment.pk).update(method="office")
        found.append(payment)
    hand_payouts.export(FinanceFactory())
    return found


@pytest.fixture
def finance():
    return browser_of(FinanceFactory(name="Ade"))


def upload(browser, text):
    file = SimpleUploadedFile("back.csv", text.encode() if isinstance(text, str) else text)
    return browser.post(FILE, {"file": file})


def words_of(answer):
    return " ".join(answer.content.decode().split())


def states():
    return {*Payment.objects.values_list("state", flat=True)}


def test_file_shows_what_would_be_recorded_and_records_it_after_a_yes(finance, outbox):
    [amina] = with_the_office("Amina")
    page = upload(finance, f"Reference;Paid with reference\n{amina.reference};BACS 17\n")
    before, shown = states(), re.search(r'name="shown" value="([^"]+)"', words_of(page))[1]

    said = words_of(
        finance.post(reverse("admin:payments_hand_record"), {"shown": shown}, follow=True)
    )
    amina.refresh_from_db()

    asked = words_of(page)
    assert all(part in asked for part in ("Amina</bdi>: £75", amina.reference, "BACS 17"))
    assert (before, amina.state, amina.attempts.get().hand_reference) == (
        {State.SENDING},
        State.SENT,
        "BACS 17",
    )
    assert f"Amina ({amina.reference})" in said


def test_our_own_exports_mark_nobody_as_paid(finance):
    [amina] = with_the_office("Amina")
    batch = amina.attempts.get().batch
    own = [
        reverse("admin:payments_hand_batch", args=[batch]),
        reverse("admin:payments_csv"),
        reverse("admin:payments_expenses_csv"),
        reverse("admin:payments_history_csv"),
    ]

    pages = [words_of(upload(finance, finance.get(address).getvalue())) for address in own]

    assert [page for page in pages if 'name="shown"' in page] == []
    assert "Line 2, P-" in pages[0] and "no reference of the finance office yet" in pages[0]
    assert all("no column called" in page for page in pages[1:])
    assert states() == {State.SENDING}


def test_export_with_its_empty_column_filled_in_is_the_file(finance):
    [amina] = with_the_office("Amina")
    address = reverse("admin:payments_hand_batch", args=[amina.attempts.get().batch])
    head, row = finance.get(address).getvalue().decode().split("\r\n")[:2]
    cells = row.split(",")
    cells[head.split(",").index("Paid with reference")] = "BACS 17"

    page = words_of(upload(finance, f"{head}\r\n{','.join(cells)}\r\n"))

    assert "BACS 17" in page and 'name="shown"' in page and "Left out" not in page


REFUSED = [
    ("P-UNKNOWN1,BACS 1,,", "no payment with this reference"),
    (",BACS 1,,", "no reference of ours"),
    ("{0},,,", "no reference of the finance office yet"),
    ("{0}," + "x" * 61 + ",,", "longer than 60 letters"),
    ("{0},BACS 1,Bartek,", "the file says Bartek, and this payment is Amina’s"),
    ("{0},BACS 1,Amina,70.00", "the file says 70.00, and this payment is £75"),
    ("{0},BACS 1,,some", "the file says some"),
]


@pytest.mark.parametrize(("line", "why"), REFUSED)
def test_line_that_does_not_fit_is_left_out_with_its_number_and_reason(finance, line, why):
    [amina] = with_the_office("Amina")

    page = words_of(
        upload(
            finance,
            "Reference,Paid with reference,Name,Amount\n" + line.format(amina.reference),
        )
    )

    assert "Line 2" in page and why in page and 'name="shown"' not in page


def test_line_about_the_same_payment_twice_is_left_out(finance):
    [amina] = with_the_office("Amina")
    line = f"{amina.reference},BACS 1\n"

    page = words_of(upload(finance, f"Reference,Paid with reference\n{line}{line}"))

    assert "Line 3" in page and "line 2 is about the same payment" in page


FITTING = ["75", "£75.00", "75,00", "GBP 75.00"]


@pytest.mark.parametrize("amount", FITTING)
def test_amount_is_read_as_offices_write_it(amount):
    assert hand_records.pence_of(amount) == 7500


FILES = [
    ("Name,Amount\nx,1\n", "no column called “Reference” or “Paid with reference”"),
    ("Reference,Theirs,Their reference\nx,1,2\n", "more than once"),
    ("Reference,Theirs\n", "no line under the headings"),
    ("Reference,Theirs\n" + "x,1\n" * 501, "more than 500 lines"),
    ("", "empty"),
    ("\x89PNG\r\n\x1a\n\x00\r\x00,\r", "We cannot read this"),
]


@pytest.mark.parametrize(("text", "why"), FILES)
def test_file_that_is_no_such_list_is_refused_whole(finance, text, why):
    page = words_of(upload(finance, text))

    assert why in page and "errorlist" in page


def test_many_lines_are_looked_at_in_as_many_queries_as_one(django_assert_num_queries):
    by = FinanceFactory()
    found = with_the_office(*(f"Person {number}" for number in range(12)))
    lines = [
        hand_records.Line(number, Said(row.reference, "BACS 1")) for number, row in enumerate(found)
    ]

    for some in (lines[:1], lines):
        with django_assert_num_queries(2):
            fits, _ = hand_records.look(some, by)
        assert len(fits) == len(some)


def test_one_payment_is_shown_too_before_it_is_recorded(finance):
    [amina] = with_the_office("Amina")
    typed = {"reference": amina.reference.lower(), "hand_reference": "BACS 17"}

    page = words_of(finance.post(reverse("admin:payments_hand"), typed))

    assert "Amina</bdi>: £75" in page and states() == {State.SENDING}


@pytest.mark.parametrize("whose", ["forged", "a colleague's", "older"])
def test_yes_to_what_was_not_shown_to_this_person_lately_records_nothing(finance, whose, late):
    [amina] = with_the_office("Amina")
    text = f"Reference,Theirs\n{amina.reference},BACS 1\n"
    other = finance if whose == "older" else browser_of(FinanceFactory())
    shown = re.search(r'name="shown" value="([^"]+)"', words_of(upload(other, text)))[1]
    if whose == "older":
        late.shift(3601)
    sent = {"shown": f"x{shown}" if whose == "forged" else shown}

    page = words_of(finance.post(reverse("admin:payments_hand_record"), sent, follow=True))

    assert "too long ago" in page and states() == {State.SENDING}
