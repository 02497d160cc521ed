"""The review desk, and money at Stripe that we do not know."""

from django.contrib import admin, messages
from django.shortcuts import redirect

from collective.admin.acts import ActAdmin, MadeElsewhere
from collective.errors import RuleError
from collective.people import access
from collective.people.requests import MemberRequest
from collective.templatetags.collective import pounds
from payments import problems
from payments.admin.forms import ExplainForm, ProposeForm
from payments.models import Payment, PayoutAttempt, Review, UnknownMovement
from payments.sending import gateway, movements, reconciliation, reviews


def propose(admin_: ActAdmin, request: MemberRequest, review: Review):
    """What we asked, what Stripe says now, and what you have seen."""
    said = {"verdict": review.verdict, "evidence": review.evidence}
    form = ProposeForm(request.POST or None, initial=said, attempt=review.attempt)
    if request.method == "POST" and form.is_valid():
        try:
            reviews.propose(
                review.pk, form.cleaned_data["verdict"], form.cleaned_data["evidence"], request.user
            )
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Noted. Now a second person looks at it and settles it.")
            return redirect(admin_.change_url(review))
    return admin_.page(
        request,
        "admin/payments/review/propose.html",
        "What has become of it?",
        review=review,
        form=form,
        attempt=review.attempt,
        payment=review.attempt.payment,
        stripe_says=stripe_says(review.attempt),
        is_surely_absent=reviews.is_surely_absent(review),
    )


def stripe_says(attempt: PayoutAttempt) -> str:
    """What Stripe answers now, in words."""
    if attempt.method != Payment.Method.STRIPE:
        return "It is paid by hand, so Stripe knows nothing of it."
    if not gateway.is_on():
        return "Stripe is not set up here."
    try:
        found = gateway.movement(attempt.stripe_id) if attempt.stripe_id else _in_list(attempt)
    except gateway.NotReached:
        return "Stripe cannot be reached just now."
    if found is None:
        return "Stripe's list does not hold it."
    became = movements.STATUS_WORDS.get(found.status, "Stripe holds it.")
    words = f"{became} {problems.of_code(found.reason)}".strip()
    return f"{found.stripe_id}, {pounds(found.pence)}: {words}"


def _in_list(attempt: PayoutAttempt):
    rows = gateway.movements(attempt.first_sent_at) if attempt.first_sent_at else []
    return next((row for row in rows if row.attempt == str(attempt.pk)), None)


@access.fresh_second_factor_needed
def settle(admin_: ActAdmin, request: MemberRequest, review: Review):
    """What the first person has seen, and the button with which the second one agrees."""
    if request.method == "POST":
        try:
            reviews.settle(review.pk, request.user, seen=request.POST.get("seen", ""))
        except RuleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Settled.")
        return redirect(admin_.change_url(review))
    return admin_.page(
        request,
        "admin/payments/review/settle.html",
        "Settle it",
        review=review,
        seen=reviews.word_of(review),
        payment=review.attempt.payment,
        stripe_says=stripe_says(review.attempt),
    )


@admin.register(Review)
class ReviewAdmin(MadeElsewhere, ActAdmin):
    list_display = [
        "attempt",
        "why_in_words",
        "opened_at",
        "verdict",
        "proposed_by",
        "settled_by",
        "settled_at",
    ]
    list_filter = ["verdict", "settled_at"]
    list_select_related = ["attempt__payment", "proposed_by", "settled_by"]
    pages = {"propose": propose, "settle": settle}
    readonly_fields = [
        "attempt",
        "why_in_words",
        "opened_at",
        "absent_first_at",
        "absent_last_at",
        "verdict",
        "evidence",
        "proposed_by",
        "settled_by",
        "settled_at",
    ]
    fields = [*readonly_fields]
    change_form_template = "admin/payments/review/change_form.html"

    @admin.display(description="Why")
    def why_in_words(self, review: Review) -> str:
        return problems.for_staff(review.why)

    def has_change_permission(self, request: MemberRequest, obj=None) -> bool:
        return super().has_change_permission(request, obj) and request.user.has_perm(
            "payments.approve_payment"
        )


def explain(admin_: ActAdmin, request: MemberRequest, movement: UnknownMovement):
    """Say what it is; after that, sending goes on."""
    form = ExplainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reconciliation.explain(movement.pk, form.cleaned_data["explanation"], request.user)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            admin_.log_change(request, movement, "Explained it")
            messages.success(request, "Explained.")
            return redirect("admin:payments")
    return admin_.page(
        request,
        "admin/payments/review/explain.html",
        "Money that we do not know",
        movement=movement,
        form=form,
    )


@admin.register(UnknownMovement)
class UnknownMovementAdmin(MadeElsewhere, ActAdmin):
    list_display = ["stripe_id", "amount", "seen_at", "explained_by", "explained_at"]
    list_select_related = ["explained_by"]
    pages = {"explain": explain}
    readonly_fields = [
        "stripe_id",
        "amount",
        "seen_at",
        "what",
        "explanation",
        "explained_by",
        "explained_at",
    ]
    fields = [*readonly_fields]
    change_form_template = "admin/payments/unknownmovement/change_form.html"

    def has_change_permission(self, request: MemberRequest, obj=None) -> bool:
        return super().has_change_permission(request, obj) and request.user.has_perm(
            "payments.approve_payment"
        )

    @admin.display(description="Amount")
    def amount(self, movement: UnknownMovement) -> str:
        return pounds(movement.amount_pence)
