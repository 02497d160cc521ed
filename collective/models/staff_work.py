import uuid
from datetime import datetime
from typing import Self

from django.db import models

from collective import clock
from collective.clock import LONDON
from collective.models.activity import Activity
from collective.models.person import Person
from collective.safety import emptied
from collective.safety.encryption import EncryptedJSONField


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def open(self) -> Self:
        """Those that nobody has done yet."""
        return self.filter(done_at=None)

    def for_the_team(self, person: Person, what: str, at: datetime) -> "FollowUp":
        """Something that the product asks the team to do about somebody, on the day of `at`."""
        day = at.astimezone(LONDON).date()
        return self.create(person=person, what=what, due_on=day, created_at=at)


class FollowUp(models.Model):
    """Something that staff come back to on a day: "ring Amina about the taxi".

    Encrypted: it may be private.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="follow_ups"
    )
    activity = models.ForeignKey(
        Activity, models.CASCADE, null=True, blank=True, related_name="follow_ups"
    )
    what = EncryptedJSONField()
    due_on = models.DateField("come back to it on")
    created_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    done_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    done_at = models.DateTimeField(null=True, editable=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "follow-up"
        ordering = ["due_on", "created_at"]
        indexes = [
            models.Index(fields=["due_on"], condition=models.Q(done_at=None), name="followup_open")
        ]
        triggers = [emptied.refused()]

    def __str__(self) -> str:
        return f"Come back to it on {self.due_on:%d %b %Y}"


class Taken(models.Model):
    """A mark on one line of Today, "I do this": two colleagues do not ring the same person."""

    line = models.CharField(
        max_length=80, primary_key=True, help_text="Which line: its sort, and its row's key."
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    taken_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        verbose_name_plural = "taken"
        triggers = [emptied.refused_once_forgotten()]

    def __str__(self) -> str:
        return f"Taken by {self.person}"
