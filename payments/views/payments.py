from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from collective import clock
from collective.errors import RuleError
from collective.models import Person
from collective.people.access import name_needed
from collective.people.presses import press_only
from collective.people.requests import MemberRequest
from collective.safety import uploads
from collective.typed.worded import asks
from payments.forms import ChoiceForm, ExpenseForm
from payments.models import Expense, Payment, PayoutAccount
from payments.models.payment_states import PAID, State
from payments.owing import choices, expenses, statements, timeline
from payments.sending import arrivals, payout_accounts

A_PAGE = 20


def mine_or_404(request: MemberRequest, pk: UUID) -> Payment:
    rows = Payment.objects.visible_to(request.user).select_related("activity__call", "person")
    return get_object_or_404(rows, pk=pk)


@login_required
@name_needed
@require_safe
def payments(request: MemberRequest) -> HttpResponse:
    """Every payment of mine, where my money goes, and papers to take along."""
    mine = Payment.objects.visible_to(request.user).select_related("activity__call").with_choices()
    page = Paginator(mine, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "account": payout_accounts.account_of(request.user),
        "years": statements.tax_years(request.user),
    }
    return render(request, "payments/payments.html", context)


@login_required
@require_safe
def payment(request: MemberRequest, pk: UUID) -> HttpResponse:
    """One payment: what I would like, how far it is, my expenses, and the statement."""
    found = mine_or_404(request, pk)
    account, is_paid = payout_accounts.account_of(request.user), found.state in PAID
    context = {
        "payment": found,
        "account": account,
        "steps": timeline.steps(found, account),
        "expenses": found.expenses.all(),
        "limits": expenses.limits(found.activity.call),
        "can_claim": expenses.can_claim(found),
        "needs_account": _needs_account(found, account),
        "facts": statements.facts(found) if is_paid else [],
        "payer": statements.payer() if is_paid else None,
        "voucher_code": _voucher_code(found),
    }
    return render(request, "payments/payment.html", context)


def _needs_account(payment: Payment, account: PayoutAccount | None) -> bool:
    """Is there something to pay, and nowhere for it to go?"""
    is_due = payment.state == State.DUE and payment.is_answered and payment.amount_pence > 0
    has_somewhere = account is not None and account.is_ready
    return (is_due or payment.state == State.FAILED) and not has_somewhere


def _voucher_code(payment: Payment) -> str:
    """On one's own page only; it stays there, also if the way of being paid was changed since."""
    if payment.method != Payment.Method.VOUCHER:
        return ""
    attempt = payment.attempts.live().first()
    return (attempt and attempt.voucher_code) or ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@asks(ChoiceForm)
def choose(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What should become of it: changeable until it is sent."""
    found = mine_or_404(request, pk)
    if not found.can_choose:
        messages.info(request, choices.why_not(found))
        return redirect(found)
    form = ChoiceForm(request.POST or None, payment=found, initial=ChoiceForm.initial_for(found))
    if request.method == "POST" and form.is_valid():
        try:
            form.save(request.user)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "We have noted what you would like. You can still change it.")
            return redirect(found)
    return render(request, "payments/choose.html", {"payment": found, "form": form})


@login_required
@press_only("payment", "pk")
def arrived(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _say(request, pk, arrivals.got_it, "Thank you. We have noted that it has come.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def missing(request: MemberRequest, pk: UUID) -> HttpResponse:
    """It has not come: a page that says how things stand, and asks once more."""
    if request.method == "POST":
        words = "We are sorry. We will look into it, and write to you."
        return _say(request, pk, arrivals.it_has_not_come, words)
    found = mine_or_404(request, pk)
    if found.state not in PAID or found.missing_said_at:
        return redirect(found)
    today = timezone.localdate(clock.now())
    return render(request, "payments/missing.html", {"payment": found, "today": today})


def _say(
    request: MemberRequest, pk: UUID, rule: Callable[[UUID, Person], Payment], words: str
) -> HttpResponse:
    found = mine_or_404(request, pk)
    try:
        rule(found.pk, request.user)
    except RuleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect(found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@asks(ExpenseForm)
def add_expense(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What it cost me, with a receipt."""
    found = mine_or_404(request, pk)
    limits = expenses.limits(found.activity.call)
    if not limits or not expenses.can_claim(found):
        messages.info(request, "Nothing can be added to this payment. Please call us.")
        return redirect(found)
    form = ExpenseForm(request.POST or None, request.FILES or None, limits=limits)
    if request.method == "POST" and form.is_valid():
        try:
            expenses.claim(pk, request.user, form.claimed)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            words = "We have your expense. Somebody from our team will look at it."
            messages.success(request, words)
            return redirect(found)
    return render(request, "payments/expense.html", {"payment": found, "form": form})


def _expense_or_404(request: MemberRequest, pk: UUID) -> Expense:
    mine = Expense.objects.filter(payment__in=Payment.objects.visible_to(request.user))
    return get_object_or_404(mine.select_related("payment"), pk=pk)


def _page_of_expense(pk: UUID) -> str:
    """The payment that it is claimed with."""
    found = Expense.objects.filter(pk=pk).first()
    return reverse("payment", args=[found.payment_id]) if found else reverse("payments")


@login_required
@press_only(_page_of_expense)
def withdraw_expense(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = _expense_or_404(request, pk)
    try:
        expenses.withdraw(found.pk, request.user)
    except RuleError as error:
        messages.error(request, str(error))
    return redirect(found.payment)


@login_required
@require_safe
def receipt(request: MemberRequest, pk: UUID) -> FileResponse:
    """One's own receipt; always as a download."""
    mine = Expense.objects.filter(payment__person=request.user)
    found = get_object_or_404(mine.exclude(receipt=""), pk=pk)
    return FileResponse(uploads.opened(found.receipt), as_attachment=True)
