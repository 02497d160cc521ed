"""What a worker does: it waits, is taken under a lease, is ready or has failed."""

import uuid
from datetime import timedelta
from typing import Self, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q

from collective import clock
from collective.models import Person
from policy_drafts.models.policy import Policy

LONGEST_LEASE = timedelta(minutes=5)
Row = TypeVar("Row", bound="Leased")


class WorkState(models.TextChoices):
    WAITING = "waiting", "Under way"
    READY = "ready", "Ready"
    FAILED = "failed", "Not possible"


class LeasedQuerySet(models.QuerySet[Row]):
    def due(self) -> Self:
        """What waits, and is in nobody's hands."""
        is_over = clock.has_come("lease_until", clock.now(), longest=LONGEST_LEASE)
        is_free = Q(lease_until=None) | is_over
        return self.filter(is_free, state=WorkState.WAITING)

    @transaction.atomic
    def claim(self, pk: UUID | str, lease: timedelta) -> Row | None:
        """The row, in our hands for so long; None if another worker has it or it is done."""
        row = self.due().filter(pk=pk).select_for_update(skip_locked=True, of=("self",)).first()
        if row:
            row.lease_until, row.attempts = clock.now() + lease, row.attempts + 1
            row.save(update_fields=["lease_until", "attempts"])
        return row


class Leased(models.Model):
    """Work that waits for a worker. What a worker that died had in its hands is due again."""

    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Work(Leased):
    """Something that may take long, done once in a worker."""

    State = WorkState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(
        max_length=10,
        choices=WorkState,
        default=WorkState.WAITING,
        db_default=WorkState.READY,  # what the version before makes is ready at once
    )
    why = models.CharField("why it failed", max_length=300, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    @property
    def is_waiting(self) -> bool:
        return self.state == WorkState.WAITING

    @property
    def has_failed(self) -> bool:
        return self.state == WorkState.FAILED


class DeskWork(Work):
    """The same for one writer, who waits for it on a page."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")

    class Meta:
        abstract = True
