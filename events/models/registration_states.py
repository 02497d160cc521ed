from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
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


class RegistrationQuerySet(models.QuerySet):
    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def holding(self) -> Self:
        """Those that count against the places."""
        return self.filter(state__in=HOLDING)

    def waiting(self) -> Self:
        """The waiting list, in its order."""
        return self.filter(state=State.WAITING).order_by("list_number")

    def visible_to(self, person: "Person") -> Self:
        return self.filter(person=person) if person.is_authenticated else self.none()
