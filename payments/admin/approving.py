"""Approving one payment or many, after the checks were read, with a second factor that is fresh."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect

from collective.admin.acts import ActAdmin
from collective.errors import RuleError
from collective.models import Person
from collective.people import access
from collective.people.requests import MemberRequest
from payments.board import FILTERS
from payments.models import Payment
from payments.models.payment import PaymentQuerySet
from payments.models.payment_states import ON_THE_WAY
from payments.owing import approvals
from payments.owing.checks import Check, Checks

AT_ONCE = 50


def context_of(payment: Payment, user: Person):
    """What the page of one payment says about approving it."""
    if payment.state != Payment.State.DUE:
        is_settled = payment.state not in ON_THE_WAY
        return {} if is_settled else {"told": Checks([payment]).told(payment)}
    people = approvals.approvers()
    return {
        "checks": Checks([payment]).of(payment),
        "why_not": why_not(payment, user),
        "who_can": approvals.who_can(payment, people),
    }


def why_not(payment: Payment, user: Person):
    if not user.has_perm("payments.approve_payment"):
        return "You do not approve payments."
    return approvals.why_not(payment, user)


def one(admin_: ActAdmin, request: MemberRequest, payment: Payment):
    """One payment: the same page with one row."""
    return _approve(admin_, request, Payment.objects.filter(pk=payment.pk))


def many(admin_: ActAdmin, request: MemberRequest):
    """Everything that could be approved, with its checks."""
    return _approve(admin_, request, Payment.objects.filter(FILTERS["approve"]))


def _approve(admin_: ActAdmin, request: MemberRequest, payments: PaymentQuerySet):
    if not request.user.has_perm("payments.approve_payment"):
        raise PermissionDenied
    return _approve_with_second_factor(admin_, request, payments)


@access.fresh_second_factor_needed
def _approve_with_second_factor(admin_: ActAdmin, request: MemberRequest, payments):
    if request.method == "POST":
        _approve_chosen(request)
        return redirect("admin:payments")
    people = ("person__payout_account", "confirmed_by", "approved_by")
    rows = payments.select_related("activity__call", *people)
    rows = list(rows.prefetch_related("expenses").order_by("confirmed_at", "pk")[:AT_ONCE])
    checks, seen = Checks(rows), approvals.versions(rows)
    lines = [
        _line(row, checks.of(row), seen[row.pk], approvals.why_not(row, request.user))
        for row in rows
    ]
    return admin_.page(
        request,
        "admin/payments/payment/approve.html",
        "Approve payments",
        lines=lines,
        number=sum(line["can"] for line in lines),
    )


def _line(payment: Payment, checks: list[Check], seen: str, refusal):
    can = not refusal and not any(check.stops for check in checks)
    return {"payment": payment, "checks": checks, "seen": seen, "why_not": refusal, "can": can}


def _approve_chosen(request: MemberRequest) -> None:
    """Each by itself: one that is refused keeps no other from being approved."""
    done = 0
    for key in request.POST.getlist("payment")[:AT_ONCE]:
        try:
            approvals.approve(key, request.user, seen=request.POST.get(f"seen-{key}", ""))
        except RuleError as error:
            messages.error(request, str(error))
        except (Payment.DoesNotExist, ValidationError):
            messages.error(request, "One of these payments does not exist.")
        else:
            done += 1
    if done:
        words = "Bank transfers are sent by themselves; the rest waits for the next export."
        messages.success(request, f"{done} approved. {words}")
