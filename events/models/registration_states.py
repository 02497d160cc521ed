from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.db import models

from collective.safety.steps import Steps

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from collective.models import Person


class State(models.TextChoices):
    CONFIRMED = "confirmed", "Has a place"
    WAITING = "waiting", "On the waiting list"
    OFFERED = "offered", "Offered a place"
    CANCELLED = "cancelled", "Cancelled"
    ATTENDED = "attended", "Took part"
    MISSED = "missed", "We did not see them"


HOLDING = [State.CONFIRMED, State.OFFERED, State.ATTENDED, State.MISSED]
LIVE = [*HOLDING, State.WAITING]
CAN_LEAVE = [State.CONFIRMED, State.OFFERED, State.WAITING]

# The steps that a state may take. Joining two records of one person ends any of two that live.
STEPS: Steps = {
    State.WAITING: [State.OFFERED, State.ATTENDED, State.CANCELLED],
    State.OFFERED: [State.CONFIRMED, State.WAITING, State.CANCELLED],
    State.CONFIRMED: [State.ATTENDED, State.MISSED, State.CANCELLED],
    State.ATTENDED: [State.CONFIRMED, State.MISSED, State.CANCELLED],
    State.MISSED: [State.CONFIRMED, State.ATTENDED, State.CANCELLED],
    State.CANCELLED: [],
}


class RegistrationQuerySet(models.QuerySet):
    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def holding(self) -> Self:
        """Those that count against the places."""
        return self.filter(state__in=HOLDING)

    def waiting(self) -> Self:
        """The waiting list, in its order."""
        return self.filter(state=State.WAITING).order_by("list_number")

    def staying(self) -> Self:
        """Without those that were given up by a link, for as long as that can be taken back."""
        return self.filter(leaves_at=None)

    def list_numbers(self) -> list[Decimal]:
        """The list numbers of those that wait, in this order."""
        numbers = self.values_list("list_number", flat=True)
        return [number for number in numbers if number is not None]

    def visible_to(self, person: "Person | AnonymousUser") -> Self:
        return self.filter(person=person) if person.is_authenticated else self.none()
