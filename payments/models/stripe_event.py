from django.db import models
from django.db.models import Q

from collective import clock


class StripeEvent(models.Model):
    """What came in at the webhook door, once for each event.

    It only says "look": the state itself is fetched.
    """

    event_id = models.CharField(max_length=100, unique=True)
    type = models.CharField(max_length=120)
    object_id = models.CharField(max_length=100, blank=True, default="")
    received_at = models.DateTimeField(default=clock.now)
    handled_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["received_at"]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(handled_at=None), name="stripe_event_to_handle"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.object_id}"
