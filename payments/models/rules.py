"""Rows that staff change: caps and the pause, what a call pays back, money that we do not know."""

from typing import Any

from django.db import models
from django.db.models import Q

from collective import clock
from collective.models import Call, Person
from collective.models.community import SingleRow
from collective.typed.fields import LineField, LinesField
from payments.models.expense import ExpenseKind
from payments.models.payment import Payment


class PaymentRules(SingleRow):
    """How payments are made here: one row."""

    is_paused = models.BooleanField("sending is paused", default=False)
    paused_because = LineField(max_length=300, blank=True, default="")
    most_per_payment_pence = models.PositiveIntegerField(
        default=30_000, help_text="In pence: 30000 is £300. A larger payment cannot be approved."
    )
    most_per_person_pence = models.PositiveIntegerField(
        default=100_000,
        help_text="In pence, within 30 days. More cannot be approved for one person.",
    )
    most_per_day_pence = models.PositiveIntegerField(
        default=500_000, help_text="In pence. What is more waits, approved, until the next day."
    )
    payer_name = LineField(
        max_length=120, blank=True, default="", help_text="On statements. Empty: the community."
    )
    payer_contact = LinesField(
        max_length=300, blank=True, default="", help_text="On statements, under the name."
    )
    statement_descriptor = LineField(
        max_length=22,
        default="COLLECTIVE",
        help_text="What a bank statement shows: 3 to 22 letters, nothing that tells more.",
    )
    short_of_money_since = models.DateTimeField(null=True, blank=True, editable=False)
    short_of_pence = models.PositiveIntegerField(default=0, editable=False)
    short_tried_at = models.DateTimeField(null=True, blank=True, editable=False)
    balance_pence = models.BigIntegerField(null=True, blank=True, editable=False)
    balance_at = models.DateTimeField(null=True, blank=True, editable=False)
    restored_at = models.DateTimeField(null=True, blank=True, editable=False)
    reconciled_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "payment rules"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_row_of_payment_rules"),
            models.CheckConstraint(
                condition=Q(statement_descriptor__regex=r"^[A-Za-z0-9 -]{3,22}$"),
                name="statement_descriptor_fits_banks",
            ),
        ]

    def __str__(self) -> str:
        return "Payment rules"

    @classmethod
    def current(cls) -> "PaymentRules":
        """The row, or sensible defaults where nobody has made one yet."""
        return cls.objects.first() or cls()

    @classmethod
    def note(cls, **changes: Any) -> None:
        """Write to the one row, made if need be."""
        PaymentRules.objects.bulk_create([PaymentRules(pk=1)], ignore_conflicts=True)
        if changes:
            cls.objects.update(**changes)

    @classmethod
    def lock(cls) -> "PaymentRules":
        """The row, made if need be, and locked: always the last lock.

        What is sent in a day is counted by one at a time.
        """
        PaymentRules.objects.bulk_create([PaymentRules(pk=1)], ignore_conflicts=True)
        return cls.objects.select_for_update(no_key=True).get(pk=1)


class ExpenseLimit(models.Model):
    """What a call pays back of one kind of expense, at most, for each payment.

    Without a row: nothing.
    """

    call = models.ForeignKey(Call, models.CASCADE, related_name="expense_limits")
    kind = models.CharField(max_length=10, choices=ExpenseKind)
    most_pence = models.PositiveIntegerField("at most, in pence")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "kind"], name="one_limit_for_each_kind"),
            models.CheckConstraint(condition=Q(most_pence__gt=0), name="expense_limit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.call}"


class UnknownMovement(models.Model):
    """Money that left our account at Stripe and that no attempt of ours explains.

    It stops all sending.
    """

    stripe_id = models.CharField(max_length=100, unique=True)
    amount_pence = models.BigIntegerField()
    seen_at = models.DateTimeField(default=clock.now)
    what = LineField(max_length=200, blank=True, default="")
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="unknown_movements"
    )
    explanation = LinesField(max_length=1000, blank=True, default="")
    explained_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+"
    )
    explained_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-seen_at"]
        indexes = [
            models.Index(
                fields=["seen_at"], condition=Q(explained_at=None), name="unknown_movement_open"
            )
        ]

    def __str__(self) -> str:
        return self.stripe_id

    @classmethod
    def write_down(cls, stripe_id: str, pence: int, what: str, payment: Payment | None) -> None:
        """Write it down, once: from then on nothing is sent."""
        new = {"amount_pence": pence, "seen_at": clock.now(), "what": what, "payment": payment}
        cls.objects.get_or_create(stripe_id=stripe_id, defaults=new)
