from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from collective import clock
from collective.clock import LONDON
from events.models.session import Session

if TYPE_CHECKING:
    from collective.models import Person


class What(models.TextChoices):
    REMINDER = "reminder", "Reminder"
    JOINING = "joining", "Joining details"
    AFTER = "after", "After the session"


DEFAULTS: list[dict[str, Any]] = [
    {"what": What.REMINDER, "days_before": 7},
    {"what": What.JOINING, "days_before": 2},
    {"what": What.REMINDER, "days_before": 1, "at_time": time(18)},
    {"what": What.REMINDER, "minutes_before": 60},
    {"what": What.AFTER, "minutes_before": -60},
]
RULE = ("what", "days_before", "at_time", "minutes_before")
THANKS_WITHIN = timedelta(days=7)  # of the end


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def plan(self, session: Session, *, is_new: bool) -> None:
        """Give a new session its usual reminders, and work out when each is due.

        The session is being saved.
        """
        if is_new:
            Reminder.objects.bulk_create([Reminder(session=session, **row) for row in DEFAULTS])
        for reminder in session.reminders.filter(fanned_out_at=None):
            reminder.save()

    def due(self, moment: datetime) -> Self:
        """Those whose time has come and that have not gone out."""
        State = Session.State
        return self.filter(
            due_at__lte=moment,
            fanned_out_at=None,
            session__state__in=[State.OPEN, State.CLOSED, State.HAPPENED],
        )


class Reminder(models.Model):
    """One message to everybody who is coming, at a set time before the session or after its end.

    One row is one time. Days count back on London's calendar, at a wall time; minutes are elapsed
    time.
    """

    What = What

    session = models.ForeignKey(Session, models.CASCADE, related_name="reminders")
    what = models.CharField(max_length=10, choices=What, default=What.REMINDER)
    days_before = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(90)]
    )
    at_time = models.TimeField(
        "at (wall time)",
        null=True,
        blank=True,
        help_text="With days: empty is the time at which the session starts.",
    )
    minutes_before = models.IntegerField(
        "or minutes before",
        null=True,
        blank=True,
        help_text="Below zero: minutes after the end.",
        validators=[MinValueValidator(-10_080), MaxValueValidator(10_080)],
    )
    due_at = models.DateTimeField(null=True, blank=True, editable=False)
    fanned_out_at = models.DateTimeField("went out", null=True, blank=True, editable=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(fanned_out_at=None), name="reminder_due")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(days_before=None, minutes_before__isnull=False)
                | Q(days_before__isnull=False, minutes_before=None),
                name="reminder_by_days_or_by_minutes",
                violation_error_message="Give either days before or minutes before.",
            )
        ]

    def __str__(self) -> str:
        if self.days_before is not None:
            days = "the day before" if self.days_before == 1 else f"{self.days_before} days before"
            return f"{self.get_what_display()}, {days}"
        return f"{self.get_what_display()}, {abs(self.minutes_before or 0)} minutes"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.due_at = self.moment()
        super().save(*args, **kwargs)

    def copy_to(self, session: Session) -> None:
        """Remind of this session by the same rule; it has not gone out yet."""
        Reminder.objects.create(session=session, **self.rule)

    @property
    def rule(self) -> dict[str, Any]:
        """What it sends and when, without what became of it."""
        return {name: getattr(self, name) for name in RULE}

    def moment(self) -> datetime | None:
        """When it is due, by the session's date; None while that is not set."""
        starts_at, ends_at = self.session.starts_at, self.session.ends_at
        if starts_at is None or ends_at is None:
            return None
        if self.minutes_before is not None:
            anchor = starts_at if self.minutes_before >= 0 else ends_at
            return anchor - timedelta(minutes=self.minutes_before)
        start = self.session.local_start
        day = start.date() - timedelta(days=self.days_before or 0)
        return datetime.combine(day, self.at_time or start.time(), LONDON)

    @property
    def not_after(self) -> datetime:
        """A reminder never comes after the start, joining details never after the end."""
        if self.what == What.REMINDER:
            return self.session.start
        return self.session.end + (THANKS_WITHIN if self.what == What.AFTER else timedelta(0))

    def is_for(self, person: "Person") -> bool:
        """May this person be told? Of a reminder by phone or post only on the day before."""
        if self.what != What.REMINDER:
            return True
        return person.wants_reminders and (not person.is_told_by_hand or self.days_before == 1)

    @property
    def is_too_late(self) -> bool:
        return self.not_after <= clock.now()

    @property
    def sends_joining_details(self) -> bool:
        return self.what == What.JOINING

    @property
    def waits_for_staff(self) -> bool:
        """Joining details that nobody has written yet go out as soon as somebody has."""
        unwritten = self.sends_joining_details and not self.session.has_joining_details
        return unwritten and not self.is_too_late
