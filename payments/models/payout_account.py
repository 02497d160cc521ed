import uuid

import pghistory
from django.db import models
from django.db.models import Q

from collective import clock
from collective.models import Person
from collective.safety import emptied
from collective.typed.fields import LineField
from payments.models.payment import Payment


@pghistory.track(fields=["method", "state", "changed_at", "wait_until"])
class PayoutAccount(models.Model):
    """Where a person's money goes.

    No detail of a bank account but its bank's name and last four digits.
    """

    class State(models.TextChoices):
        STARTED = "started", "Begun on Stripe's form"
        READY = "ready", "Ready"
        TO_MEND = "to_mend", "Details to mend"
        REMOVED = "removed", "Removed"

    class Deliver(models.TextChoices):
        PAGE = "page", "On their own page"
        POST = "post", "By post"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(Person, models.PROTECT, related_name="payout_account")
    method = models.CharField(max_length=10, choices=Payment.Method, default=Payment.Method.STRIPE)
    state = models.CharField(max_length=10, choices=State, default=State.STARTED)
    stripe_account = models.CharField(
        max_length=100, unique=True, null=True, blank=True, editable=False
    )
    payout_method = models.CharField(max_length=100, blank=True, default="", editable=False)
    bank_name = models.CharField(max_length=100, blank=True, default="", editable=False)
    last_four = models.CharField(max_length=4, blank=True, default="", editable=False)
    voucher = LineField("which voucher", max_length=80, blank=True, default="")
    deliver = models.CharField(
        "voucher comes", max_length=5, choices=Deliver, blank=True, default=""
    )
    payee_reference = LineField(
        max_length=60,
        blank=True,
        default="",
        help_text="By which the host's finance office knows them.",
    )
    was_ready = models.BooleanField("had a destination before", default=False, editable=False)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="The person themself, or who of our team; empty where we did not note it yet.",
    )
    wait_until = models.DateTimeField("nothing is sent there before", null=True, blank=True)
    asked_at = models.DateTimeField("went to Stripe's form at", null=True, blank=True)
    checked_at = models.DateTimeField("Stripe was asked at", null=True, blank=True)
    close_since = models.DateTimeField(
        "to be closed at Stripe since", null=True, blank=True, editable=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(method="stripe", state="ready")
                | ~Q(payout_method="") & Q(stripe_account__isnull=False),
                name="payout_account_ready_with_a_destination",
            ),
        ]
        indexes = [
            models.Index(fields=["bank_name", "last_four"], name="payout_account_destination"),
            models.Index(fields=["asked_at"], name="payout_account_asked"),
            models.Index(
                fields=["close_since"],
                condition=Q(close_since__isnull=False),
                name="payout_account_to_close",
            ),
        ]
        triggers = [emptied.refused()]

    def __str__(self) -> str:
        return self.words

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def set_by_staff(self) -> Person | None:
        """Who of our team noted it, or brought it along by a join; None if the person did."""
        by = self.changed_by
        return None if by is None or by.stands_for(self.person_id) else by

    @property
    def words(self) -> str:
        """Where it goes, in words that may stand on a statement: "Monzo, account ending 1234"."""
        if self.method != Payment.Method.STRIPE:
            return f"{self.voucher} (voucher)" if self.voucher else self.get_method_display()
        return (
            f"{self.bank_name}, account ending {self.last_four}"
            if self.last_four
            else "Bank account not set up yet"
        )
