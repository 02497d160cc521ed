from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from collective.admin.acts import Act, ActAdmin
from collective.people.requests import MemberRequest
from collective.templatetags.collective import pounds
from payments.admin import (
    approving,
    by_hand,
    expenses,
    exports,
    hand_instead,
    in_words,
    on_the_phone,
    recorded_wrongly,
)
from payments.admin.forms import ByHandPaymentForm
from payments.board import COLUMNS, FILTERS
from payments.models import Payment, PaymentEvent
from payments.models.payment_states import PAID
from payments.owing import approvals, offering
from payments.sending import reviews

# Pages that are not about one row: (route, the page, the name of its address).
OF_ALL = [
    ("approve/", approving.many, "payments_approve"),
    ("by-hand/", by_hand.desk, "payments_hand"),
    ("by-hand/export/", by_hand.export, "payments_hand_export"),
    ("by-hand/file/", by_hand.record_file, "payments_hand_file"),
    ("by-hand/record/", by_hand.record, "payments_hand_record"),
    ("by-hand/not-paid/", by_hand.not_paid, "payments_hand_not_paid"),
    ("by-hand/<uuid:batch>.csv", by_hand.batch_file, "payments_hand_batch"),
    ("all.csv", exports.payments, "payments_csv"),
    ("expenses.csv", exports.expenses, "payments_expenses_csv"),
    ("history.csv", exports.history, "payments_history_csv"),
]


class ColumnFilter(admin.SimpleListFilter):
    title = "column of the board"
    parameter_name = "column"

    def lookups(self, request: MemberRequest, model_admin) -> list[tuple[str, str]]:
        return [(name, title) for name, title, _ in COLUMNS]

    def queryset(self, request: MemberRequest, queryset: QuerySet):
        condition = FILTERS.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


