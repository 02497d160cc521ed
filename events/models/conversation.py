import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TypedDict
from uuid import UUID

import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse

from collective import clock
from collective.clock import LONDON
from collective.models import Person
from collective.safety import emptied, steps
from collective.safety.encryption import EncryptedJSONField
from events.models.conversation_states import (
    NOT_THEIR_FAULT,
    STEPS,
    ConversationQuerySet,
    State,
)
from events.models.left_state import CanBeTakenBack, cleared_outside
from events.models.series import ConversationSeries
from events.models.slot import Slot, SlotQuerySet
from payments.models import EarnsPayment, Payment
from payments.models.earning import Prospect

ACCESS_CHOICES = [
    ("interpreter", "British Sign Language interpreter"),
    ("supporter", "A supporter with me"),
    ("breaks", "Breaks"),
    ("camera_off", "Camera off"),
    ("text_chat", "By text chat instead of speaking"),
    ("language", "Another language (tell us which)"),
]
TO_ARRANGE = {"interpreter", "language"}  # beforehand, by somebody
REMINDERS = [timedelta(days=1), timedelta(hours=1)]
SEES_CONFIDENTIAL = "events.view_confidential"
LINKS_LAST = timedelta(days=30)  # after the conversation
PRIVATE = ["phone", "topics", "access_needs", "note", "video_link", "ended_reason"]
SAID_ONCE = ["forget_after_days"]  # as it was when they booked: it never changes


class BookingAnswers(TypedDict, total=False):
    """What a person answers as they book, by field."""

    how: str
    who_rings: str
    phone: str | None
    topics: str | None
    access_needs: Mapping[str, object] | None
    capacity: str


