import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from collective import clock
from collective.models.activity import Activity
from collective.models.call import Call
from collective.models.person import Person
from collective.safety import emptied
from collective.safety.markup import RichTextField
from collective.typed.fields import LineField


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def due(self, moment: datetime) -> Self:
        """Those that should go out now."""
        return self.filter(state=Announcement.State.SCHEDULED, send_at__lte=moment)


class Announcement(models.Model):
    """A message in staff's own words to many people at once.

    `collective.messages.announcements` knows who is meant.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Being written"
        SCHEDULED = "scheduled", "Will go out"
        SENT = "sent", "Sent"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(
        Call, models.PROTECT, null=True, blank=True, related_name="announcements"
    )
    activity = models.ForeignKey(
        Activity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="announcements",
        verbose_name="session",
    )
    audience = models.CharField("to whom", max_length=30)
    chosen = models.ManyToManyField(
        Person, blank=True, related_name="+", verbose_name="chosen people"
    )
    subject = LineField(
        max_length=120,
        help_text="Neutral, please: people share phones and screens. Nothing private.",
    )
    body = RichTextField("what we say")
    send_at = models.DateTimeField(
        "goes out at", null=True, blank=True, help_text="UK time. Empty: when you send it."
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    created_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    told = models.PositiveIntegerField("people told", default=0, editable=False)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = "message to many"
        verbose_name_plural = "messages to many"
        ordering = ["-created_at"]
        permissions = [("send_announcement", "Can send messages to many")]
        indexes = [
            models.Index(
                fields=["send_at"], condition=Q(state="scheduled"), name="announcement_due"
            ),
            models.Index(fields=["-created_at"], name="announcement_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(send_at__isnull=False),
                name="announcement_scheduled_for_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Chosen(Announcement.chosen.through):  # type: ignore[name-defined]  # made by Django
    """Somebody whom staff chose for a message to many: Django's own table, with our trigger."""

    class Meta:
        proxy = True
        triggers = [emptied.refused()]
