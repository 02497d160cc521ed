import uuid

from django.db import models
from django.db.models import Q

from collective import clock
from policy_drafts.models.leased import Leased, LeasedQuerySet, WorkState
from policy_drafts.models.policy import Policy


class FilesTrial(Leased):
    """The files of a working copy, made once before it is published, and thrown away again.

    What comes of it is kept for a day: which of them cannot be made from this text.
    """

    State = WorkState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="trials")
    shown = models.CharField("fingerprint of the text", max_length=64)
    state = models.CharField(max_length=10, choices=WorkState, default=WorkState.WAITING)
    why = models.CharField("why it failed", max_length=300, blank=True, default="")
    failed = models.JSONField("kinds that cannot be made", default=list)
    ordered_at = models.DateTimeField(default=clock.now, db_index=True)

    objects = LeasedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "shown"], name="one_trial_a_text")]
        indexes = [
            models.Index(
                fields=["lease_until"], condition=Q(state=WorkState.WAITING), name="trial_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy}, files before publishing"

    @property
    def is_waiting(self) -> bool:
        return self.state == WorkState.WAITING

    @property
    def has_failed(self) -> bool:
        return self.state == WorkState.FAILED
