"""Expenses: staff add one for somebody, and decide on them."""

from django.contrib import admin, messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from collective.admin.acts import ActAdmin, MadeElsewhere
from collective.errors import RuleError
from collective.models.person import Person
from collective.people.requests import MemberRequest
from collective.safety import uploads
from collective.templatetags.collective import pounds
from payments.admin.forms import DecideExpenseForm, StaffExpenseForm
from payments.models import Expense, Payment
from payments.owing import expenses

NOTHING = "This call pays back nothing yet. Set a limit under “Expense limits” first."


def add(admin_: ActAdmin, request: MemberRequest, payment: Payment):
    """An expense for the person: with a receipt, a reason, or paid before it is spent."""
    limits = expenses.limits(payment.activity.call)
    form = StaffExpenseForm(request.POST or None, request.FILES or None, limits=limits)
    if request.method == "POST" and form.is_valid():
        try:
            expense = expenses.claim(payment.pk, request.user, form.claimed)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Added. Now decide on it.")
            return redirect("admin:payments_expense_decide", expense.pk)
    return admin_.page(
        request,
        "admin/payments/payment/form.html",
        "An expense of theirs",
        payment=payment,
        form=form,
        button="Add it",
        nothing="" if limits else NOTHING,
    )


def decide(admin_: ActAdmin, request: MemberRequest, expense: Expense):
    """Pay it back, or not, with a word for the person."""
    form = DecideExpenseForm(request.POST or None, expense=expense)
    if request.method == "POST" and form.is_valid():
        try:
            _decide(expense, request.user, form.cleaned_data)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Decided.")
            return redirect("admin:payments_payment_change", expense.payment_id)
    return admin_.page(
        request,
        "admin/payments/payment/form.html",
        "Decide on an expense",
        payment=expense.payment,
        form=form,
        button="Keep this",
        about=f"{expense}, {pounds(expense.amount_pence)}",
        expense=expense,
    )


def _decide(expense: Expense, by: Person, data: dict[str, str]) -> None:
    if data["decision"] == DecideExpenseForm.REFUSE:
        expenses.refuse(expense.pk, by, told=data["told"])
        return
    reason = data.get("no_receipt_because", "")
    expenses.accept(expense.pk, by, told=data["told"], no_receipt_because=reason)


def receipt(admin_: ActAdmin, request: MemberRequest, expense: Expense) -> FileResponse:
    """The receipt; always as a download, and on record."""
    if not expense.receipt:
        raise Http404
    admin_.log_change(request, expense, "Looked at the receipt")
    return FileResponse(uploads.opened(expense.receipt), as_attachment=True)


@admin.register(Expense)
class ExpenseAdmin(MadeElsewhere, ActAdmin):
    list_display = ["what", "kind", "amount", "state", "person", "created_at"]
    list_filter = ["state", "kind"]
    ordering = ["decided_by", "created_at"]
    list_select_related = ["payment__person"]
    search_fields = ["what", "payment__reference", "payment__person__name"]
    pages = {"decide": decide, "receipt": receipt}
    exclude = ["receipt"]
    readonly_fields = [
        "payment",
        "kind",
        "what",
        "amount",
        "receipt_link",
        "no_receipt_because",
        "is_prepaid",
        "state",
        "told",
        "added_by",
        "decided_by",
        "created_at",
    ]
    fields = [*readonly_fields]
    change_form_template = "admin/payments/expense/change_form.html"

    def view_on_site(self, obj) -> None:
        """No link: the page is the person's own."""

    @admin.display(description="Amount")
    def amount(self, expense: Expense) -> str:
        return pounds(expense.amount_pence)

    @admin.display(description="Person")
    def person(self, expense: Expense) -> Person:
        return expense.payment.person

    @admin.display(description="Receipt")
    def receipt_link(self, expense: Expense) -> str:
        if not expense.receipt:
            return "none"
        return format_html(
            '<a href="{}">Download it</a>',
            reverse("admin:payments_expense_receipt", args=[expense.pk]),
        )
