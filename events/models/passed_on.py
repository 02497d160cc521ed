import uuid

from django.db import models

from collective import clock
from collective.models import Person
from collective.safety.encryption import EncryptedJSONField
from events.models.conversation import Conversation


class PassedOn(models.Model):
    """The host passed on that somebody may be at risk: to whom, when, what the person was told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="passed_on")
    details = EncryptedJSONField(
        null=True, help_text="to whom, and what the person was told; removed with the notes"
    )
    passed_on_at = models.DateTimeField()
    noted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "passed on"
        ordering = ["passed_on_at"]

    def __str__(self) -> str:
        return f"Passed on, {self.passed_on_at:%d %b %Y}"
