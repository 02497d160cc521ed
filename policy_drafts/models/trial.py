from django.db import models
from django.db.models import Q

from collective import clock
from policy_drafts.models.leased import LeasedQuerySet, Work, WorkState
from policy_drafts.models.policy import Policy


class FilesTrial(Work):
    """The files of a working copy, made once before it is published, and thrown away again.

    What comes of it is kept for a day: which of them cannot be made from this text.
    """

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="trials")
    shown = models.CharField("fingerprint of the text", max_length=64)
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
