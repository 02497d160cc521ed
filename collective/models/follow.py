import uuid

from django.db import models
from django.db.models import Q

from collective import clock
from collective.models.activity import Activity
from collective.models.call import Call
from collective.models.person import Person
from collective.safety import emptied


class Follow(models.Model):
    """A person wants to hear of a date or an opening, of one activity or of a whole call."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="follows")
    call = models.ForeignKey(Call, models.CASCADE, null=True, blank=True, related_name="follows")
    activity = models.ForeignKey(
        Activity, models.CASCADE, null=True, blank=True, related_name="follows"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(call=None, activity__isnull=False)
                | Q(call__isnull=False, activity=None),
                name="follow_a_call_or_an_activity",
            ),
            models.UniqueConstraint(
                fields=["person", "call", "activity"],
                nulls_distinct=False,
                name="follow_a_thing_once",
            ),
        ]
        triggers = [emptied.refused()]

    def __str__(self) -> str:
        return f"{self.person} follows {self.target}"

    @property
    def target(self) -> Activity | Call | None:
        return self.activity or self.call

    @property
    def its_call_id(self) -> int:
        """The key of the call that it is news of."""
        call_id = self.activity.call_id if self.activity else self.call_id
        assert call_id  # the database asks for one of the two
        return call_id
