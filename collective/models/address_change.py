import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from collective import clock
from collective.models.person import Person
from collective.safety import emptied, steps
from collective.typed.fields import AddressField


class State(models.TextChoices):
    WAITING = "waiting", "Waits"
    DONE = "done", "Changed"
    STOPPED = "stopped", "Stopped"
    ENDED = "ended", "Came to nothing"


STEPS: steps.Steps = {
    State.WAITING: [State.DONE, State.STOPPED, State.ENDED],
    State.DONE: [],
    State.STOPPED: [],
    State.ENDED: [],
}


class AddressChangeQuerySet(models.QuerySet["AddressChange"]):
    def waiting(self) -> Self:
        """Those that still can be stopped."""
        return self.filter(state=State.WAITING)


class AddressChange(models.Model):
    """An email address that becomes somebody's in three days, unless the old one says no.

    The code in the new address was right; nobody has shown that they read mail at the old one.
    """

    State = State

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="address_changes")
    email = AddressField("new email address")
    asked_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="Who of our team asked. Empty: the person themself.",
    )
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="waiting"), name="one_waiting_address_each"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="waiting"), name="address_change_due"
            ),
            models.Index(
                fields=["email"], condition=Q(state="waiting"), name="address_change_email"
            ),
        ]
        triggers = [steps.only(STEPS), emptied.refused()]

    def __str__(self) -> str:
        return f"Another address for {self.person}, asked on {self.asked_at:%d %b %Y}"
