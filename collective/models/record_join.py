import uuid
from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from collective import clock
from collective.models.person import Person
from collective.safety import emptied
from collective.safety.encryption import EncryptedJSONField

UNDO_WITHIN = timedelta(hours=72)
ASKED_FOR = timedelta(days=14)  # a colleague may answer so long


class RecordJoin(models.Model):
    """Two records of one person were joined.

    `moved` says what went where, encrypted, while it can be undone. Where more came along than a
    name, `confirmed_by` is the colleague who looked at it too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey(Person, models.PROTECT, related_name="joins")
    gone = models.ForeignKey(Person, models.PROTECT, related_name="+")
    moved = EncryptedJSONField(null=True, blank=True)
    moved_destination = models.BooleanField(
        default=False, db_default=False, help_text="Where money goes came along."
    )
    joined_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    confirmed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
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
            models.CheckConstraint(
                condition=~Q(confirmed_by=F("joined_by")), name="join_confirmed_by_a_colleague"
            ),
        ]
        triggers = [
            emptied.refused("kept"),
            emptied.refused_once_forgotten("gone"),
            pgtrigger.Protect(
                name="nobody_joins_their_own",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__joined_by=pgtrigger.F("new__kept"))
                | pgtrigger.Q(new__joined_by=pgtrigger.F("new__gone"))
                | pgtrigger.Q(new__confirmed_by=pgtrigger.F("new__kept"))
                | pgtrigger.Q(new__confirmed_by=pgtrigger.F("new__gone")),
            ),
        ]

    def __str__(self) -> str:
        return f"Joined on {self.joined_at:%d %b %Y}"

    @property
    def can_be_parted_until(self) -> datetime:
        """Until then it is known what went where."""
        return self.joined_at + UNDO_WITHIN

    @property
    def by_whom(self) -> str:
        """Who joined them, for colleagues: "Jo", or "Jo, confirmed by Kim"."""
        asked = str(self.joined_by or "somebody who has left")
        return f"{asked}, confirmed by {self.confirmed_by}" if self.confirmed_by else asked


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def open(self) -> Self:
        """Those that a colleague may still answer."""
        return self.filter(settled_at=None, asked_at__gt=clock.now() - ASKED_FOR)


class JoinRequest(models.Model):
    """A member of staff asks a colleague to look at a join that takes private things along."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey(Person, models.CASCADE, related_name="+")
    gone = models.ForeignKey(Person, models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    seen = models.CharField(max_length=64, help_text="A keyed hash of the preview that they read.")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kept", "gone"],
                condition=Q(settled_at=None),
                name="one_open_join_request_each",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("kept")) & ~Q(asked_by=F("gone")),
                name="nobody_asks_to_join_their_own",
            ),
        ]
        triggers = [emptied.refused("kept"), emptied.refused("gone")]

    def __str__(self) -> str:
        return f"Asked on {self.asked_at:%d %b %Y}"
