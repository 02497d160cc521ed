from typing import Any

from django.db import models
from django.db.models import Q

from collective import clock
from collective.safety import emptied
from collective.safety.encryption import EncryptedJSONField
from collective.typed.fields import LineField
from policy_drafts.models.leased import DeskWork, LeasedQuerySet, WorkState
from policy_drafts.models.policy import Policy


class Import(DeskWork):
    """What one writer has brought in and not decided on yet: theirs alone.

    The file itself is kept until it is read, and what it holds until that is confirmed.
    """

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="imports")
    name = LineField("name of the file", max_length=200)
    file = EncryptedJSONField(null=True, help_text="As it came, in base64, until it is read.")
    held = EncryptedJSONField(
        null=True, help_text="Sections, notes, pictures, and what is left out."
    )
    brought_at = models.DateTimeField(default=clock.now, db_index=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = LeasedQuerySet.as_manager()

    class Meta:
        triggers = [emptied.refused()]
        indexes = [
            models.Index(
                fields=["lease_until"], condition=Q(state=WorkState.WAITING), name="import_due"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def contents(self) -> dict[str, Any]:
        """What is held; nothing of it once it was confirmed."""
        nothing: dict[str, Any] = {"sections": [], "pictures": [], "notes": [], "named": []}
        return nothing | {"by_bold_lines": []} | (self.held or {})


class WorkingCopyFile(DeskWork):
    """The working copy as a Word file, for one writer, for a day."""

    file = EncryptedJSONField(null=True, help_text="In base64.")
    ordered_at = models.DateTimeField(default=clock.now, db_index=True)

    objects = LeasedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "person"],
                condition=Q(state=WorkState.WAITING),
                name="one_waiting_working_copy",
            )
        ]
        triggers = [emptied.refused()]

    def __str__(self) -> str:
        return f"{self.policy}, working copy"
