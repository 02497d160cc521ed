from django.db import models

from collective.models import Person
from payments.models.payment import Payment


class Capacity(models.TextChoices):
    PERSONAL = "personal", "In a personal capacity"
    PAID_ROLE = "paid_role", "As part of a paid role"
    NOT_SURE = "not_sure", "Not sure"


class EarnsPayment(models.Model):
    """What may earn its person a payment, once: a registration, a conversation, a completed
    activity.

    Whoever inherits has `person`, `activity` and `happened_on`, and says in `earned` for what (a
    `Payment.Reason`) the fee is due by its own rules, or None. The arrow points down: a payment
    knows nothing of what earned it.
    """

    Capacity = Capacity

    capacity = models.CharField(
        "takes part", max_length=10, choices=Capacity, default=Capacity.NOT_SURE
    )
    fee_pence = models.PositiveIntegerField("fee in pence, fixed at sign-up", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="marked by",
    )
    payment = models.OneToOneField(
        Payment, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True

    occasion = (
        None  # a key of its own where one person can earn the fee of one activity more than once
    )

    @property
    def earned(self):
        raise NotImplementedError

    def settle_payment(self, by: Person | None = None) -> None:
        """Make the payment agree with what was earned, in the caller's transaction, however often
        it is asked.

        Earned: it becomes due, or comes back. No longer earned: what was not yet approved is
        cancelled. The caller holds the lock of this row.
        """
        from payments.owing import offering

        offering.settle(self, by)

    @property
    def can_correct_capacity(self) -> bool:
        """Until the payment is approved, either side can correct in which capacity somebody took
        part.
        """
        return self.fee_pence is not None and (
            self.payment is None or not self.payment.is_committed
        )

    @property
    def is_unsure(self) -> bool:
        """Would a fee be due, if we only knew in which capacity they took part?"""
        return self.capacity == Capacity.NOT_SURE and self.fee_pence is not None
