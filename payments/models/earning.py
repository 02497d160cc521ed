from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db import models
from django.db.models.expressions import Combinable

from collective.models import Activity, Person
from payments.models.payment import Payment


class Capacity(models.TextChoices):
    PERSONAL = "personal", "In a personal capacity"
    PAID_ROLE = "paid_role", "As part of a paid role"
    NOT_SURE = "not_sure", "Not sure"


class Prospect(StrEnum):
    """Whether the fee is still to be earned, is earned, is for staff to decide, or will not be."""

    TO_COME = "to_come"
    EARNED = "earned"
    UNDECIDED = "undecided"
    NONE = "none"


class EarnsPayment(models.Model):
    """What may earn its person a payment, once: a registration, a conversation, an activity done.

    The arrow points down: a payment knows nothing of what earned it, and
    `payments.owing.offering.settle` makes the two agree.
    """

    Capacity = Capacity

    person: "models.ForeignKey[Person | Combinable, Person]"  # the model that inherits has the key
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

    @property
    def activity(self) -> Activity:
        """What the payment is for."""
        raise NotImplementedError

    @property
    def happened_on(self) -> date:
        raise NotImplementedError

    @property
    def occasion(self) -> UUID | None:
        """A key of its own, where one person can earn the fee of one activity more than once."""
        return None

    @property
    def earned(self) -> Payment.Reason | None:
        """For what the fee is due, by the rules of the model that inherits; None if it is not."""
        raise NotImplementedError

    @property
    def prospect(self) -> Prospect:
        """What may still come of the fee, by the rules of the model that inherits."""
        raise NotImplementedError

    @property
    def can_correct_capacity(self) -> bool:
        """May either side still correct in which capacity somebody took part?

        Until the payment is approved.
        """
        return self.fee_pence is not None and (
            self.payment is None or not self.payment.is_committed
        )

    @property
    def is_unsure(self) -> bool:
        """Would a fee be due, if we only knew in which capacity they took part?"""
        return self.capacity == Capacity.NOT_SURE and self.fee_pence is not None
