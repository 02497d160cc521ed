from datetime import datetime
from typing import Self

from django.db import models

from collective import clock


class SweepRunQuerySet(models.QuerySet["SweepRun"]):
    def until(self, moment: datetime) -> Self:
        """Those that began by then: what lies in the future was written by a wrong clock."""
        return self.filter(started_at__lte=moment)

    def good(self) -> Self:
        """Those that came to their end without an error."""
        return self.filter(error="", finished_at__isnull=False)


class SweepRun(models.Model):
    """One look for overdue work. Its age is the heartbeat for readiness and for staff."""

    class By(models.TextChoices):
        """Which role ran it."""

        USUAL = "", "worker, or bin/role sweep"
        STAND_IN = "stand-in", "the stand-in"

    name = models.CharField(max_length=40)
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    seen = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    by = models.CharField(max_length=10, choices=By, default=By.USUAL, db_default="", blank=True)

    objects = SweepRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["name", "-started_at"], name="sweeprun_latest")]

    def __str__(self) -> str:
        return f"{self.name} at {self.started_at:%d %b %Y %H:%M:%S}"


class Backup(models.Model):
    """A backup that was taken or, with `restored_at`, brought back; its script notes it."""

    taken_at = models.DateTimeField(db_index=True)
    restored_at = models.DateTimeField(null=True, blank=True)
    size = models.PositiveBigIntegerField("bytes", null=True, blank=True)

    class Meta:
        ordering = ["-taken_at", "-pk"]

    def __str__(self) -> str:
        return f"Backup of {self.taken_at:%d %b %Y %H:%M}"