@pghistory.track(exclude=[*PRIVATE, *SAID_ONCE, "payment"])
class Conversation(CanBeTakenBack, EarnsPayment):
    """One person's booking of a slot. What they tell is encrypted.

    Moving it changes the slot of this same row.
    """

    State = State

    class How(models.TextChoices):
        PHONE = "phone", "By phone"
        VIDEO = "video", "By video"

    class WhoRings(models.TextChoices):
        HOST = "host", "We ring the person"
        PERSON = "person", "The person rings us"

    class EndedBecause(models.TextChoices):
        PERSON = "person", "They cannot come"
        HOST = "host", "The host cannot"
        STAFF = "staff", "Staff cancelled it"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.ForeignKey(ConversationSeries, models.PROTECT, related_name="conversations")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="conversations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="conversations")
    state = models.CharField(max_length=12, choices=State, default=State.BOOKED)
    turn = models.PositiveSmallIntegerField(
        default=1, editable=False, help_text="Of the person's booked ones, which."
    )
    how = models.CharField(max_length=5, choices=How)
    who_rings = models.CharField(max_length=6, choices=WhoRings, blank=True, default="")
    phone = EncryptedJSONField(null=True, blank=True, editable=False)
    topics = EncryptedJSONField(null=True, blank=True, editable=False)
    access_needs = EncryptedJSONField(null=True, blank=True, editable=False)
    note = EncryptedJSONField("the host's private note", null=True, blank=True, editable=False)
    video_link = EncryptedJSONField(null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(
        "number and topics removed at", null=True, blank=True, editable=False
    )
    note_removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    forget_after_days = models.PositiveSmallIntegerField(
        "days until number and topics are removed, as they were told",
        db_default=30,  # for an older version that still runs while the database is ahead
        editable=False,
        help_text="The series may shorten it later, never make it longer.",
    )
    ended_because = models.CharField(
        max_length=10, choices=EndedBecause, blank=True, default="", editable=False
    )
    ended_reason = models.CharField(
        "why, as the person is told", max_length=400, blank=True, default="", editable=False
    )
    pay_anyway = models.BooleanField("paid although it was not held", null=True, editable=False)
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)
    moved_from = models.DateTimeField(null=True, blank=True, editable=False)
    next_reminder_at = models.DateTimeField(null=True, blank=True, editable=False)
    marked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["-slot__starts_at"]
        triggers = [steps.only(STEPS), emptied.refused(), cleared_outside([State.BOOKED])]
        permissions = [
            ("view_confidential", "Can see numbers, topics and access needs of conversations")
        ]
        indexes = [
            models.Index(fields=["person", "-created_at"], name="conversation_of_person"),
            models.Index(fields=["series", "state"], name="conversation_of_series"),
            models.Index(
                fields=["next_reminder_at"],
                condition=Q(state=State.BOOKED),
                name="conversation_to_remind",
            ),
            models.Index(
                fields=["leaves_at"],
                condition=Q(leaves_at__isnull=False),
                name="conversations_being_given_up",
            ),
            models.Index(
                fields=["series"], condition=Q(removed_at=None), name="conversation_to_forget"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["slot"], condition=~Q(state=State.CANCELLED), name="one_conversation_a_slot"
            ),
            models.UniqueConstraint(
                fields=["series", "person", "turn"],
                condition=Q(state=State.BOOKED),
                name="one_booked_each_turn",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CANCELLED) & ~Q(ended_because="")
                | ~Q(state=State.CANCELLED) & Q(ended_because=""),
                name="conversation_ended_because",
            ),
            models.CheckConstraint(
                condition=Q(how="video", who_rings="") | Q(how="phone") & ~Q(who_rings=""),
                name="who_rings_where_it_is_by_phone",
            ),
            models.CheckConstraint(
                condition=Q(leaves_at=None) | Q(state=State.BOOKED),
                name="what_is_given_up_is_booked",
            ),
            models.CheckConstraint(
                condition=Q(fee_pence=None) | Q(fee_pence__gt=0), name="conversation_fee_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.series}"

    def get_absolute_url(self) -> str:
        return reverse("booking", args=[self.pk])

    def locked(self) -> "Conversation":
        """This conversation, fresh and locked, with its locked series: from the top."""
        series = self.series.locked()
        rows = series.conversations.select_for_update(no_key=True, of=("self",))
        found = rows.select_related("slot", "person").get(pk=self.pk)
        found.slot.series = series
        return found

    def other_times(self, *, by_staff: bool = False) -> SlotQuerySet:
        """The free times to which the person, or staff for them, may move it."""
        leaving = self.slot if self.is_live else None
        return self.series.slots.free_to(self.person, by_staff=by_staff, leaving=leaving)

    def take_slot(self, slot: Slot) -> None:
        """Be at another time from now on, for calendars and reminders, too; unsaved."""
        self.moved_from, self.slot, self.leaves_at = self.slot.starts_at, slot, None
        self.calendar_sequence += 1
        self.plan_reminder()

    # What readers ask

    @property
    def is_live(self) -> bool:
        return self.state != State.CANCELLED

    @property
    def is_upcoming(self) -> bool:
        return self.state == State.BOOKED and not self.slot.has_started

    @property
    def is_on(self) -> bool:
        """Booked and not over: somebody who is late can still join."""
        return self.state == State.BOOKED and not self.slot.has_ended

    @property
    def is_by_phone(self) -> bool:
        return self.how == self.How.PHONE

    @property
    def host_rings(self) -> bool:
        return self.who_rings == self.WhoRings.HOST

    @property
    def link(self) -> str:
        """Where to join by video: its own link or the host's usual one; "" for none yet."""
        if self.is_by_phone:
            return ""
        usual = None if self.series.link_for_each else self.series.video_link
        return self.video_link or usual or ""

    @property
    def last_digits(self) -> str:
        """The last three of the number: all that a mail may say of it."""
        return self.phone[-3:] if self.phone else ""

    @property
    def keeps_right(self) -> bool:
        """Was it not held through no fault of the person's?"""
        return self.state in NOT_THEIR_FAULT

    @property
    def outcome_revision(self) -> str:
        """What became of it, and when that was noted: a message of an older one is not true."""
        return f"{self.state}@{self.marked_at:%Y%m%dT%H%M%S}" if self.marked_at else ""

    @property
    def link_is_good(self) -> bool:
        """May a link from a mail still open this? Until 30 days after the conversation."""
        return clock.now() < self.slot.ends_at + LINKS_LAST

    @property
    def forgotten_on(self) -> date:
        """The day on which number and topics are removed."""
        since = self.slot.ends_at
        if self.state == State.CANCELLED and self.marked_at:
            since = min(since, self.marked_at)
        days = min(self.forget_after_days, self.series.forget_after_days)
        return (since + timedelta(days=days)).astimezone(LONDON).date()

    @property
    def asks_to_arrange(self) -> bool:
        """Do they ask for what somebody has to arrange beforehand?"""
        needs = self.access_needs or {}
        return not TO_ARRANGE.isdisjoint(needs.get("choices", []))

    @property
    def access_words(self) -> list[str]:
        """What helps the person, in words."""
        needs, labels = self.access_needs or {}, dict(ACCESS_CHOICES)
        chosen = [labels[choice] for choice in needs.get("choices", []) if choice in labels]
        return [*chosen, *filter(None, [needs.get("notes")])]

    def reminder_times(self) -> list[datetime]:
        """When we remind them: the day before at the same time in London, and an hour before."""
        start = self.slot.starts_at.astimezone(LONDON)
        day_before = datetime.combine(start.date() - REMINDERS[0], start.time(), LONDON)
        return [day_before, self.slot.starts_at - REMINDERS[1]]

    def plan_reminder(self, *, after: datetime | None = None) -> None:
        """Set when the next reminder is due: the first after now, or after this moment; or none."""
        after = after or clock.now()
        self.next_reminder_at = next((at for at in self.reminder_times() if at > after), None)

    # What payments ask (EarnsPayment)

    @property
    def activity(self) -> ConversationSeries:
        return self.series

    @property
    def occasion(self) -> UUID:
        """Each conversation is paid by itself, also where one person has several of a series."""
        return self.pk

    @property
    def happened_on(self) -> date:
        return self.slot.starts_at.astimezone(LONDON).date()

    @property
    def earned(self) -> Payment.Reason | None:
        """Held, it earns the fee; not held by no fault of the person's, if staff decide so."""
        if self.state == State.HELD:
            return Payment.Reason.TOOK_PART
        return Payment.Reason.FELL_THROUGH if self.keeps_right and self.pay_anyway else None

    @property
    def prospect(self) -> Prospect:
        if self.earned:
            return Prospect.EARNED
        if self.state == State.BOOKED:
            return Prospect.TO_COME
        undecided = self.keeps_right and self.pay_anyway is None
        return Prospect.UNDECIDED if undecided else Prospect.NONE
