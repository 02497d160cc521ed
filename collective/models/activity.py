import uuid
from typing import Any, Self, TypeVar
from uuid import UUID

import pghistory
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, TextField

from collective import clock
from collective.clock import LONDON
from collective.models.call import Call
from collective.models.person import Person, Visitor
from collective.models.slugs import free_slug
from collective.safety import emptied
from collective.typed.fields import LineField, LinesField

OPENS_LATER = "opens_later"  # a state that is shown, and kept in no row
# What a copy begins without: its own key and address, its dates, people told and people named.
NOT_COPIED = {
    "id",
    "slug",
    "call",
    "state",
    "when_words",
    "starts_at",
    "ends_at",
    "opens_at",
    "cancelled_because",
    "date_told_at",
    "opening_told_at",
}


OfActivity = TypeVar("OfActivity", bound="Activity")


class DayInWords(Func):
    """A moment's day as it is written and typed here: "Thursday 6 October 2022"."""

    template = "to_char(%(expressions)s AT TIME ZONE 'Europe/London', 'FMDay FMDD FMMonth YYYY')"
    output_field = TextField()


class ActivityQuerySet(models.QuerySet[OfActivity]):
    def visible_to(self, person: Visitor) -> Self:
        """Those of published calls: by invitation only for people who are named.

        Staff also see what is being prepared.
        """
        if person.is_staff:
            return self
        public = self.filter(call__published_at__lte=clock.now())
        if not isinstance(person, Person):
            return public.filter(by_invitation=False)
        named = Activity.invited.through.objects.filter(activity=OuterRef("pk"), person=person)
        return public.filter(Q(by_invitation=False) | Exists(named))

    def lock(self, pk: UUID) -> OfActivity:
        """One row, fresh and locked.

        First the activity's own, then the child's: the order in which both are written, which one
        statement over the join would not keep.
        """
        Activity.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
        return self.select_for_update(no_key=True).get(pk=pk)

    def with_day_in_words(self) -> Self:
        """Add `day_in_words`, so that staff find one by its day."""
        return self.annotate(day_in_words=DayInWords(F("starts_at")))

    def with_following(self, person: Visitor) -> Self:
        """Add `is_followed`: does this person want to be told when it opens?"""
        if not isinstance(person, Person):
            return self.annotate(is_followed=models.Value(False))
        mine = person.follows.filter(activity=OuterRef("pk"))
        return self.annotate(is_followed=Exists(mine))


