from datetime import datetime, timedelta
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


class BackupQuerySet(models.QuerySet["Backup"]):
    def taken(self) -> "BackupQuerySet":
        """Without those that say when one was brought back; the newest first."""
        return self.filter(restored_at=None)

    def proven(self) -> "BackupQuerySet":
        """Those that a drill brought back whole, the last drill first."""
        return self.taken().exclude(proved_at=None).order_by("-proved_at")

    def not_coming_back(self) -> "Backup | None":
        """The newest one that a drill found wanting, unless a newer one was proven since."""
        failed = self.taken().exclude(proof_error="").first()
        proven = self.proven().filter(proof_error="").first()
        if failed and proven and proven.taken_at > failed.taken_at:
            return None
        return failed


class Backup(models.Model):
    """A backup that was taken or, with `restored_at`, brought back; its command notes it.

    `prove_backup` writes when a drill brought it back whole, or what it found instead.
    """

    taken_at = models.DateTimeField(db_index=True)
    restored_at = models.DateTimeField(null=True, blank=True)
    size = models.PositiveBigIntegerField("bytes", null=True, blank=True)
    proved_at = models.DateTimeField(null=True, blank=True)
    proof_error = models.TextField(blank=True, default="", db_default="")

    OLD_AFTER, PROOF_OLD_AFTER = timedelta(hours=26), timedelta(days=8)

    objects = BackupQuerySet.as_manager()

    class Meta:
        ordering = ["-taken_at", "-pk"]

    def __str__(self) -> str:
        return f"Backup of {self.taken_at:%d %b %Y %H:%M}"

    @property
    def is_old(self) -> bool:
        return self.taken_at < clock.now() - self.OLD_AFTER

    @property
    def proof_is_old(self) -> bool:
        return self.proved_at is None or self.proved_at < clock.now() - self.PROOF_OLD_AFTER
