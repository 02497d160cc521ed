"""The page that asks before a payment that failed is paid by hand instead."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect

from collective.admin.acts import ActAdmin
from collective.errors import RuleError
from collective.people.requests import MemberRequest
from payments import problems
from payments.admin.forms import HandInsteadForm
from payments.models import Payment
from payments.sending import hand_instead as instead

WHAT_FOLLOWS = (
    "The host’s finance office then pays it. The person is told in every way that we have, so that "
    "they can say no. It waits three days, and a colleague approves it anew."
)


def hand_instead(admin_: ActAdmin, request: MemberRequest, payment: Payment):
    """Say why; then it is approved anew, by somebody else."""
    if not request.user.has_perm("payments.pay_by_hand"):
        raise PermissionDenied
    form = HandInsteadForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            instead.through_the_office(payment.pk, form.cleaned_data["why"], request.user)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            admin_.log_change(request, payment, "Turned to be paid by hand")
            messages.success(request, "Noted. Now a colleague approves it.")
            return redirect(admin_.change_url(payment))
    failed = payment.state == Payment.State.FAILED
    return admin_.page(
        request,
        "admin/payments/payment/form.html",
        "Pay by hand instead",
        payment=payment,
        form=form,
        button="Pay it by hand",
        about=f"{problems.words(payment.problem)} {WHAT_FOLLOWS}" if failed else instead.NOT_FAILED,
    )
