import itertools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pghistory
from django.db import models, transaction
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from collective import clock
from collective.clock import LONDON
from collective.models import Activity
from collective.models.activity import ActivityQuerySet
from collective.safety.markup import RichTextField
from collective.typed.fields import LineField, LinesField
from events.models.registration_states import HOLDING
from events.models.registration_states import State as RegistrationState
from payments import working_days

if TYPE_CHECKING:
    from collective.models import Call, Person

BLANK_IN_A_COPY = {
    "joining_link": "",
    "meeting_id": "",
    "passcode": "",
    "dial_in": "",
    "how_to_get_in": "",
    "notes_afterwards": "",
    "moved_note": "",
    "moved_from": None,
    "interpreter_by": None,
    "calendar_sequence": 0,
    "last_list_number": 0,
}
LEAST_TO_ANSWER = timedelta(hours=2)  # an offer that goes out by itself leaves as much time
OWNED_BY_RULES = ("places", "last_list_number", "date_told_at", "opening_told_at")


def counts(path: str) -> dict[str, Count]:
    """The numbers of registrations, along this path, that hold a place and that wait."""
    waits = Q(**{f"{path}__state": RegistrationState.WAITING})
    holds = Q(**{f"{path}__state__in": HOLDING})
    return {"held": Count(path, filter=holds), "waiting": Count(path, filter=waits)}


class SessionQuerySet(ActivityQuerySet):
    def with_counts(self) -> Self:
        """Add how many hold a place (`held`) and how many wait (`waiting`), in the same query."""
        return self.annotate(**counts("registrations"))

    def with_places_to_offer(self) -> Self:
        """Those with a free place that goes by itself to the next of those who wait."""
        takes_people = Q(state__in=[Session.State.OPEN, Session.State.CLOSED])
        coming = self.filter(takes_people, starts_at__gt=clock.now(), offers_by_hand=False)
        return coming.with_counts().filter(waiting__gt=0, held__lt=F("places"))


