from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

import pghistory
from django.db import models, transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from collective import clock
from collective.clock import LONDON
from collective.errors import RuleError
from collective.models import Activity
from collective.models.activity import ActivityQuerySet
from collective.safety.markup import RichTextField

if TYPE_CHECKING:
    from collective.models import Call, Person

NOT_BOOKABLE = {
    "cancelled": "This session is cancelled, so we cannot book places in it.",
    "happened": "This session is over, so we cannot book places in it.",
    "to_be_confirmed": "The date of this session is not set yet. You can ask us to tell you when it is.",
}
NOT_OPEN = {
    "closed": "Sign-up for this session is closed. Call or write to us if you would still like to come.",
    "opens_later": "Sign-up for this session is not open yet. You can ask us to tell you when it opens.",
}
BLANK_IN_A_COPY = {
    **dict.fromkeys(
        (
            "joining_link",
            "meeting_id",
            "passcode",
            "dial_in",
            "how_to_get_in",
            "notes_afterwards",
            "moved_note",
        ),
        "",
    ),
    "interpreter_by": None,
    "moved_from": None,
    "calendar_sequence": 0,
    "last_list_number": 0,
}
OWNED_BY_RULES = ("places", "last_list_number", "date_told_at", "opening_told_at")


def counts(path: str) -> dict[str, Count]:
    """How many registrations at the end of this path hold a place (`held`), and how many wait
    (`waiting`).
    """
    from events.models.registration import Registration
    from events.models.registration_states import HOLDING

    waits = Q(**{f"{path}__state": Registration.State.WAITING})
    holds = Q(**{f"{path}__state__in": HOLDING})
    return {"held": Count(path, filter=holds), "waiting": Count(path, filter=waits)}


class SessionQuerySet(ActivityQuerySet):
    def with_counts(self) -> Self:
        """Add how many hold a place (`held`) and how many wait (`waiting`), in the same query."""
        return self.annotate(**counts("registrations"))


