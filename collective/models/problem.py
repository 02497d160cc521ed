import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from collective import clock


class ProblemQuerySet(models.QuerySet["Problem"]):
    def open(self) -> Self:
        """Those that are not over, the oldest first."""
        return self.filter(ended_at=None).order_by("began_at")


class Problem(models.Model):
    """Something that is late or full in the running of the product, from its beginning to its end.

    Staff are told once when it begins, and once when it is over.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=40)
    began_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now, help_text="When it was last there.")
    told_at = models.DateTimeField(null=True, blank=True, help_text="When staff were told.")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(ended_at=None), name="one_open_problem_a_name"
            )
        ]
        indexes = [models.Index(fields=["ended_at"], name="problem_ended")]

    def __str__(self) -> str:
        return f"{self.name} since {self.began_at:%d %b %Y %H:%M}"
