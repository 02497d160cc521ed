from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from collective import clock
from collective.models import Person
from collective.safety.steps import Steps
from payments.models import Capacity


class State(models.TextChoices):
    BOOKED = "booked", "Booked"
    HELD = "held", "Held"
    MISSED = "missed", "The person did not come"
    HOST_MISSED = "host_missed", "The host could not"
    FAILED = "failed", "The connection failed"
    CANCELLED = "cancelled", "Cancelled"


# The same as the person it is about reads it.
STATES_TOLD = {
    State.BOOKED: "Booked",
    State.HELD: "We talked",
    State.MISSED: "We did not talk",
    State.HOST_MISSED: "The host could not",
    State.FAILED: "The connection failed",
    State.CANCELLED: "Cancelled",
}

# What became of it: noted once it has begun, corrected, or taken back.
OUTCOMES = [State.HELD, State.MISSED, State.HOST_MISSED, State.FAILED]
LIVE = [State.BOOKED, *OUTCOMES]  # these hold their slot
# The person keeps the right to a new one, and staff decide on the payment.
NOT_THEIR_FAULT = [State.HOST_MISSED, State.FAILED]

# The steps that the database lets a state take. What became of it is noted, corrected, taken back;
# a cancelled one stays cancelled: the person books anew.
STEPS: Steps = {
    State.BOOKED: [State.HELD, State.MISSED, State.HOST_MISSED, State.FAILED, State.CANCELLED],
    State.HELD: [State.BOOKED, State.MISSED, State.HOST_MISSED, State.FAILED],
    State.MISSED: [State.BOOKED, State.HELD, State.HOST_MISSED, State.FAILED],
    State.HOST_MISSED: [State.BOOKED, State.HELD, State.MISSED, State.FAILED],
    State.FAILED: [State.BOOKED, State.HELD, State.MISSED, State.HOST_MISSED],
    State.CANCELLED: [],
}


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
        """Not held through no fault of the person's, and not decided yet whether it is paid."""
        undecided = self.filter(pay_anyway=None, fee_pence__isnull=False)
        return undecided.filter(state__in=NOT_THEIR_FAULT).exclude(capacity=Capacity.PAID_ROLE)

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        return self.filter(person=person) if person.is_authenticated else self.none()
