from django.db import models

from collective.encryption import EncryptedJSONField
from collective.models import Person
from events.models.session import Session


class SignUpDraft(models.Model):
    """What somebody typed into the sign-up form and has not sent yet. Encrypted, and forgotten after a day."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    session = models.ForeignKey(Session, models.CASCADE, related_name="+")
    answers = EncryptedJSONField()
    updated_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "session"], name="one_draft_per_form")]

    def __str__(self):
        return f"Draft of {self.updated_at:%d %b %Y %H:%M}"
