from typing import TYPE_CHECKING, Self

from django.db import models

from collective import clock

if TYPE_CHECKING:
    from collective.models import Person


class State(models.TextChoices):
    BOOKED = "booked", "Booked"
    HELD = "held", "Held"
    MISSED = "missed", "The person did not come"
    HOST_MISSED = "host_missed", "The host could not"
    FAILED = "failed", "The connection failed"
    CANCELLED = "cancelled", "Cancelled"


# The person keeps the right to a new one, and staff decide on the payment.
NOT_THEIR_FAULT = [State.HOST_MISSED, State.FAILED]


class ConversationQuerySet(models.QuerySet):
    def live(self) -> Self:
        """Those that hold their slot: all but the cancelled."""
        return self.exclude(state=State.CANCELLED)

    def upcoming(self) -> Self:
        return self.filter(state=State.BOOKED, slot__starts_at__gt=clock.now())

    def to_mark(self) -> Self:
        """Begun, and nobody has said yet whether they were held."""
        return self.filter(state=State.BOOKED, slot__starts_at__lte=clock.now())

    def to_decide(self) -> Self:
        """Not held through no fault of the person's: staff have not decided yet whether it is
        paid.
        """
        return self.filter(
            state__in=NOT_THEIR_FAULT, pay_anyway=None, fee_pence__isnull=False
        ).exclude(capacity="paid_role")

    def visible_to(self, person: "Person") -> Self:
        return self.filter(person=person) if person.is_authenticated else self.none()

    def hosted_by(self, person: "Person") -> Self:
        return self.filter(series__host=person) if person.is_authenticated else self.none()
