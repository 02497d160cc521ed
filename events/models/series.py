from datetime import timedelta
from typing import Any, ClassVar, Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from collective import clock
from collective.clock import LONDON
from collective.errors import RuleError
from collective.models import Activity, Person
from collective.models.activity import ActivityQuerySet
from collective.safety import emptied
from collective.safety.encryption import EncryptedJSONField
from collective.safety.markup import RichTextField
from collective.typed.fields import LineField, LinesField

FURTHEST = timedelta(weeks=26)  # ahead that times can be opened
NOT_BOOKABLE: dict[str, str] = {
    Activity.State.CANCELLED: "These conversations are cancelled, so we cannot book one.",
    Activity.State.HAPPENED: "These conversations are over, so we cannot book one.",
}
BLANK_IN_A_COPY = {
    "video_link": None,
    "ring_host_on": None,
    "opens_from": None,
    "opens_until": None,
    "new_times_since": None,
}
NOT_YET = "Booking is not open yet. You can ask us to tell you when it is."
CLOSED = "Booking is closed. Call us or write to us if you would still like to talk."
NOT_OPEN: dict[str, str] = {
    Activity.State.TO_BE_CONFIRMED: NOT_YET,
    "opens_later": NOT_YET,
    Activity.State.CLOSED: CLOSED,
}


def notes_are_over(call: str) -> Q:
    """Rows whose private notes go now: their call, by this name, is finished."""
    return Q((f"{call}__finished_at__lte", clock.now()))


class SeriesQuerySet(ActivityQuerySet):
    def hosted_by(self, person: Person) -> Self:
        """Those that this person holds: theirs alone, whoever else is staff."""
        return self.filter(host=person)


@pghistory.track(
    exclude=["video_link", "ring_host_on"],
    obj_field=pghistory.ObjForeignKey(related_name="series_events"),
)
class ConversationSeries(Activity):
    """One-to-one conversations with one host, by phone or video, in slots that the host opens."""

    host = models.ForeignKey(
        Person,
        models.PROTECT,
        related_name="hosted_series",
        help_text="Who holds the conversations.",
    )
    about_host = LinesField("about who holds them", max_length=600, blank=True)
    what_to_expect = RichTextField(blank=True)
    length_minutes = models.PositiveSmallIntegerField(
        "minutes each", default=45, validators=[MinValueValidator(10), MaxValueValidator(240)]
    )
    break_minutes = models.PositiveSmallIntegerField(
        "minutes free after each", default=15, validators=[MaxValueValidator(240)]
    )
    most_per_day = models.PositiveSmallIntegerField(
        "most in a day", default=4, validators=[MinValueValidator(1), MaxValueValidator(40)]
    )
    opens_from = models.DateField("times from this day", null=True, blank=True)
    opens_until = models.DateField("until this day", null=True, blank=True)
    least_notice = models.DurationField(default=timedelta(hours=24))
    each_upcoming = models.PositiveSmallIntegerField(
        "booked at once by one person, at most",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
    )
    video_link = EncryptedJSONField(null=True, blank=True, help_text="The host's standing link.")
    ring_host_on = EncryptedJSONField(
        null=True, blank=True, help_text="The number on which people may ring the host."
    )
    link_for_each = models.BooleanField("a link of its own for each", default=False)
    forget_after_days = models.PositiveSmallIntegerField(
        "days until numbers and topics are removed",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="Counted from the conversation.",
    )
    what_the_fee_covers = LineField(max_length=250, blank=True)
    new_times_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar = SeriesQuerySet.as_manager()
    has_page = True

    class Meta:
        verbose_name = "series of conversations"
        verbose_name_plural = "series of conversations"
        constraints = [
            models.CheckConstraint(
                condition=Q(length_minutes__gte=10, each_upcoming__gte=1, most_per_day__gte=1),
                name="series_numbers_make_sense",
            ),
            models.CheckConstraint(
                condition=Q(opens_from=None)
                | Q(opens_until=None)
                | Q(opens_until__gte=F("opens_from")),
                name="series_until_after_from",
                violation_error_message="The last day comes after the first.",
            ),
        ]
        triggers = [emptied.refused("host")]

    def get_absolute_url(self) -> str:
        return reverse("conversations", args=[self.slug])

    def page_url(self) -> str:
        return self.get_absolute_url()

    def copied_fields(self) -> dict[str, Any]:
        """The same host and rules; when and how the host is reached is said anew."""
        return {**super().copied_fields(), **BLANK_IN_A_COPY, "host": self.host}

    def locked(self) -> "ConversationSeries":
        """This series, fresh and locked: held by whatever changes times or bookings."""
        return ConversationSeries.objects.lock(self.pk)

    @property
    def notes_go(self) -> str:
        """When private notes are removed, in words: as `notes_are_over` says to the sweep."""
        finished = self.call.finished_at
        if finished is None:
            return "when this call is finished"
        return f"on {timezone.localtime(finished, LONDON):%-d %B %Y}"

    @property
    def offers_video(self) -> bool:
        """Has the host said how people join by video? Until then they can choose the phone only."""
        return bool(self.video_link or self.link_for_each)

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.length_minutes)

    @property
    def pause(self) -> timedelta:
        """The time kept free after each conversation."""
        return timedelta(minutes=self.break_minutes)

    def check_booking(self, *, by_staff: bool = False) -> None:
        """Raise RuleError, with a sentence for the person, if nobody can book now.

        Staff may also before and after.
        """
        refusals = NOT_BOOKABLE if by_staff else {**NOT_BOOKABLE, **NOT_OPEN}
        if self.shown_state in refusals:
            raise RuleError(refusals[self.shown_state])
