"""The desk for what is paid by hand: export, record, "it was not paid"."""

from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect

from collective.admin.acts import ActAdmin
from collective.errors import RuleError
from collective.people.requests import MemberRequest
from payments.admin import exports
from payments.admin import record_file as columns
from payments.admin.forms import NotPaidForm, RecordFileForm, RecordForm
from payments.models import PayoutAccount, PayoutAttempt
from payments.sending import hand_payouts, hand_records
from payments.sending.hand_payouts import Said

BATCHES = 20
MOST_NAMED = 20
UNDER = "payments.recorded-by-hand"  # what the signature of a page that asks is for
AN_HOUR = 3600


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
        reference = data["reference"].upper()
        said = Said(reference, data["hand_reference"], data["voucher_code"])
        fits, refused = hand_records.look([hand_records.Line(1, said)], request.user)
        if fits:
            return _ask(admin_, request, fits, [])
        form.add_error(None, f"{reference}: {refused[0].why}")
    return _desk(admin_, request, form=form)


def _ask(
    admin_: ActAdmin,
    request: MemberRequest,
    fits: list[hand_records.Fits],
    refused: list[hand_records.Refused],
):
    """What would be recorded, and what not; nothing is yet."""
    said = [row.said for row in fits]
    shown = [(row.reference, row.theirs, row.voucher_code, str(row.attempt)) for row in said]
    return admin_.page(
        request,
        "admin/payments/payment/record.html",
        "Is this right?",
        fits=fits,
        refused=refused,
        pence=sum(row.attempt.amount_pence for row in fits),
        shown=signing.dumps([str(request.user.pk), shown], salt=UNDER, compress=True),
    )


@_for_finance
def record(admin_: ActAdmin, request: MemberRequest) -> HttpResponseRedirect:
    """Record what was shown, after a yes; what has changed since is named."""
    if request.method == "POST":
        _record(request)
    return redirect("admin:payments_hand")


def _record(request: MemberRequest) -> None:
    try:
        key, shown = signing.loads(request.POST.get("shown", ""), salt=UNDER, max_age=AN_HOUR)
    except signing.BadSignature:
        key, shown = "", []
    if key != str(request.user.pk):
        messages.error(request, "You looked at this too long ago. Please look once more.")
        return
    done = []
    for reference, theirs, code, attempt in shown:
        try:
            done.append(
                hand_payouts.record(Said(reference, theirs, code, UUID(attempt)), request.user)
            )
        except RuleError as error:
            messages.error(request, str(error))
    if done:
        who = ", ".join(f"{row.person} ({row.reference})" for row in done[:MOST_NAMED])
        more = f" and {len(done) - MOST_NAMED} more" if len(done) > MOST_NAMED else ""
        messages.success(request, f"Noted as paid, and told: {who}{more}.")


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
            columns.THEIRS,
            columns.CODE,
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
                attempt.hand_reference,
                "",
            ]
        )
    return exports.as_file(cells, f"payments-{str(batch)[:8]}")


@_for_finance
def record_file(admin_: ActAdmin, request: MemberRequest):
    """A file of references: what of it would be recorded, and what not and why; then it asks."""
    form = RecordFileForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _desk(admin_, request, file_form=form)
    fits, refused = hand_records.look(form.cleaned_data["file"], request.user)
    return _ask(admin_, request, fits, refused)


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
