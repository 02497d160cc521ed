from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

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


# The same as the person it is about reads it.
STATES_TOLD = {
    State.CONFIRMED: "You have a place",
    State.WAITING: "You are on the waiting list",
    State.OFFERED: "A place is kept for you",
    State.CANCELLED: "You are not signed up any more",
    State.ATTENDED: "You took part",
    State.MISSED: "We did not see you",
}

# What was given up by a link, what stays theirs for a while, and what is so once it was taken back.
WHAT_WAS_LEFT = {
    State.CONFIRMED: "You have given up your place",
    State.OFFERED: "You have said no to this place",
    State.WAITING: "You have left the waiting list",
}
WHAT_STAYS = {
    State.CONFIRMED: "It stays yours",
    State.OFFERED: "It stays kept for you",
    State.WAITING: "Your spot on the list stays yours",
}
TAKEN_BACK = {
    State.CONFIRMED: "Done. Your place is booked, as before.",
    State.OFFERED: "Done. The place is kept for you, as before.",
    State.WAITING: "Done. You are on the waiting list, where you were.",
}

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

    def with_position(self) -> Self:
        """Add how many wait before each (`waits_behind`), in the same query."""
        before = self.model._default_manager.filter(
            session=OuterRef("session"),
            state=State.WAITING,
            list_number__lt=OuterRef("list_number"),
        )
        counted = before.order_by().values("session").annotate(number=Count("pk"))
        return self.annotate(waits_behind=Coalesce(Subquery(counted.values("number")), 0))

    def staying(self) -> Self:
        """Without those that were given up by a link, for as long as that can be taken back."""
        return self.filter(leaves_at=None)

    def list_numbers(self) -> list[Decimal]:
        """The list numbers of those that wait, in this order."""
        numbers = self.values_list("list_number", flat=True)
        return [number for number in numbers if number is not None]

    def visible_to(self, person: "Person | AnonymousUser") -> Self:
        return self.filter(person=person) if person.is_authenticated else self.none()
