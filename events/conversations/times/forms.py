"""The host's forms for times: hours of each week, of a day, a day off, and a time for somebody."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any, TypedDict

from django import forms
from django.utils import timezone

from collective import clock
from collective.templatetags.collective import clock_time
from collective.templatetags.collective import day as day_words
from events.conversations.forms import set_choices
from events.conversations.times import wishes
from events.models import ConversationSeries, Slot, TimeRequest
from events.models.opening_hours import WEEKDAYS


class HoursRow(TypedDict):
    """One row of `OpeningHours`, as it is stored."""

    weekday: int | None
    day: date | None
    from_time: time | None
    until_time: time | None


def date_field(label: str, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, widget=widget, error_messages={"required": "Choose a day."}, **more
    )


def time_field(label: str, **more: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(
        label=label, widget=widget, error_messages={"required": "Choose a time."}, **more
    )


class OpeningForm(forms.Form):
    """A form that adds opening hours, or a day without any."""

    def rows(self) -> list[HoursRow]:
        """What is stored."""
        raise NotImplementedError

    def change(self, series: ConversationSeries) -> None:
        """Add the rows; the caller holds the series. Asked twice, it adds nothing more."""
        for row in self.rows():
            series.hours.update_or_create(
                weekday=row["weekday"],
                day=row["day"],
                from_time=row["from_time"],
                defaults={"until_time": row["until_time"]},
            )


class HoursForm(OpeningForm):
    """From and until, by clocks in the UK."""

    from_time = time_field("From")
    until_time = time_field("Until")

    def clean(self) -> dict[str, Any]:
        super().clean()
        start, end = self.cleaned_data.get("from_time"), self.cleaned_data.get("until_time")
        if start and end and end <= start:
            self.add_error(
                "until_time", "The end comes after the start. For midnight, write 23:59."
            )
        return self.cleaned_data

    def row(self, *, weekday: int | None = None, day: date | None = None) -> HoursRow:
        """These hours on a day of the week, or on a single day."""
        data = self.cleaned_data
        return {
            "weekday": weekday,
            "day": day,
            "from_time": data["from_time"],
            "until_time": data["until_time"],
        }


class WeeklyForm(HoursForm):
    weekdays = forms.TypedMultipleChoiceField(
        label="Each week on",
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one day."},
    )
    field_order = ["weekdays", "from_time", "until_time"]

    def rows(self) -> list[HoursRow]:
        return [self.row(weekday=weekday) for weekday in self.cleaned_data["weekdays"]]


def coming_day(form: forms.Form) -> date:
    """A day of the form's that is today or later."""
    day: date = form.cleaned_data["day"]
    if day < timezone.localdate(clock.now()):
        raise forms.ValidationError("This day is over. Choose one that is still to come.")
    return day


class DayForm(HoursForm):
    day = date_field("Day")
    field_order = ["day", "from_time", "until_time"]
    clean_day = coming_day

    def rows(self) -> list[HoursRow]:
        return [self.row(day=self.cleaned_data["day"])]


class DayOffForm(OpeningForm):
    day = date_field("Not on this day")
    clean_day = coming_day

    def rows(self) -> list[HoursRow]:
        day = self.cleaned_data["day"]
        return [{"weekday": None, "day": day, "from_time": None, "until_time": None}]


class OfferForm(forms.Form):
    """A time to keep for somebody: one that is free, or a new one."""

    slot = forms.ChoiceField(label="One of your free times", required=False)
    day = date_field("Or another day", required=False)
    time = time_field("At", required=False)

    def __init__(self, *args: Any, slots: Iterable[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = {str(slot.pk): slot for slot in slots}
        rows = [
            (key, f"{day_words(slot.starts_at)}, {clock_time(slot.starts_at)}")
            for key, slot in self.slots.items()
        ]
        set_choices(self, "slot", [("", "None of these"), *rows])

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        is_new = data.get("day") and data.get("time")
        if not self.errors and not data["slot"] and not is_new:
            raise forms.ValidationError("Choose one of your free times, or a day and a time.")
        return data

    def offer(self, asked: TimeRequest) -> Slot:
        """Keep the time that was chosen for the person; they are told. Raises RuleError."""
        data = self.cleaned_data
        if data["slot"]:
            return wishes.offer_free_time(asked, self.slots[data["slot"]])
        return wishes.offer_new_time(asked, data["day"], data["time"])
