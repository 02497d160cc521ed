"""Caps, the pause, who pays; what calls pay back; where money goes."""

from django.contrib import admin

from collective.admin.acts import ActAdmin, MadeElsewhere
from collective.people.requests import MemberRequest
from payments.models import ExpenseLimit, PaymentRules, PayoutAccount


@admin.register(PaymentRules)
class PaymentRulesAdmin(ActAdmin):
    list_display = ["__str__", "is_paused", "short_of_money_since", "reconciled_at"]
    saves_changes_only = True
    readonly_fields = ["short_of_money_since", "reconciled_at"]
    fieldsets = [
        (
            "Sending",
            {"fields": ["is_paused", "paused_because", "short_of_money_since", "reconciled_at"]},
        ),
        (
            "Caps, in pence",
            {"fields": ["most_per_payment_pence", "most_per_person_pence", "most_per_day_pence"]},
        ),
        ("On statements", {"fields": ["payer_name", "payer_contact", "statement_descriptor"]}),
    ]

    def has_add_permission(self, request: MemberRequest) -> bool:
        return False  # `manage.py prepare` makes the one row

    def has_delete_permission(self, request: MemberRequest, obj=None) -> bool:
        return False


@admin.register(ExpenseLimit)
class ExpenseLimitAdmin(ActAdmin):
    list_display = ["call", "kind", "most_pence"]
    list_filter = ["call"]
    list_select_related = ["call"]
    autocomplete_fields = ["call"]


@admin.register(PayoutAccount)
class PayoutAccountAdmin(MadeElsewhere, ActAdmin):
    """To look at, and to write down by which reference the finance office knows somebody."""

    list_display = ["person", "method", "state", "payee_reference", "changed_at", "wait_until"]
    list_filter = ["method", "state"]
    list_select_related = ["person"]
    search_fields = ["person__name", "person__email", "payee_reference"]
    saves_changes_only = True
    readonly_fields = [
        "person",
        "method",
        "state",
        "bank_name",
        "last_four",
        "voucher",
        "deliver",
        "changed_at",
        "wait_until",
    ]
    fields = [*readonly_fields, "payee_reference"]

    def view_on_site(self, obj) -> None:
        """No link: the page is the person's own."""
