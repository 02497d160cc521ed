import uuid
from datetime import timedelta
from typing import Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from collective import clock
from collective.models.person import Person
from collective.safety import emptied
from collective.safety.encryption import EncryptedJSONField

CHANGE_OF_MIND = timedelta(days=7)


class How(models.TextChoices):
    SELF = "self", "They asked on their own page"
    RANG = "rang", "They rang, wrote or asked in person"
    DIED = "died", "They have died, and somebody asks for them"
    RESTORED = "restored", "Forgotten before, and back by a restored backup"


class DeletionRequestQuerySet(models.QuerySet["DeletionRequest"]):
    def open(self) -> Self:
        """Those that are neither done nor stopped."""
        return self.filter(done_at=None, stopped_at=None)

    def due(self) -> Self:
        """Those whose day has come, and that a second person has confirmed where one has to."""
        needs_nobody = Q(how__in=[How.SELF, How.RESTORED]) | Q(confirmed_by__isnull=False)
        return self.open().filter(needs_nobody, due_at__lte=clock.now())


class DeletionRequest(models.Model):
    """Somebody asked us to forget them, or staff for them.

    A week later it is done, unless they change their mind. One that staff took down is confirmed
    by a second colleague. We answer within a month (UK GDPR, article 12(3)).
    """

    How = How

    person = models.ForeignKey(Person, models.CASCADE, related_name="deletion_requests")
    public_id = models.UUIDField(
        default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False
    )
    how = models.CharField(max_length=10, choices=How, default=How.SELF, db_default="self")
    asked_at = models.DateTimeField(default=clock.now)
    asker = EncryptedJSONField(
        "who asks", null=True, blank=True, help_text="Name, and what they are to the person."
    )
    checked = EncryptedJSONField("how we know", null=True, blank=True)
    shuts_out = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="They could sign in before, and cannot while this is open.",
    )
    taken_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    due_at = models.DateTimeField("done on", null=True, blank=True, editable=False)
    waits_since = models.DateTimeField(null=True, blank=True, editable=False)
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False)
    stopped_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="Who of our team stopped it; empty where the person did.",
    )
    stop_reason = EncryptedJSONField("why our team stopped it", null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    listed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it was noted outside the database."
    )

    objects = DeletionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "request to be forgotten"
        verbose_name_plural = "requests to be forgotten"
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(done_at=None, stopped_at=None),
                name="one_open_deletion_request_each",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("taken_by")),
                name="deletion_request_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(stopped_by=None) | Q(stopped_at__isnull=False),
                name="deletion_request_stopped_by_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(done_at=None, stopped_at=None),
                name="deletion_request_due",
            )
        ]
        triggers = [emptied.refused()]

    def __str__(self) -> str:
        return f"Request to forget {self.person}, {self.asked_at:%d %b %Y}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.stopped_at is None

    @property
    def needs_confirming(self) -> bool:
        """Does a second colleague have to look at it before anything is done?"""
        by_staff = self.how in {How.RANG, How.DIED}
        return self.is_open and by_staff and self.confirmed_by_id is None

    @property
    def is_of_a_death(self) -> bool:
        return self.how == How.DIED

    @property
    def tells_them(self) -> bool:
        """Do we tell the person about it, by hand too, and say so when it is done?

        Of a death only the addresses hear that we have, and only before it is done.
        """
        return self.how in {How.SELF, How.RANG}


class Redaction(models.Model):
    """Rows of histories that otherwise never change were taken out or emptied.

    It says why, at whose wish, who allowed it, and of which tables; never what stood there.
    """

    at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=120)
    asked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    allowed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    tables = models.JSONField(default=list)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.reason}, {self.at:%d %b %Y}"


class FileToRemove(models.Model):
    """A file whose row is gone: a sweep takes it off the disk, after the commit."""

    name = models.CharField(max_length=200)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "files to remove"

    def __str__(self) -> str:
        return f"A file to remove since {self.since:%d %b %Y}"