@admin.register(Payment)
class PaymentAdmin(ActAdmin):
    list_display = [
        "reference",
        "person",
        "activity",
        "state",
        "amount",
        "happened_on",
        "confirmed_by",
        "approved_by",
    ]
    list_filter = [ColumnFilter, "state", "method", "activity__call"]
    list_select_related = ["person", "activity", "confirmed_by", "approved_by"]
    search_fields = ["reference", "person__name", "person__email", "activity__title"]
    list_per_page = 50
    change_form_template = "admin/payments/payment/change_form.html"
    autocomplete_fields = ["person", "activity"]
    form = ByHandPaymentForm
    pages = {
        "approve": approving.one,
        "choice": on_the_phone.choice,
        "by_hand_account": on_the_phone.account,
        "expense": expenses.add,
        "hand_instead": hand_instead.hand_instead,
        "recorded_wrongly": recorded_wrongly.recorded_wrongly,
    }
    acts = [
        Act(
            "confirm",
            "Confirm the work",
            "You confirm that they took part. Somebody else then approves the payment.",
        ),
        Act(
            "look_into",
            "It has not come: look into it",
            "Two people look into it: whether the money has left us, and whether it is sent anew.",
        ),
        Act(
            "take_back",
            "Take back the approval",
            "Nothing has been sent. It then has to be approved anew.",
        ),
    ]
    readonly_fields = [
        "reference",
        "person",
        "activity",
        "reason",
        "reason_note",
        "happened_on",
        "state",
        "choice",
        "chosen_at",
        "choose_by",
        "reminders",
        "fee",
        "taken",
        "expenses_paid",
        "amount",
        "method",
        "what_went_wrong",
        "confirmed_by",
        "confirmed_at",
        "approved_by",
        "approved_at",
        "sent_at",
        "expected_on",
        "arrived_at",
        "missing_said_at",
        "attempts_made",
        "whole_history",
    ]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [path(route, view(self.of_all(page)), name=name) for route, page, name in OF_ALL]
        return [*own, *super().get_urls()]

    def view_on_site(self, obj) -> None:
        """No link: the page is the person's own."""

    def page_view(self, name: str, request: MemberRequest, pk: UUID):
        """What somebody says on the phone is noted by staff who need not see payments."""
        is_on_the_phone = name in {"choice", "by_hand_account"}
        if not is_on_the_phone or not request.user.has_perm("payments.record_choice"):
            return super().page_view(name, request, pk)
        rows = Payment.objects.select_related("activity__call", "person")
        return self.pages[name](self, request, get_object_or_404(rows, pk=pk))

    def of_all(self, page):
        """A page that is not about one row, handed this admin."""

        def view(request: MemberRequest, **arguments):
            return page(self, request, **arguments)

        return view

    def has_add_permission(self, request: MemberRequest) -> bool:
        return request.user.has_perm("payments.pay_by_hand")

    def has_delete_permission(self, request: MemberRequest, obj=None) -> bool:
        return False

    def has_change_permission(self, request: MemberRequest, obj=None) -> bool:
        return request.user.has_perm("payments.change_payment")

    def get_fields(self, request: MemberRequest, obj=None) -> list[str] | tuple[str, ...]:
        return (
            ["person", "activity", "happened_on", "pounds", "reason_note"]
            if obj is None
            else self.readonly_fields
        )

    def get_readonly_fields(self, request: MemberRequest, obj=None) -> list[str] | tuple[str, ...]:
        return () if obj is None else self.readonly_fields

    def get_form(self, request: MemberRequest, obj=None, change: bool = False, **kwargs):
        """The form knows who decides: the rule is asked while it is checked."""
        form = super().get_form(request, obj, change, **kwargs)
        assert issubclass(form, ByHandPaymentForm)
        form.by = request.user
        return form

    def save_model(self, request: MemberRequest, obj, form: Form, change) -> None:
        """The rule has made the row while the form was checked."""

    def open_acts(self, request: MemberRequest, obj) -> list[Act]:
        may = {
            "confirm": obj.confirmed_by_id is None
            and obj.person_id != request.user.pk
            and not obj.is_committed,
            "look_into": obj.state in PAID and request.user.has_perm("payments.approve_payment"),
            "take_back": obj.state == Payment.State.APPROVED
            and request.user.has_perm("payments.approve_payment"),
        }
        return [act for act in self.acts if may[act.name]]

    def act_confirm(self, request: MemberRequest, payment: Payment) -> str:
        offering.confirm(payment.pk, request.user)
        return "You have confirmed the work."

    def act_look_into(self, request: MemberRequest, payment: Payment) -> str:
        reviews.look_into(payment.pk, "They say that it has not come", request.user)
        return "It is at the review desk now."

    def act_take_back(self, request: MemberRequest, payment: Payment) -> str:
        approvals.take_back(payment.pk, request.user)
        return "The approval is taken back."

    def change_view(
        self, request: MemberRequest, object_id, form_url: str = "", extra_context=None
    ) -> HttpResponse:
        """With the checks, and who may approve it if you may not."""
        payment = self.get_object(request, object_id)
        more = approving.context_of(payment, request.user) if payment else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    @admin.display(description="Amount altogether")
    def amount(self, payment: Payment) -> str:
        return pounds(payment.amount_pence)

    @admin.display(description="Fee offered")
    def fee(self, payment: Payment) -> str:
        return pounds(payment.fee_pence) if payment.fee_pence else "none"

    @admin.display(description="Of it taken")
    def taken(self, payment: Payment) -> str:
        return pounds(payment.taken_pence)

    @admin.display(description="What went wrong")
    def what_went_wrong(self, payment: Payment) -> str:
        return in_words.problem_of(payment)

    @admin.display(description="Expenses")
    def expenses_paid(self, payment: Payment) -> str:
        rows = payment.expenses.all()
        lines = (
            (
                reverse("admin:payments_expense_change", args=[row.pk]),
                row,
                pounds(row.amount_pence),
                row.get_state_display(),
            )
            for row in rows
        )
        return format_html_join("", '<p><a href="{}">{}</a>: {}, {}</p>', lines) or "none"

    @admin.display(description="Sending")
    def attempts_made(self, payment: Payment) -> str:
        rows = payment.attempts.select_related("exported_by", "recorded_by")
        lines = (
            (row.get_state_display(), f"{row.created_at:%d %b %Y %H:%M}", in_words.of_attempt(row))
            for row in rows
        )
        return format_html_join("", "<p>{} ({} UTC) {}</p>", lines) or "not yet"

    @admin.display(description="Whole history")
    def whole_history(self, payment: Payment) -> SafeString:
        rows = PaymentEvent.objects.filter(payment=payment).select_related("by").order_by("pk")
        lines = (
            (f"{row.at:%d %b %Y %H:%M}", row.get_what_display(), _by(row), _details(row))
            for row in rows
        )
        return format_html_join("", "<p>{} UTC: <strong>{}</strong>{}{}</p>", lines)


def _by(row: PaymentEvent) -> str:
    return f", {row.by}" if row.by_id else ""


def _details(row: PaymentEvent) -> str:
    details = in_words.details_of(row)
    return f" ({details})" if details else ""