@pghistory.track(exclude=["opening_told_at", "date_told_at"])
class Activity(models.Model):
    """One way to take part in a call.

    What has pages of its own (a session) inherits it; the rest is a plain card.
    """

    class Kind(models.TextChoices):
        SESSION = "session", "Session online"
        IN_PERSON = "in_person", "Session in person"
        CONVERSATION = "conversation", "One-to-one conversation"
        OWN_TIME = "own_time", "In your own time"

    class State(models.TextChoices):
        TO_BE_CONFIRMED = "to_be_confirmed", "To be confirmed"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"
        CANCELLED = "cancelled", "Cancelled"
        HAPPENED = "happened", "Happened"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="activities")
    kind = models.CharField(max_length=20, choices=Kind)
    title = LineField(max_length=150)
    neutral_name = LineField(
        max_length=80,
        help_text="A name that gives nothing away, for statements and shared screens.",
    )
    slug = models.SlugField(
        max_length=80, unique=True, help_text="The last part of the page's address."
    )
    summary = LinesField(max_length=500, help_text="What happens, in two or three sentences.")
    state = models.CharField(max_length=20, choices=State, default=State.TO_BE_CONFIRMED)
    when_words = LineField(
        "when, in words",
        max_length=120,
        blank=True,
        help_text='For example "likely November". Shown without a date.',
    )
    how_long = LineField(max_length=80, blank=True, help_text='For example "up to an hour".')
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    opens_at = models.DateTimeField(
        null=True, blank=True, help_text="Sign-up opens at. Empty: at once."
    )
    fee_pence = models.PositiveIntegerField(
        "fee in pence",
        null=True,
        blank=True,
        help_text="7500 is £75. Empty: none. Fixed for a person at sign-up.",
    )
    how_to_take_part = LinesField(
        max_length=400,
        blank=True,
        help_text="For a way that has no pages yet: whom to write to or ring.",
    )
    link = models.URLField(blank=True, help_text="For a way that has no pages yet: where to go.")
    by_invitation = models.BooleanField(
        default=False, help_text="Only the people named below can see it."
    )
    invited = models.ManyToManyField(Person, blank=True, related_name="invitations")
    cancelled_because = LinesField(max_length=400, blank=True, help_text="Shown to people.")
    position = models.PositiveSmallIntegerField(default=1, help_text="The order of the cards.")
    date_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    opening_told_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ActivityQuerySet.as_manager()
    has_page = False  # of its own: a bare card has none

    class Meta:
        verbose_name_plural = "activities"
        ordering = ["position", "starts_at", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fee_pence=None) | Q(fee_pence__gt=0),
                name="activity_fee_positive",
                violation_error_message="A fee is at least one penny. Leave it empty for none.",
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None)
                | Q(ends_at=None)
                | Q(ends_at__gt=models.F("starts_at")),
                name="activity_ends_after_it_starts",
                violation_error_message="The end comes after the start.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def told_apart(self) -> str:
        """For staff: the title, and what tells it from another one of this title."""
        return f"{self.title} ({self.call.title}, {self._told_apart_by_day})"

    @property
    def _told_apart_by_day(self) -> str:
        """The day and the hour; without them, when it is in words and its page."""
        if self.starts_at is None:
            when = self.when_words or "no day yet"
            return f"{when}, page {self.slug}"
        local = self.starts_at.astimezone(LONDON)
        is_off = ", cancelled" if self.state == self.State.CANCELLED else ""
        return f"{local:%A} {local.day} {local:%B %Y}, {local:%H:%M}{is_off}"

    def whole(self) -> "Activity":
        """This activity as what it is: a session as its Session, a bare card as itself."""
        for model in self.children():
            if child := model.objects.filter(pk=self.pk).first():
                return child
        return self

    @classmethod
    def children(cls) -> list[type["Activity"]]:
        """The models that inherit from this one: sessions, conversations."""
        relations = [row for row in cls._meta.related_objects if row.parent_link]
        return [row.related_model for row in relations if issubclass(row.related_model, Activity)]

    def copy(self, call: Call) -> Self:
        """The same way to take part in this call, without people or date, to be confirmed anew."""
        copied = type(self)(**self.copied_fields(), call=call, slug=free_slug(Activity, self.slug))
        copied.save(force_insert=True)
        return copied

    def copied_fields(self) -> dict[str, Any]:
        """What a copy begins with, by field."""
        return {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if field.name not in NOT_COPIED and not field.is_relation
        }

    def page_url(self) -> str:
        """The page to read about it: its call's, unless it has one of its own."""
        return self.call.get_absolute_url()

    @property
    def is_in_person(self) -> bool:
        return self.kind == self.Kind.IN_PERSON

    @property
    def has_date(self) -> bool:
        return self.starts_at is not None and self.state != self.State.TO_BE_CONFIRMED

    @property
    def has_ended(self) -> bool:
        return self.ends_at is not None and self.ends_at <= clock.now()

    @property
    def has_started(self) -> bool:
        return self.starts_at is not None and self.starts_at <= clock.now()

    @property
    def opens_later(self) -> bool:
        return (
            self.state == self.State.OPEN
            and self.opens_at is not None
            and self.opens_at > clock.now()
        )

    @property
    def is_open(self) -> bool:
        """May people sign up now? Until the end: somebody who comes late is welcome."""
        return self.state == self.State.OPEN and not self.opens_later and not self.has_ended

    @property
    def shown_state(self) -> str:
        """One word for the state a visitor sees; templates turn it into a sentence."""
        if self.state in {self.State.CANCELLED, self.State.HAPPENED, self.State.TO_BE_CONFIRMED}:
            return self.state
        if self.has_ended:
            return self.State.HAPPENED.value
        if self.opens_later:
            return OPENS_LATER
        return self.state

    @property
    def is_past(self) -> bool:
        """Has it happened, or is its time over, so that it stands below what is to come?"""
        return self.has_ended or self.state == self.State.HAPPENED

    @property
    def can_be_followed(self) -> bool:
        return self.shown_state in {self.State.TO_BE_CONFIRMED, OPENS_LATER}


class Invited(Activity.invited.through):  # type: ignore[name-defined]  # made by Django
    """Somebody who is invited to an activity: Django's own table, with our trigger."""

    class Meta:
        proxy = True
        triggers = [emptied.refused()]
