"""What a worker does for one writer: it waits, is taken under a lease, is ready or has failed."""

import uuid
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from collective import clock
from collective.models import Person
from policy_drafts.models.policy import Policy

LEASE = timedelta(minutes=3)


class WorkState(models.TextChoices):
    WAITING = "waiting", "Under way"
    READY = "ready", "Ready"
    FAILED = "failed", "Not possible"


class DeskWorkQuerySet(models.QuerySet["DeskWork"]):
    def due(self) -> Self:
        """What waits, and is in nobody's hands."""
        is_free = Q(lease_until=None) | Q(lease_until__lt=clock.now())
        return self.filter(is_free, state=WorkState.WAITING)


class DeskWork(models.Model):
    """Something that may take long, done once in a worker; the writer waits for it on a page."""

    State = WorkState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    state = models.CharField(
        max_length=10,
        choices=WorkState,
        default=WorkState.WAITING,
        db_default=WorkState.READY,  # what the version before makes is ready at once
    )
    why = models.CharField("why it failed", max_length=300, blank=True, default="", db_default="")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_waiting(self) -> bool:
        return self.state == WorkState.WAITING

    @property
    def has_failed(self) -> bool:
        return self.state == WorkState.FAILED
