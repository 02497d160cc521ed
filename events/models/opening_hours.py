import uuid
from datetime import date, time

from django.db import models
from django.db.models import F, Q

from events.models.series import ConversationSeries

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class OpeningHours(models.Model):
    """When a host is there, by London's clocks: each week on a day, on a single day, or not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.ForeignKey(ConversationSeries, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="0 is Monday. Empty: a single day."
    )
    day = models.DateField(null=True, blank=True)
    from_time = models.TimeField(null=True, blank=True, help_text="Empty: not on that day.")
    until_time = models.TimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "opening hours"
        ordering = ["weekday", "day", "from_time"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__isnull=False, day=None, from_time__isnull=False)
                | Q(weekday=None, day__isnull=False),
                name="hours_of_a_weekday_or_a_day",
            ),
            models.CheckConstraint(
                condition=Q(from_time=None, until_time=None) | Q(until_time__gt=F("from_time")),
                name="hours_in_order",
            ),
            models.CheckConstraint(
                condition=Q(weekday=None) | Q(weekday__lte=6), name="hours_on_a_weekday"
            ),
            models.UniqueConstraint(
                fields=["series", "weekday", "day", "from_time"],
                nulls_distinct=False,
                name="hours_once",
            ),
        ]

    def __str__(self) -> str:
        if self.is_day_off:
            return f"Not on {self._day_words()}"
        return f"{self._day_words()}, {self.from_time:%H:%M} to {self.until_time:%H:%M}"

    def _day_words(self) -> str:
        if self.day is not None:
            return f"{self.day:%A} {self.day.day} {self.day:%B %Y}"
        return f"{WEEKDAYS[self.weekday]}s" if self.weekday is not None else ""

    @property
    def is_day_off(self) -> bool:
        return self.from_time is None

    @property
    def span(self) -> tuple[time, time] | None:
        """From and until; None on a day off."""
        if self.from_time is None or self.until_time is None:
            return None
        return self.from_time, self.until_time

    def is_on(self, day: date) -> bool:
        """Are these the hours of this day, or of its day of the week?"""
        return self.day == day or self.weekday == day.weekday()
