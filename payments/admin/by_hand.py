"""The desk for what is paid by hand: export, record, "it was not paid"."""

from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect

from collective.admin.acts import ActAdmin
from collective.errors import RuleError
from collective.people.requests import MemberRequest
from payments.admin import exports
from payments.admin.forms import NotPaidForm, RecordFileForm, RecordForm
from payments.models import PayoutAccount, PayoutAttempt
from payments.sending import hand_payouts

BATCHES = 20


def _for_finance(page):
    """Only for staff who pay by hand."""

    @wraps(page)
    def view(admin_: ActAdmin, request: MemberRequest, **arguments):
        if not request.user.has_perm("payments.pay_by_hand"):
            raise PermissionDenied
        return page(admin_, request, **arguments)

    return view


@_for_finance
def desk(admin_: ActAdmin, request: MemberRequest):
    """What is ready, what is with the finance office, and the form to record what came back."""
    form = RecordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            payment = hand_payouts.record(
                data["reference"],
                data["hand_reference"],
                request.user,
                voucher_code=data["voucher_code"],
            )
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"{payment.reference} is noted as paid, and {payment.person} is told."
            )
            return redirect("admin:payments_hand")
    return _desk(admin_, request, form=form)


def _desk(
    admin_: ActAdmin,
    request: MemberRequest,
    *,
    form: Form | None = None,
    file_form=None,
    not_paid_form=None,
):
    out = hand_payouts.with_the_office()
    out = out.select_related("payment__person", "exported_by").order_by("created_at", "pk")[:200]
    batches: dict[UUID | None, list[PayoutAttempt]] = {}
    for attempt in out:
        batches.setdefault(attempt.batch, []).append(attempt)
    return admin_.page(
        request,
        "admin/payments/payment/by_hand.html",
        "Paid by hand",
        ready=hand_payouts.ready().count(),
        waiting=hand_payouts.waiting().count(),
        batches=list(batches.items())[:BATCHES],
        form=form or RecordForm(),
        file_form=file_form or RecordFileForm(),
        not_paid_form=not_paid_form or NotPaidForm(),
    )


@_for_finance
def export(admin_: ActAdmin, request: MemberRequest) -> HttpResponseRedirect:
    """Put what is ready on its way to the finance office."""
    if request.method != "POST":
        return redirect("admin:payments_hand")
    try:
        batch = hand_payouts.export(request.user)
    except RuleError as error:
        messages.error(request, str(error))
        return redirect("admin:payments_hand")
    if batch is None:
        messages.info(request, "Nothing is ready to be paid by hand.")
        return redirect("admin:payments_hand")
    messages.success(
        request,
        "It is with the finance office now. Download the file below, as often as you need it.",
    )
    return redirect("admin:payments_hand")


@_for_finance
def batch_file(admin_: ActAdmin, request: MemberRequest, batch) -> StreamingHttpResponse:
    """One export as CSV: names, amounts, references. Never bank details."""
    rows = hand_payouts.rows_of(batch)
    if not rows:
        raise Http404
    cells = [
        [
            "Reference",
            "Name",
            "Amount",
            "Payee reference",
            "How",
            "Voucher",
            "Delivery",
            "For",
            "State",
        ]
    ]
    for payment, attempt, account in rows:
        account = account or PayoutAccount()
        cells.append(
            [
                payment.reference,
                str(payment.person),
                exports.in_pounds(attempt.amount_pence),
                account.payee_reference,
                attempt.get_method_display(),
                account.voucher,
                account.get_deliver_display(),
                payment.activity.neutral_name,
                attempt.get_state_display(),
            ]
        )
    return exports.as_file(cells, f"payments-{str(batch)[:8]}")


@_for_finance
def record_file(admin_: ActAdmin, request: MemberRequest):
    """A file of references: each line that fits is recorded, and each that does not is named."""
    form = RecordFileForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _desk(admin_, request, file_form=form)
    done = 0
    for reference, theirs in form.cleaned_data["file"]:
        try:
            hand_payouts.record(reference, theirs, request.user)
            done += 1
        except RuleError as error:
            messages.error(request, str(error))
    messages.success(request, f"{done} noted as paid.")
    return redirect("admin:payments_hand")


@_for_finance
def not_paid(admin_: ActAdmin, request: MemberRequest):
    """It came back from the finance office unpaid."""
    form = NotPaidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hand_payouts.was_not_paid(
                form.cleaned_data["reference"], form.cleaned_data["why"], request.user
            )
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Noted. It is in the next export again.")
            return redirect("admin:payments_hand")
    return _desk(admin_, request, not_paid_form=form)
