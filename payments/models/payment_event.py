import pgtrigger
from django.db import models

from collective import clock
from collective.models import Person


class What(models.TextChoices):
    OFFERED = "offered", "Became due"
    CONFIRMED = "confirmed", "Work confirmed"
    CANCELLED = "cancelled", "Cancelled"
    CAME_BACK = "came_back", "Due again"
    CHOSE = "chose", "Said what should become of it"
    EXPENSE = "expense", "Expenses changed"
    APPROVED = "approved", "Approved"
    UNAPPROVED = "unapproved", "Approval ended"
    BEGUN = "begun", "Sending begun"
    UNKNOWN = "unknown", "No clear answer"
    REFUSED = "refused", "Refused"
    NO_MONEY = "no_money", "Waits for money"
    TAKEN = "taken", "Taken on by Stripe"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    RETURNED = "returned", "Came back to us"
    REVIEW = "review", "Handed to a person's review"
    SETTLED = "settled", "Settled by two people"
    EXPORTED = "exported", "Given to the finance office"
    BY_HAND = "by_hand", "Turned to be paid by hand"
    NOT_PAID = "not_paid", "Recorded as paid by mistake"
    ARRIVED = "arrived", "Arrived"
    MISSING = "missing", "They said it has not come"
    MOVED = "moved", "Moved to the joined record"


class PaymentEvent(models.Model):
    """One thing that happened to a payment.

    Append-only: the database refuses to change or delete it.
    """

    What = What

    payment = models.ForeignKey("payments.Payment", models.PROTECT, related_name="events")
    at = models.DateTimeField(default=clock.now)
    what = models.CharField(max_length=15, choices=What)
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.get_what_display()
