import uuid
from typing import Any

from django.db import models

from collective import clock
from collective.models import Person
from collective.safety import joined
from collective.safety.encryption import EncryptedJSONField
from collective.typed.fields import LineField
from policy_drafts.models.policy import Policy


class Import(models.Model):
    """What one writer has brought in and not decided on yet: theirs alone.

    Emptied when it is confirmed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="imports")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    name = LineField("name of the file", max_length=200)
    held = EncryptedJSONField(
        null=True, help_text="Sections, notes, pictures, and what is left out."
    )
    brought_at = models.DateTimeField(default=clock.now, db_index=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [joined.refused()]

    def __str__(self) -> str:
        return self.name

    @property
    def contents(self) -> dict[str, Any]:
        """What is held; nothing of it once it was confirmed."""
        return self.held or {"sections": [], "pictures": [], "notes": []}
