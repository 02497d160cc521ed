"""The page on which the first of two says that a payment was recorded as paid by mistake."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect

from collective.admin.acts import ActAdmin
from collective.errors import RuleError
from collective.people.requests import MemberRequest
from payments.admin.forms import RecordedWronglyForm
from payments.models import Payment
from payments.sending import reviews

WHAT_FOLLOWS = (
    "Once a colleague agrees, the person is told that it was our mistake, and that it is not paid "
    "yet."
)


def recorded_wrongly(admin_: ActAdmin, request: MemberRequest, payment: Payment):
    """What is so, and how one knows; a colleague settles it."""
    if not request.user.has_perm("payments.pay_by_hand"):
        raise PermissionDenied
    form = RecordedWronglyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verdict, why = form.cleaned_data["verdict"], form.cleaned_data["why"]
        try:
            review = reviews.say_recorded_by_mistake(payment.pk, verdict, why, request.user)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            admin_.log_change(request, payment, "Said that it was recorded by mistake")
            words = (
                "Noted. Now a colleague settles it: send them this page, or they find it on Today."
            )
            messages.success(request, words)
            return redirect("admin:payments_review_change", review.pk)
    return admin_.page(
        request,
        "admin/payments/payment/form.html",
        "It was recorded as paid by mistake",
        payment=payment,
        form=form,
        button="Ask a colleague to settle it",
        about=WHAT_FOLLOWS,
    )
