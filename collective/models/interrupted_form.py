import uuid

from django.db import models

from collective import clock
from collective.models.person import Person
from collective.safety import emptied
from collective.safety.encryption import EncryptedJSONField


class InterruptedForm(models.Model):
    """A form that was sent while its sender was signed out, or the second step had run out.

    Encrypted, for this person alone, until they send it once more, and for a day at most.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="interrupted_forms")
    sent = EncryptedJSONField(help_text="Where to, what, why it was not taken, names of files.")
    sent_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        triggers = [emptied.refused()]

    def __str__(self) -> str:
        return f"Interrupted form of {self.sent_at:%d %b %Y %H:%M}"
