"""What somebody says on the phone: what should become of a payment, and where it should go."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponseRedirect
from django.shortcuts import redirect

from collective.admin.acts import ActAdmin
from collective.errors import RuleError
from collective.messages import by_hand
from collective.people.requests import MemberRequest
from payments import kinds
from payments.admin.forms import RecordChoiceForm
from payments.forms import ByHandForm
from payments.models import Payment
from payments.models.payment import ON_THEIR_OWN_PAGE
from payments.models.payment_states import State
from payments.owing import choices
from payments.sending import payout_accounts


def choice(admin_: ActAdmin, request: MemberRequest, payment: Payment):
    """Record what they chose, of somebody without a page of their own.

    It never shows what was chosen before.
    """
    if not request.user.has_perm("payments.record_choice"):
        raise PermissionDenied
    if not payment.is_for_staff_to_note:
        raise PermissionDenied(ON_THEIR_OWN_PAGE)
    if not payment.can_choose:
        messages.error(request, choices.why_not(payment))
        return redirect("admin:payments")
    form = RecordChoiceForm(request.POST or None, payment=payment)
    if request.method == "POST" and form.is_valid():
        try:
            form.save(request.user)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            by_hand.told_at_once(payment, request.user, [kinds.OFFERED, kinds.REMINDER])
            messages.success(request, f"What {payment.person} would like is noted.")
            return _next(payment)
    return _page(admin_, request, payment, form, "What they would like")


def _next(payment: Payment) -> HttpResponseRedirect:
    """The next question while they are on the phone: where it goes, if it can go nowhere yet."""
    payment.refresh_from_db()
    ready = payout_accounts.account_of(payment.person)
    if payment.state == State.DUE and payment.is_answered and not (ready and ready.is_ready):
        return redirect("admin:payments_payment_by_hand_account", payment.pk)
    return redirect("admin:index")


def account(admin_: ActAdmin, request: MemberRequest, payment: Payment):
    """Record how they would like to be paid without a bank account."""
    if not request.user.has_perm("payments.record_choice"):
        raise PermissionDenied
    if not payment.is_for_staff_to_note:
        raise PermissionDenied(ON_THEIR_OWN_PAGE)
    form = ByHandForm(request.POST or None, person=payment.person)
    if request.method == "POST" and form.is_valid():
        try:
            payout_accounts.choose_by_hand(payment.person, form.wish, request.user)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"How {payment.person} would like to be paid is noted.")
            return redirect("admin:index")
    return _page(admin_, request, payment, form, "How they would like to be paid")


def _page(admin_: ActAdmin, request: MemberRequest, payment: Payment, form: Form, title: str):
    return admin_.page(
        request,
        "admin/payments/payment/form.html",
        title,
        payment=payment,
        form=form,
        button="Note it",
    )