@pghistory.track(
    exclude=["joining_link", "meeting_id", "passcode", "dial_in", "how_to_get_in"],
    obj_field=pghistory.ObjForeignKey(related_name="session_events"),
)
class Session(Activity):
    """A group activity at a set time, online or in person, with a number of places and a waiting
    list.
    """

    places = models.PositiveSmallIntegerField(default=30)
    last_list_number = models.PositiveIntegerField(default=0, editable=False)
    offers_by_hand = models.BooleanField(
        default=False,
        help_text="Freed places wait for staff to offer them, instead of going to the next in order.",
    )
    interpreter_by = models.DateField(
        "ask for an interpreter by",
        null=True,
        blank=True,
        help_text="The last day on which we can still book one.",
    )

    what_to_expect = RichTextField(blank=True)
    who_will_be_there = models.TextField(max_length=600, blank=True)
    pace = models.CharField(
        max_length=120, blank=True, help_text='For example "Two breaks, camera optional".'
    )
    recording = models.CharField(max_length=250, default="It is not recorded.")
    content_note = models.TextField(max_length=600, blank=True)
    what_the_fee_covers = models.CharField(max_length=250, blank=True)
    contact = models.CharField(max_length=250, blank=True, help_text="Whom to ask before the day.")
    contact_on_the_day = models.CharField(
        max_length=250, blank=True, help_text="Whom to message or ring during it."
    )

    address = models.TextField(max_length=400, blank=True)
    map_link = models.URLField(blank=True)
    step_free_access = models.CharField(max_length=250, blank=True)
    quiet_room = models.CharField(max_length=250, blank=True)
    toilets = models.CharField(max_length=250, blank=True)
    food = models.CharField(max_length=250, blank=True)

    joining_link = models.URLField(max_length=500, blank=True)
    meeting_id = models.CharField(max_length=60, blank=True)
    passcode = models.CharField(max_length=60, blank=True)
    dial_in = models.TextField("phone numbers to dial in", max_length=400, blank=True)
    how_to_get_in = models.TextField(
        max_length=600, blank=True, help_text="In person: the door, the bell, the floor."
    )
    notes_afterwards = RichTextField(
        blank=True, help_text="What was said and what happens next. Shown to who came."
    )
    booked_note = models.TextField(
        "paragraph in the “booked” message",
        max_length=600,
        blank=True,
        default="",
        db_default="",
        help_text="In your own words.",
    )
    reminder_note = models.TextField(
        "paragraph in reminders", max_length=600, blank=True, default="", db_default=""
    )
    after_note = models.TextField(
        "paragraph in the thanks afterwards", max_length=600, blank=True, default="", db_default=""
    )
    moved_from = models.DateTimeField(null=True, blank=True, editable=False)
    moved_note = models.TextField(
        max_length=600, blank=True, default="", db_default="", editable=False
    )
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = SessionQuerySet.as_manager()
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

    def save(self, *args, **kwargs) -> None:
        """Saving plans the reminders anew, as the date may have moved; calendars learn of a change
        by SEQUENCE.

        What other rules own (places, the list's counter, who was told) is kept as it is in the
        locked row.
        """
        from events.models.reminder import Reminder

        with transaction.atomic():
            before = None if self._state.adding else self.locked()
            if before:
                for name in OWNED_BY_RULES:
                    setattr(self, name, getattr(before, name))
                self.calendar_sequence = before.calendar_sequence + (
                    before.in_calendar != self.in_calendar
                )
            super().save(*args, **kwargs)
            Reminder.objects.plan(self, is_new=before is None)

    @transaction.atomic
    def copy(self, call: "Call") -> Self:
        """The same session in this call without people, date and joining details; reminders and
        materials go along.
        """
        self.locked()  # two clicks at once: the second finds another address
        copied = super().copy(call)
        Session.objects.filter(pk=copied.pk).update(**BLANK_IN_A_COPY)
        copied.refresh_from_db()
        copied.reminders.all().delete()
        for row in [*self.reminders.all(), *self.materials.all()]:
            row.pk, row.session, row._state.adding = row._meta.pk.get_default(), copied, True
            row.fanned_out_at = None
            row.save()
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
    def local_start(self) -> datetime:
        return timezone.localtime(self.starts_at, LONDON)

    @property
    def length(self) -> timedelta | None:
        """How long it takes; None while a start or an end is not set."""
        return self.ends_at - self.starts_at if self.starts_at and self.ends_at else None

    # Places. Whoever changes them holds the session's row; waiting_list.py has the rest.

    def locked(self):
        """This session, fresh and locked until the end of the transaction."""
        return Session.objects.lock(self.pk)

    @property
    def free_places(self):
        """Places that nobody holds or is offered; negative where places were lowered below what is
        held.
        """
        held = self.held if hasattr(self, "held") else self.registrations.holding().count()
        return self.places - held

    @property
    def is_full(self):
        """Would somebody who signs up now join the waiting list?"""
        waiting = self.waiting if hasattr(self, "waiting") else self.registrations.waiting().count()
        return self.free_places <= 0 or waiting > 0

    @property
    def waits_for_nothing(self):
        """It is full and has begun: nobody is offered a place any more."""
        return self.has_started and self.is_full

    def check_booking(self) -> None:
        """Raise RuleError, with a sentence for the person, if nobody can be booked, not even by
        staff.
        """
        if self.shown_state in NOT_BOOKABLE:
            raise RuleError(NOT_BOOKABLE[self.shown_state])

    def check_sign_up(self) -> None:
        """Raise RuleError, with a sentence for the person, if nobody can sign up now."""
        self.check_booking()
        if self.shown_state in NOT_OPEN:
            raise RuleError(NOT_OPEN[self.shown_state])

    def sign_up(self, person: "Person", **answers):
        """Give the person a place, or a spot on the waiting list if it is full.

        Returns the live registration if there is one already. Raises RuleError if sign-up is not
        open.
        """
        return self._take_in(person, Session.check_sign_up, answers)

    def book(self, person: "Person", **answers):
        """The same by staff, who may also book before sign-up opens and after it has closed."""
        return self._take_in(person, Session.check_booking, answers)

    @transaction.atomic
    def _take_in(self, person: "Person", check, answers):
        from events.models.registration import Registration
        from events.sessions import access_needs, waiting_list

        session = self.locked()
        waiting_list.release_lapsed(session)
        if registration := session.registrations.live().filter(person=person).first():
            return registration
        check(session)
        registration = Registration(
            session=session, person=person, fee_pence=session.fee_pence, **answers
        )
        if not session.is_full:
            registration.confirm(session)
        elif session.has_started:
            raise RuleError(
                "This session has begun and every place is taken, so we cannot book one now."
            )
        else:
            registration.join_list(session)
        access_needs.record(registration, session)
        return registration

    @transaction.atomic
    def set_places(self, places: int):
        """Raise the places (offers go out) or lower them (nobody loses a place).

        Returns how many hold one now.
        """
        from events.sessions import waiting_list

        if places < 1:
            raise RuleError("A session has at least one place.")
        session = self.locked()
        session.places = places
        Session.objects.filter(pk=session.pk).update(places=places)
        waiting_list.release_lapsed(session)
        waiting_list.offer_free_places(session)
        return session.registrations.holding().count()

    # Joining details: sent from a set time before, and shown to nobody but who is coming.

    @property
    def joining_details_at(self):
        return min(
            (row.due_at for row in self.reminders.all() if row.what == "joining" and row.due_at),
            default=None,
        )

    @property
    def joining_details_are_out(self):
        at = self.joining_details_at
        return (
            self.has_joining_details
            and at is not None
            and at <= clock.now()
            and not self.joining_is_over
        )

    @property
    def shows_materials(self):
        """Materials come with the joining details, and stay."""
        at = self.joining_details_at
        return at is not None and at <= clock.now()

    @property
    def joining_is_over(self) -> bool:
        return self.ends_at is not None and self.ends_at + timedelta(minutes=15) <= clock.now()

    def worth_telling_until(self, person: "Person") -> datetime | None:
        """Mail may arrive until the end; who is rung should hear of it before it begins."""
        by_hand = person.is_told_by_hand and not self.has_started
        return self.starts_at if by_hand else self.ends_at

    @property
    def has_joining_details(self) -> bool:
        return bool(self.joining_link or self.dial_in or self.how_to_get_in)
