from django.db import models

from collective.models import Person
from collective.safety import emptied
from collective.safety.encryption import EncryptedJSONField
from events.models.series import ConversationSeries
from events.models.session import Session


class FormDraft(models.Model):
    """What somebody typed into a form and has not sent yet.

    Encrypted, and forgotten after a day.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    answers = EncryptedJSONField()
    updated_at = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"Draft of {self.updated_at:%d %b %Y %H:%M}"


class SignUpDraft(FormDraft):
    """Of the sign-up for a session."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "session"], name="one_draft_per_form")
        ]
        triggers = [emptied.refused()]


class BookingDraft(FormDraft):
    """Of booking a conversation: by series, so that nothing is lost where another time has to be
    chosen.
    """

    series = models.ForeignKey(ConversationSeries, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "series"], name="one_draft_per_series")
        ]
        triggers = [emptied.refused()]
