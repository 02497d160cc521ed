import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from collective import clock
from collective.models.person import Person
from collective.safety import emptied
from collective.typed.fields import AddressField

LEASE = timedelta(minutes=3)
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 30)]


def _is_due(moment: datetime) -> Q:
    """Due; or written by a clock that was ahead, which is right again."""
    at_once = Q(created_at__gt=moment + clock.AHEAD, due_at__lte=F("created_at"))
    again = Q(clock.has_come("due_at", moment, longest=BACK_OFF[-1]), attempts__gt=0)
    return Q(due_at__lte=moment) | at_once | again


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, moment: datetime) -> Self:
        """Mails that wait and are due, or were claimed by a sender whose lease has run out."""
        waits = Q(_is_due(moment), state=Message.State.WAITING)
        is_over = clock.has_come("lease_until", moment, longest=LEASE)
        was_left = Q(is_over, state=Message.State.SENDING)
        return self.filter(waits | was_left, channel=Message.Channel.EMAIL)

    def by_hand(self) -> Self:
        """What staff tell somebody themselves, by phone or post."""
        return self.exclude(channel=Message.Channel.EMAIL)

    def tasks(self, moment: datetime) -> Self:
        """What staff should tell now, the shortest time left first."""
        due = self.by_hand().filter(_is_due(moment), state=Message.State.WAITING)
        return due.order_by(F("not_after").asc(nulls_last=True), "due_at", "pk")

    def failed(self) -> Self:
        """Mail that came to nobody."""
        return self.filter(state=Message.State.FAILED)

    def refused(self, since: datetime) -> Self:
        """Mails that wait because each of two tries or more was refused, the first before then."""
        waits = [Message.State.WAITING, Message.State.SENDING]
        rows = self.filter(state__in=waits, channel=Message.Channel.EMAIL)
        return rows.filter(attempts__gte=2, refused_at__lte=since)


class Message(models.Model):
    """Something we tell one person, once.

    The text is made when it is sent; the unique key stays for ever. By phone or post it is a task:
    staff read the wording out, or post the letter, and mark it told.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", "Email"
        PHONE = "phone", "Phone"
        POST = "post", "Post"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent or told"
        FAILED = "failed", "Failed"
        DROPPED = "dropped", "Not sent: no longer true"

    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="messages"
    )
    address = AddressField(
        blank=True, help_text="Only where there is no person yet, or it is not their own."
    )
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    kind = models.CharField(max_length=40)
    about = models.UUIDField(help_text="The row that it tells of.")
    revision = models.CharField(max_length=40, default="", blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    not_after = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=200, editable=False)
    lease = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    refused_at = models.DateTimeField(
        null=True, editable=False, help_text="Since when each try of it was refused."
    )
    refused_as = models.CharField(
        max_length=60,
        default="",
        db_default="",
        editable=False,
        help_text="How, without any word of the relay's: these may name the address.",
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "about", "revision"],
                nulls_distinct=False,
                name="one_message_per_key",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["waiting", "sending"]), name="message_due"
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(state="waiting") & ~Q(channel="email"),
                name="message_task",
            ),
            models.Index(
                fields=["-created_at"], condition=Q(state="failed"), name="message_failed"
            ),
            models.Index(
                fields=["refused_at"],
                condition=Q(refused_at__isnull=False),
                name="message_refused",
            ),
            models.Index(
                fields=["sent_at"],
                condition=Q(state="sent", channel="email"),
                name="message_taken",
            ),
            models.Index(fields=["about"], name="message_about"),
            models.Index(fields=["person", "-created_at"], name="message_person"),
            models.Index(fields=["-created_at", "-id"], name="message_newest"),
            models.Index(fields=["sent_at"], condition=~Q(text=""), name="message_text_kept"),
            models.Index(
                fields=["kind"],
                condition=Q(kind="forgotten") & ~Q(address=""),
                name="message_last_address",
            ),
        ]
        triggers = [emptied.refused()]

    def __str__(self) -> str:
        return f"{self.kind} to {self.person or self.address}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.message_id = self.message_id or new_message_id()
        super().save(*args, **kwargs)

    @property
    def is_newest(self) -> bool:
        """Was the person told nothing newer of this kind about the same row?

        An older move, offer or sum is no longer true.
        """
        same = Message.objects.filter(person=self.person, kind=self.kind, about=self.about)
        return not same.filter(pk__gt=self.pk).exists()


def new_message_id() -> str:
    """A Message-ID (RFC 5322, 3.6.4), fixed before the first attempt: a second copy has it too."""
    return f"<{uuid.uuid4()}@{settings.ALLOWED_HOSTS[0]}>"
