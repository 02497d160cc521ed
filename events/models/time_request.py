import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from collective import clock
from collective.models import Person
from collective.safety import emptied
from collective.safety.encryption import EncryptedJSONField
from events.models.series import ConversationSeries

# Stands for no words of theirs: their conversation was not held, and no other time was free.
NO_TIME_LEFT = (
    "(The host could not, and no other time was free. They have first choice of new times.)"
)


class TimeRequestQuerySet(models.QuerySet["TimeRequest"]):
    def open(self) -> Self:
        return self.filter(settled_at=None)


class TimeRequest(models.Model):
    """“None of these times works”: what would, in the person's own words.

    It is answered by keeping a slot for them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.ForeignKey(ConversationSeries, models.CASCADE, related_name="time_requests")
    person = models.ForeignKey(Person, models.CASCADE, related_name="time_requests")
    wish = EncryptedJSONField(help_text="What would work, in their own words.")
    asked_at = models.DateTimeField(default=clock.now)
    offered_at = models.DateTimeField(null=True, blank=True)
    offered_slot = models.ForeignKey(
        "events.Slot", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    has_first_choice = models.BooleanField(
        "first choice of new times, as the host could not", default=False, editable=False
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = TimeRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(settled_at=None), name="time_request_open"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "person"],
                condition=Q(settled_at=None),
                name="one_open_time_request_each",
            )
        ]
        triggers = [emptied.refused()]

    def __str__(self) -> str:
        return f"{self.person}: {self.series}"

    @property
    def own_words(self) -> str:
        """What they wrote; "" where nobody wrote anything, as first choice came by itself."""
        return "" if self.wish == NO_TIME_LEFT else self.wish

    @property
    def offer_revision(self) -> str:
        """Which offer stands: a message of an older one is no longer true. "" for none."""
        return self.offered_at.isoformat() if self.offered_at else ""
