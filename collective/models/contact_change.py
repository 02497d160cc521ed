import uuid
from typing import Self

from django.db import models

from collective import clock
from collective.models.person import Person
from collective.safety import emptied
from collective.safety.encryption import EncryptedJSONField


class ContactChangeQuerySet(models.QuerySet["ContactChange"]):
    def with_who(self) -> Self:
        """With the colleague, the newest first."""
        return self.select_related("changed_by").order_by("-changed_at", "pk")


class ContactChange(models.Model):
    """Staff have changed how somebody is reached: on record, with what it was before.

    Encrypted: the numbers and addresses from before are private. It goes after a month.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="contact_changes")
    changed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)
    what = models.JSONField(help_text="The names of the fields that were changed.")
    before = EncryptedJSONField()

    objects = ContactChangeQuerySet.as_manager()

    class Meta:
        ordering = ["changed_at"]
        indexes = [models.Index(fields=["changed_at"], name="contact_change_at")]
        triggers = [emptied.refused()]

    def __str__(self) -> str:
        return f"How to reach {self.person}, changed on {self.changed_at:%d %b %Y}"