@pghistory.track(
    exclude=["joining_link", "meeting_id", "passcode", "dial_in", "how_to_get_in"],
    obj_field=pghistory.ObjForeignKey(related_name="session_events"),
)
class Session(Activity):
    """A group activity at a set time, online or in person, with places and a waiting list."""

    places = models.PositiveSmallIntegerField(default=30)
    last_list_number = models.PositiveIntegerField(default=0, editable=False)
    offers_by_hand = models.BooleanField(
        default=False,
        help_text=(
            "Freed places wait for staff to offer them, instead of going to the next in order."
        ),
    )
    interpreter_by = models.DateField(
        "ask for an interpreter by",
        null=True,
        blank=True,
        help_text="The last day on which we can still book one.",
    )

    what_to_expect = RichTextField(blank=True)
    who_will_be_there = LinesField(max_length=600, blank=True)
    pace = LineField(
        max_length=120, blank=True, help_text='For example "Two breaks, camera optional".'
    )
    recording = LineField(max_length=250, default="It is not recorded.")
    content_note = LinesField(max_length=600, blank=True)
    what_the_fee_covers = LineField(max_length=250, blank=True)
    contact = LineField(max_length=250, blank=True, help_text="Whom to ask before the day.")
    contact_on_the_day = LineField(
        max_length=250, blank=True, help_text="Whom to message or ring during it."
    )

    address = LinesField(max_length=400, blank=True)
    map_link = models.URLField(blank=True)
    step_free_access = LineField(max_length=250, blank=True)
    quiet_room = LineField(max_length=250, blank=True)
    toilets = LineField(max_length=250, blank=True)
    food = LineField(max_length=250, blank=True)

    joining_link = models.URLField(max_length=500, blank=True)
    meeting_id = LineField(max_length=60, blank=True)
    passcode = LineField(max_length=60, blank=True)
    dial_in = LinesField("phone numbers to dial in", max_length=400, blank=True)
    how_to_get_in = LinesField(
        max_length=600, blank=True, help_text="In person: the door, the bell, the floor."
    )
    notes_afterwards = RichTextField(
        blank=True, help_text="What was said and what happens next. Shown to people who came."
    )
    booked_note = LinesField(
        "paragraph in the “booked” message",
        max_length=600,
        blank=True,
        default="",
        db_default="",
        help_text="In your own words.",
    )
    reminder_note = LinesField(
        "paragraph in reminders", max_length=600, blank=True, default="", db_default=""
    )
    after_note = LinesField(
        "paragraph in the thanks afterwards", max_length=600, blank=True, default="", db_default=""
    )
    moved_from = models.DateTimeField(null=True, blank=True, editable=False)
    moved_note = LinesField(max_length=600, blank=True, default="", db_default="", editable=False)
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)

    held: int  # these two where `with_counts` added them
    waiting: int

    objects: ClassVar = SessionQuerySet.as_manager()
    has_page = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(places__gte=1),
                name="session_has_places",
                violation_error_message="A session has at least one place.",
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("session", args=[self.slug])

    def page_url(self) -> str:
        return self.get_absolute_url()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Plan the reminders anew, as the date may have moved, and raise the calendars' SEQUENCE.

        What other rules own (places, the list's counter, when people were told) stays as it is in
        the locked row.
        """
        with transaction.atomic():
            before = None if self._state.adding else self.locked()
            if before:
                for name in OWNED_BY_RULES:
                    setattr(self, name, getattr(before, name))
                self.calendar_sequence = before.calendar_sequence + (
                    before.in_calendar != self.in_calendar
                )
            super().save(*args, **kwargs)
            self.reminders.plan(self, is_new=before is None)

    @transaction.atomic
    def copy(self, call: "Call") -> Self:
        """The same session in this call, with its reminders and materials.

        People, the date and the joining details do not go along.
        """
        self.locked()  # two clicks at once: the second finds another address
        copied = super().copy(call)
        Session.objects.filter(pk=copied.pk).update(**BLANK_IN_A_COPY)
        copied.refresh_from_db()
        copied.reminders.all().delete()
        for reminder in self.reminders.all():
            reminder.copy_to(copied)
        for material in self.materials.all():
            material.copy_to(copied)
        return copied

    @property
    def in_calendar(self) -> tuple[datetime | None, datetime | None, str, str, str]:
        return (self.starts_at, self.ends_at, self.title, self.address, self.state)

    @property
    def asks_for_interpreters(self) -> bool:
        """Is there still time to ask for one?"""
        return (
            self.interpreter_by is not None
            and timezone.localdate(clock.now()) <= self.interpreter_by
        )

    @property
    def start(self) -> datetime:
        """The start, where there is one; raises ValueError otherwise."""
        if self.starts_at is None:
            raise ValueError("This session has no start yet.")
        return self.starts_at

    @property
    def end(self) -> datetime:
        """The end, where there is one; raises ValueError otherwise."""
        if self.ends_at is None:
            raise ValueError("This session has no end yet.")
        return self.ends_at

    @property
    def local_start(self) -> datetime:
        return timezone.localtime(self.starts_at, LONDON)

    @property
    def length(self) -> timedelta | None:
        """How long it takes; None while a start or an end is not set."""
        return self.ends_at - self.starts_at if self.starts_at and self.ends_at else None

    # Places. Whoever changes them holds the session's row; the rules are in events/sessions.

    def locked(self) -> "Session":
        """This session, fresh and locked until the end of the transaction."""
        return Session.objects.lock(self.pk)

    @property
    def free_places(self) -> int:
        """Places that nobody holds or is offered; below zero once they were lowered past that."""
        held = self.held if hasattr(self, "held") else self.registrations.holding().count()
        return self.places - held

    @property
    def is_full(self) -> bool:
        """Would somebody who signs up now join the waiting list?"""
        waiting = self.waiting if hasattr(self, "waiting") else self.registrations.waiting().count()
        return self.free_places <= 0 or waiting > 0

    @property
    def waits_for_nothing(self) -> bool:
        """It is full and has begun: nobody is offered a place any more."""
        return self.has_started and self.is_full

    @property
    def offers_stop_at(self) -> datetime | None:
        """The end of the last working day before its own: people who wait have heard by then."""
        return self.starts_at and working_days.last_end_before_day_of(self.starts_at)

    @property
    def makes_offers(self) -> bool:
        """Do places that become free now go by themselves to the next of those who wait?"""
        stop = self.offers_stop_at if self.has_date and not self.has_ended else None
        return stop is not None and clock.now() <= stop - LEAST_TO_ANSWER

    def free_seat(self) -> int:
        """The lowest number that nobody sits on."""
        taken = set(self.registrations.holding().values_list("seat", flat=True))
        return next(number for number in itertools.count(1) if number not in taken)

    def next_list_number(self) -> int:
        """Draw the next number of the waiting list; the caller holds this session's row."""
        self.last_list_number += 1
        Session.objects.filter(pk=self.pk).update(last_list_number=self.last_list_number)
        return self.last_list_number

    # Joining details: sent from a set time before, and shown only to people who are coming.

    @property
    def joining_details_at(self) -> datetime | None:
        """When they go out, or went out; None while no reminder says so."""
        joining = [row for row in self.reminders.all() if row.sends_joining_details]
        return min((row.due_at for row in joining if row.due_at), default=None)

    @property
    def joining_details_are_out(self) -> bool:
        at = self.joining_details_at
        return (
            self.has_joining_details
            and at is not None
            and at <= clock.now()
            and not self.joining_is_over
        )

    @property
    def joining_details_come_on(self) -> datetime | None:
        """When they go out, where that is still to come; None once the time has passed."""
        at = self.joining_details_at
        return at if at is not None and at > clock.now() else None

    @property
    def shows_materials(self) -> bool:
        """Materials come with the joining details, and stay."""
        at = self.joining_details_at
        return at is not None and at <= clock.now()

    @property
    def joining_is_over(self) -> bool:
        return self.ends_at is not None and self.ends_at + timedelta(minutes=15) <= clock.now()

    def worth_telling_until(self, person: "Person") -> datetime | None:
        """Until when news is of use: mail until the end, a call or a letter until the start."""
        by_hand = person.is_told_by_hand and not self.has_started
        return self.starts_at if by_hand else self.ends_at

    @property
    def has_joining_details(self) -> bool:
        return bool(self.joining_link or self.dial_in or self.how_to_get_in)
