"""Where my money goes: Stripe's own form for a bank account, or by hand."""

from collections.abc import Callable
from functools import wraps

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from collective import clock
from collective.errors import RuleError
from collective.messages import addresses
from collective.people.presses import press_only
from collective.people.requests import MemberRequest
from collective.typed.worded import asks
from payments.forms import ByHandForm
from payments.models.payment_states import State
from payments.sending import gateway, payout_accounts

Page = Callable[..., HttpResponseBase]


def to_stripe(page: Page) -> Page:
    """Let the forms of this page lead to Stripe too.

    Browsers check where a form's answer redirects to (CSP 3, form-action).
    """

    @wraps(page)
    def wrapper(request: MemberRequest) -> HttpResponseBase:
        allowed = ["https://*.stripe.com", *filter(None, [settings.STRIPE_API_BASE])]
        return csp_update({"form-action": allowed})(page)(request)

    return wrapper


@login_required
@to_stripe
@require_safe
def account(request: MemberRequest) -> HttpResponse:
    """What is kept, to change, to remove; or how to set it up."""
    context = {
        "account": payout_accounts.account_of(request.user),
        "stripe_is_on": gateway.is_on(),
        "is_fake": gateway.is_fake(),
        "now": clock.now(),
        "has_failed": request.user.payments.filter(state=State.FAILED).exists(),
    }
    return render(request, "payments/account.html", context)


@login_required
@press_only("payout_account")
def account_start(request: MemberRequest) -> HttpResponse:
    """On to Stripe's form; back to our own page, which needs signing in too."""
    back = addresses.full_reverse("payout_account_return")
    try:
        where = payout_accounts.form_address(request.user, back)
    except RuleError as error:
        messages.error(request, str(error))
        return redirect("payout_account")
    return redirect(where)


@login_required
@to_stripe
@require_safe
def account_return(request: MemberRequest) -> HttpResponse:
    """Back from Stripe's form: what Stripe holds now, to look at.

    The button below it keeps it; so does a sweep.
    """
    mine, found = payout_accounts.account_of(request.user), None
    if mine and mine.stripe_account and mine.asked_at:
        try:
            found = gateway.destination(mine.stripe_account)
        except gateway.NotReached:
            messages.info(request, payout_accounts.NOT_NOW)
    return render(request, "payments/account_return.html", {"account": mine, "found": found})


@login_required
@press_only("payout_account_return")
def account_keep(request: MemberRequest) -> HttpResponse:
    """They say that it is right: read once more from Stripe, and kept."""
    mine = payout_accounts.account_of(request.user)
    try:
        if mine and payout_accounts.read(mine.pk):
            messages.success(request, "We have noted where your money goes.")
            return redirect("payments")
    except gateway.NotReached:
        messages.info(request, payout_accounts.NOT_NOW)
    return redirect("payout_account_return")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@asks(ByHandForm)
def account_by_hand(request: MemberRequest) -> HttpResponse:
    """How I would like to be paid without a bank account."""
    mine = payout_accounts.account_of(request.user)
    kept = model_to_dict(mine, ["method", "voucher", "deliver"]) if mine else None
    form = ByHandForm(request.POST or None, initial=kept, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            payout_accounts.choose_by_hand(request.user, form.wish)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "We have noted how you would like to be paid.")
            return redirect("payout_account")
    return render(request, "payments/by_hand.html", {"form": form, "account": mine})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_remove(request: MemberRequest) -> HttpResponse:
    """Forget where my money goes, after asking once more."""
    mine = payout_accounts.account_of(request.user)
    if mine is None:
        return redirect("payout_account")
    if request.method == "POST":
        try:
            payout_accounts.remove(request.user)
        except RuleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "We have removed it. Nothing more is sent there.")
        return redirect("payout_account")
    return render(request, "payments/remove_account.html", {"account": mine})
