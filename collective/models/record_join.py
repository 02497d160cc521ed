import uuid

from django.db import models

from collective import clock
from collective.models.person import Person
from collective.safety.encryption import EncryptedJSONField


class RecordJoin(models.Model):
    """Two records of one person were joined.

    `moved` says what went where, encrypted, while it can be undone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey(Person, models.PROTECT, related_name="joins")
    gone = models.ForeignKey(Person, models.PROTECT, related_name="+")
    moved = EncryptedJSONField(null=True, blank=True)
    joined_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    joined_at = models.DateTimeField(default=clock.now, db_index=True)
    undone_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-joined_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["gone"],
                condition=models.Q(undone_at=None),
                name="joined_into_one_record_only",
            ),
            models.CheckConstraint(
                condition=~models.Q(kept=models.F("gone")), name="joined_into_another_record"
            ),
        ]

    def __str__(self) -> str:
        return f"Joined on {self.joined_at:%d %b %Y}"
