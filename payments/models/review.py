import uuid

from django.db import models
from django.db.models import F, Q

from collective import clock
from collective.models import Person
from collective.typed.fields import LineField, LinesField
from payments.models.payout_attempt import PayoutAttempt


class Review(models.Model):
    """An attempt of which no machine can say what became of it.

    Two people settle it, with what they have seen.
    """

    class Verdict(models.TextChoices):
        ARRIVED = "arrived", "The money has left us, and nothing more is to be sent"
        NEVER_LEFT = "never_left", "No money has left us: send it anew"
        OFFICE = "office", "Nobody has paid it yet: the finance office still has it"
        STOP = "stop", "No money has left us, and none is to be sent"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(PayoutAttempt, models.PROTECT, related_name="reviews")
    why = LineField(max_length=200)
    opened_at = models.DateTimeField(default=clock.now)
    # Two lists of Stripe's, an hour apart, that did not hold the attempt.
    absent_first_at = models.DateTimeField(null=True, blank=True)
    absent_last_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True, default="")
    evidence = LinesField(max_length=1000, blank=True, default="")
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt"], condition=Q(settled_at=None), name="one_open_review_each"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None)
                | Q(proposed_by__isnull=False, settled_by__isnull=False)
                & ~Q(proposed_by=F("settled_by")),
                name="review_settled_by_two",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at"], condition=Q(settled_at=None), name="review_open")
        ]

    def __str__(self) -> str:
        return f"Review of {self.attempt}"
