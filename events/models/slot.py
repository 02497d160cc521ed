import uuid
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, F, Func, OuterRef, Q

from collective import clock
from collective.clock import LONDON
from collective.models import Person
from events.models.series import ConversationSeries


class TsTzRange(Func):
    """PostgreSQL's range of two moments, the start in it and the end not."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class SlotQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(state=self.model.State.OPEN)

    def to_come(self) -> Self:
        return self.filter(starts_at__gt=clock.now())

    def not_booked(self) -> Self:
        from events.models.conversation import Conversation

        return self.filter(~Exists(Conversation.objects.live().filter(slot=OuterRef("pk"))))

    def kept_for(self, person: Person) -> Self:
        """Those that are kept for this person now, and nobody else may take."""
        mine = self.open().to_come().not_booked()
        return (
            mine.filter(kept_for=person, kept_until__gt=clock.now())
            if person.is_authenticated
            else self.none()
        )

    def free_to(self, person: Person, *, by_staff: bool = False, moving=None) -> Self:
        """Those that this person may book now: not booked, kept for nobody else, with enough
        notice, on no day that is full (without the conversation that is being moved). Staff, and
        who has one kept, need no notice.
        """
        now = clock.now()
        kept = Q(kept_until__gt=now) & (
            Q(kept_for=person) if person.is_authenticated else Q(pk=None)
        )
        notice = (
            Q()
            if by_staff
            else Q(
                starts_at__gt=ExpressionWrapper(
                    now + F("series__least_notice"), output_field=models.DateTimeField()
                )
            )
        )
        unkept = Q(kept_for=None) | Q(kept_until__lte=now, goes_when_freed=False)
        anybody = unkept & notice & ~_on_a_full_day(moving)
        return self.open().to_come().not_booked().filter(kept | anybody)


def _on_a_full_day(moving) -> Exists:
    """Are as many times booked or kept on this slot's day, by London's calendar, as the host talks
    in a day?
    """
    from events.models.conversation import Conversation

    booked = (
        Conversation.objects.live().filter(slot=OuterRef("pk")).exclude(pk=moving and moving.pk)
    )
    same_day = (
        Slot.objects.filter(series=OuterRef("series"), day=OuterRef("day"))
        .filter(Exists(booked) | Q(state=Slot.State.OPEN, kept_until__gt=clock.now()))
        .order_by()
        .values("day")
        .annotate(number=Count("pk"))
        .filter(number__gte=OuterRef("series__most_per_day"))
    )
    return Exists(same_day)


class Slot(models.Model):
    """A time that the host has opened for one conversation, with the break after it."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed by hand"
        GONE = "gone", "No longer among the opening hours"

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
                name="one_slot_at_a_time_for_a_host",
                expressions=[
                    ("host", RangeOperators.EQUAL),
                    (
                        TsTzRange("starts_at", "busy_until", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at.astimezone(LONDON):%a %d %b %Y %H:%M}"

    def save(self, *args, **kwargs) -> None:
        self.day = self.starts_at.astimezone(LONDON).date()
        super().save(*args, **kwargs)

    @property
    def has_started(self) -> bool:
        return self.starts_at <= clock.now()

    @property
    def has_ended(self) -> bool:
        return self.ends_at <= clock.now()

    @property
    def is_kept(self) -> bool:
        return self.kept_for_id is not None and self.kept_until > clock.now()
