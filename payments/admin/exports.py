"""Everything as a file (CSV, safe for spreadsheets), row by row, for staff who see payments."""

import csv

from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse

from collective.admin.acts import ActAdmin
from collective.people.requests import MemberRequest
from collective.safety.csv_cells import safe_row
from payments.admin import in_words
from payments.models import Expense, Payment, PaymentEvent

A_CHUNK = 500


class Echo:
    """What the csv module writes to, a line at a time."""

    def write(self, line):
        return line


def in_pounds(pence: int | None) -> str:
    return "" if pence is None else f"{pence / 100:.2f}"


def as_file(rows, name: str) -> StreamingHttpResponse:
    """The rows as CSV, none kept in memory."""
    writer = csv.writer(Echo())

    def lines():
        yield "\ufeff"
        for row in rows:
            yield writer.writerow(safe_row(row))

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _for_finance(rows_of, name: str):
    def view(admin_: ActAdmin, request: MemberRequest) -> StreamingHttpResponse:
        if not request.user.has_perm("payments.view_payment"):
            raise PermissionDenied
        return as_file(rows_of(), name)

    return view


def payment_rows():
    yield [
        "Reference",
        "Name",
        "Call",
        "For",
        "Day",
        "State",
        "Fee",
        "Taken",
        "Expenses",
        "How",
        "Confirmed by",
        "Approved by",
        "Sent",
    ]
    people = ("person", "activity__call", "confirmed_by", "approved_by")
    for row in Payment.objects.select_related(*people).order_by("created_at").iterator(A_CHUNK):
        yield [
            row.reference,
            str(row.person),
            row.activity.call.title,
            row.activity.title,
            row.happened_on,
            row.get_state_display(),
            in_pounds(row.fee_pence),
            in_pounds(row.taken_pence),
            in_pounds(row.expenses_pence),
            row.get_method_display(),
            row.confirmed_by or "",
            row.approved_by or "",
            f"{row.sent_at:%Y-%m-%d}" if row.sent_at else "",
        ]


def expense_rows():
    yield [
        "Payment",
        "Name",
        "Kind",
        "What",
        "Amount",
        "State",
        "Receipt",
        "Added by",
        "Decided by",
        "Told",
    ]
    people = ("payment__person", "added_by", "decided_by")
    for row in Expense.objects.select_related(*people).order_by("created_at").iterator(A_CHUNK):
        yield [
            row.payment.reference,
            str(row.payment.person),
            row.get_kind_display(),
            row.what,
            in_pounds(row.amount_pence),
            row.get_state_display(),
            "yes" if row.receipt else row.no_receipt_because or "no",
            row.added_by,
            row.decided_by or "",
            row.told,
        ]


def event_rows():
    yield ["Payment", "At (UTC)", "What", "By", "Details"]
    events = PaymentEvent.objects.select_related("payment", "by").order_by("pk")
    for row in events.iterator(A_CHUNK):
        yield [
            row.payment.reference,
            f"{row.at:%Y-%m-%d %H:%M}",
            row.get_what_display(),
            row.by or "",
            in_words.details_of(row),
        ]


payments = _for_finance(payment_rows, "payments")
expenses = _for_finance(expense_rows, "expenses")
history = _for_finance(event_rows, "payment-history")
