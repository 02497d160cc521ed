import uuid
from datetime import datetime
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, F, Func, OuterRef, Q

from collective import clock
from collective.clock import LONDON
from collective.errors import RuleError
from collective.models import Person
from collective.safety import emptied
from events.models.conversation_states import LIVE
from events.models.series import ConversationSeries

ONE_AT_A_TIME_FOR_A_HOST = "one_slot_at_a_time_for_a_host"


class TsTzRange(Func):
    """PostgreSQL's range of two moments, the start in it and the end not."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class State(models.TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed by hand"
    GONE = "gone", "No longer among the opening hours"


class SlotTaken(RuleError):
    """Somebody else has this time now: nothing is lost, another one can be chosen."""


class SlotQuerySet(models.QuerySet["Slot"]):
    def open(self) -> Self:
        return self.filter(state=State.OPEN)

    def to_come(self) -> Self:
        return self.filter(starts_at__gt=clock.now())

    def not_booked(self) -> Self:
        return self.exclude(conversations__state__in=LIVE)

    def kept_for(self, person: Person | AnonymousUser) -> Self:
        """Those that are kept for this person now, and nobody else may take."""
        if not person.is_authenticated:
            return self.none()
        mine = self.open().to_come().not_booked()
        return mine.filter(kept_for=person, kept_until__gt=clock.now())

    def kept_too_long(self) -> Self:
        """Those whose time has passed for which they were kept for somebody."""
        return self.filter(kept_until__lte=clock.now(), kept_for__isnull=False)

    def free_to(
        self,
        person: Person | AnonymousUser,
        *,
        by_staff: bool = False,
        leaving: "Slot | None" = None,
    ) -> Self:
        """Those that this person may book now: not booked, and kept for nobody else.

        They come with enough notice, and on no day that is full (without the time that they are
        leaving). Staff, and a person for whom one is kept, need no notice.
        """
        now = clock.now()
        for_them = Q(kept_for=person) if person.is_authenticated else Q(pk=None)
        kept = Q(kept_until__gt=now) & for_them
        unkept = Q(kept_for=None) | Q(kept_until__lte=now, goes_when_freed=False)
        notice = Q() if by_staff else Q(starts_at__gt=_after_the_least_notice(now))
        anybody = unkept & notice & ~_on_a_full_day(leaving)
        return self.open().to_come().not_booked().filter(kept | anybody)

    def pick(self, slot: "Slot") -> "Slot":
        """This one, fresh. Raises SlotTaken where it is not, or no longer, among them."""
        found = self.filter(pk=slot.pk).first()
        if found is None:
            raise SlotTaken("This time is no longer free. Please choose another one.")
        return found


def _after_the_least_notice(now: datetime) -> ExpressionWrapper:
    """The first moment that the series still lets people book."""
    return ExpressionWrapper(now + F("series__least_notice"), output_field=models.DateTimeField())


def _on_a_full_day(leaving: "Slot | None") -> Exists:
    """Are as many times booked or kept on this slot's day as the host talks in a day?

    Days are by London's calendar. What is booked in the slot that somebody is leaving does not
    count.
    """
    booked = Q(conversations__state__in=LIVE)
    if leaving:
        booked &= ~Q(pk=leaving.pk)
    kept = Q(state=State.OPEN, kept_until__gt=clock.now())
    same_day = Slot.objects.filter(series=OuterRef("series"), day=OuterRef("day"))
    full_days = (
        same_day.filter(booked | kept)
        .order_by()
        .values("day")
        .annotate(number=Count("pk", distinct=True))
        .filter(number__gte=OuterRef("series__most_per_day"))
    )
    return Exists(full_days)


class Slot(models.Model):
    """A time that the host has opened for one conversation, with the break after it."""

    State = State

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.ForeignKey(ConversationSeries, models.PROTECT, related_name="slots")
    host = models.ForeignKey(Person, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    day = models.DateField(editable=False, help_text="The day of its start, by London's calendar.")
    ends_at = models.DateTimeField()
    busy_until = models.DateTimeField("end of the break after it")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    goes_when_freed = models.BooleanField("outside the opening hours", default=False)
    kept_for = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="kept_slots"
    )
    kept_until = models.DateTimeField(null=True, blank=True)

    objects = SlotQuerySet.as_manager()
    can_be_chosen: bool  # by anybody now: said of the slots in a host's week

    class Meta:
        ordering = ["starts_at"]
        indexes = [
            models.Index(fields=["series", "starts_at"], name="slot_of_series"),
            models.Index(fields=["series", "day"], name="slot_of_day"),
            models.Index(
                fields=["kept_until"], condition=Q(kept_until__isnull=False), name="slot_kept"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "starts_at", "ends_at"], name="one_slot_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), busy_until__gte=F("ends_at")),
                name="slot_in_order",
            ),
            models.CheckConstraint(
                condition=Q(kept_for=None) | Q(kept_until__isnull=False),
                name="slot_is_kept_until_a_time",
            ),
            ExclusionConstraint(
                name=ONE_AT_A_TIME_FOR_A_HOST,
                expressions=[
                    ("host", RangeOperators.EQUAL),
                    (
                        TsTzRange("starts_at", "busy_until", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state=State.OPEN),
            ),
        ]
        triggers = [emptied.refused("host"), emptied.refused("kept_for")]

    def __str__(self) -> str:
        return f"{self.starts_at.astimezone(LONDON):%a %d %b %Y %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.day = self.starts_at.astimezone(LONDON).date()
        super().save(*args, **kwargs)

    def locked(self) -> "Slot":
        """This slot, fresh and locked, with its locked series: from the top."""
        rows = self.series.locked().slots.select_for_update(no_key=True, of=("self",))
        return rows.get(pk=self.pk)

    def open_up(self, *, goes_when_freed: bool = False) -> None:
        """Make it an open time for everybody, by its series' rules as they are now; unsaved."""
        self.day = self.starts_at.astimezone(LONDON).date()
        self.host_id = self.series.host_id
        self.busy_until = self.ends_at + self.series.pause
        self.state = State.OPEN
        self.goes_when_freed = goes_when_freed
        self.kept_for = self.kept_until = None

    def close(self) -> None:
        """By hand: it stays among the hours, and can be opened again."""
        Slot.objects.filter(pk=self.pk).update(state=State.CLOSED)

    def give_back(self) -> None:
        """Its conversation was cancelled or moved away: outside the hours, it goes."""
        if self.goes_when_freed:
            Slot.objects.filter(pk=self.pk).update(state=State.GONE, kept_for=None, kept_until=None)

    @property
    def span(self) -> tuple[datetime, datetime]:
        return self.starts_at, self.ends_at

    @property
    def has_the_break_of_its_series(self) -> bool:
        """Is the break after it as long as its series says now?"""
        return self.busy_until == self.ends_at + self.series.pause

    @property
    def has_started(self) -> bool:
        return self.starts_at <= clock.now()

    @property
    def has_ended(self) -> bool:
        return self.ends_at <= clock.now()

    @property
    def is_kept(self) -> bool:
        if self.kept_for_id is None or self.kept_until is None:
            return False
        return self.kept_until > clock.now()
