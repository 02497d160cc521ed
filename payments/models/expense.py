import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from collective import clock
from collective.models import Person
from collective.typed.fields import LineField
from payments.models.payment import Payment


class ExpenseKind(models.TextChoices):
    TRAVEL = "travel", "Travel"
    CHILDCARE = "childcare", "Childcare or other care"
    DATA = "data", "Phone or internet"
    ASSISTANT = "assistant", "Personal assistant"
    OTHER = "other", "Something else"


def receipt_path(expense: "Expense", name: str) -> str:
    """A name that tells nothing and cannot be guessed."""
    return f"receipts/{uuid.uuid4()}{'.pdf' if name.endswith('.pdf') else '.webp'}"


class ExpenseQuerySet(models.QuerySet["Expense"]):
    def accepted(self) -> Self:
        return self.filter(state=Expense.State.ACCEPTED)


class Expense(models.Model):
    """What taking part cost somebody, paid back with a payment, on a line of its own: never pay."""

    Kind = ExpenseKind

    class State(models.TextChoices):
        CLAIMED = "claimed", "Claimed"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Not accepted"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="expenses")
    kind = models.CharField(max_length=10, choices=ExpenseKind)
    what = LineField(max_length=120, help_text='For example "bus to the session and back".')
    amount_pence = models.PositiveIntegerField("amount in pence")
    receipt = models.FileField(upload_to=receipt_path, blank=True, default="")
    no_receipt_because = LineField(max_length=200, blank=True, default="")
    is_prepaid = models.BooleanField("paid before it is spent", default=False)
    state = models.CharField(max_length=10, choices=State, default=State.CLAIMED)
    told = LineField("what the person is told about it", max_length=200, blank=True, default="")
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    objects = ExpenseQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="expense_positive"),
            models.CheckConstraint(
                condition=~Q(state="accepted")
                | ~Q(receipt="")
                | ~Q(no_receipt_because="")
                | Q(is_prepaid=True),
                name="expense_accepted_with_receipt_or_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(decided_by__isnull=False),
                name="expense_accepted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.what}"
