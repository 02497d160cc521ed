from datetime import timedelta

from django import forms
from django.forms import Form
from django.forms.fields import DateField, TimeField
from django.utils import timezone

from collective import clock
from collective.people import phones
from collective.templatetags.collective import clock_time
from collective.templatetags.collective import day as day_words
from events.conversations import booking
from events.models import Conversation, ConversationSeries
from events.models.opening_hours import WEEKDAYS

State = Conversation.State
OUTCOMES = [
    (State.HELD, "We talked"),
    (State.MISSED, "The person did not come"),
    (State.HOST_MISSED, "I could not"),
    (State.FAILED, "The connection failed"),
]


def date_field(label: str, **more) -> DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, widget=widget, error_messages={"required": "Choose a day."}, **more
    )


def time_field(label: str, **more) -> TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(
        label=label, widget=widget, error_messages={"required": "Choose a time."}, **more
    )


class HoursForm(forms.Form):
    """From and until, by clocks in the UK."""

    from_time = time_field("From")
    until_time = time_field("Until")

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("from_time"), cleaned.get("until_time")
        if start and end and end <= start:
            self.add_error(
                "until_time", "The end comes after the start. For midnight, write 23:59."
            )
        return cleaned

    def rows(self):
        """What is stored: fields of `OpeningHours`, one dictionary a row."""
        raise NotImplementedError

    def change(self, series: ConversationSeries) -> None:
        """Add the hours; the caller holds the series. Asked twice, it adds nothing more."""
        for row in self.rows():
            found = series.hours.filter(
                **{key: row[key] for key in ("weekday", "day", "from_time")}
            ).first()
            if found:
                series.hours.filter(pk=found.pk).update(**row)
            else:
                series.hours.create(**row)


class WeeklyForm(HoursForm):
    weekdays = forms.TypedMultipleChoiceField(
        label="Each week on",
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one day."},
    )
    field_order = ["weekdays", "from_time", "until_time"]

    def rows(self):
        data = self.cleaned_data
        times = {"from_time": data["from_time"], "until_time": data["until_time"], "day": None}
        return [{"weekday": weekday, **times} for weekday in data["weekdays"]]


def coming_day(form: Form):
    """A day of the form's that is today or later."""
    day = form.cleaned_data["day"]
    if day < timezone.localdate(clock.now()):
        raise forms.ValidationError("This day is over. Choose one that is still to come.")
    return day


class DayForm(HoursForm):
    day = date_field("Day")
    field_order = ["day", "from_time", "until_time"]
    clean_day = coming_day

    def rows(self):
        return [
            {
                "weekday": None,
                **{name: self.cleaned_data[name] for name in ("day", "from_time", "until_time")},
            }
        ]


class DayOffForm(HoursForm):
    from_time = until_time = None
    day = date_field("Not on this day")
    clean_day = coming_day

    def rows(self):
        return [
            {
                "weekday": None,
                "day": self.cleaned_data["day"],
                "from_time": None,
                "until_time": None,
            }
        ]


class RulesForm(forms.ModelForm):
    """How long, how many, how soon, and how people join."""

    notice_hours = forms.IntegerField(
        label="Hours of notice, at least",
        min_value=0,
        max_value=24 * 14,
        help_text="People can book until so many hours before.",
    )
    link = forms.URLField(
        label="Your usual video link",
        max_length=500,
        required=False,
        help_text="Shown only to who has booked by video.",
        assume_scheme="https",
    )
    number = forms.CharField(
        label="A number on which people may ring you",
        max_length=40,
        required=False,
        help_text="Empty: you ring them. Shown only to who has booked by phone.",
    )

    class Meta:
        model = ConversationSeries
        fields = [
            "length_minutes",
            "break_minutes",
            "most_per_day",
            "opens_from",
            "opens_until",
            "each_upcoming",
            "link_for_each",
        ]
        labels = {
            "length_minutes": "Minutes for each conversation",
            "break_minutes": "Minutes of break after each",
            "most_per_day": "Conversations in a day, at most",
            "opens_from": "Open times from this day",
            "opens_until": "Until this day",
            "each_upcoming": "How many one person may have booked at once",
            "link_for_each": "I give each conversation a video link of its own",
        }
        help_texts = {
            "opens_until": "Empty: always for the next twelve weeks.",
            "opens_from": "Empty: from today.",
        }
        widgets = {
            "opens_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "opens_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        series = self.instance
        self.initial["notice_hours"] = series.least_notice // timedelta(hours=1)
        self.initial["link"], self.initial["number"] = (
            series.video_link or "",
            phones.written(series.ring_host_on),
        )

    def clean_number(self) -> str | None:
        text = self.cleaned_data["number"].strip()
        number = phones.read(text) if text else None
        if text and number is None:
            raise forms.ValidationError("Enter a phone number like 020 7946 0000.")
        return number

    def change(self, series: ConversationSeries) -> int:
        """Write the rules into the locked series; who has booked is told where they join otherwise.

        Returns how many. Raises RuleError where somebody is to ring and the number goes.
        """
        link, number = (series.video_link, series.link_for_each), series.ring_host_on
        for name in self.Meta.fields:
            setattr(series, name, self.cleaned_data[name])
        series.least_notice = timedelta(hours=self.cleaned_data["notice_hours"])
        series.video_link = self.cleaned_data["link"] or None
        series.ring_host_on = self.cleaned_data["number"]
        series.save()
        has_other_link = link != (series.video_link, series.link_for_each)
        return booking.joining_changed(
            series, link=has_other_link, number=number != series.ring_host_on
        )


class NoteForm(forms.Form):
    note = forms.CharField(
        label="Your private note",
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="You see it; a coordinator only with a permission of its own, and each look "
        "is on record. "
        "It is removed when the call is finished.",
    )


class OutcomeForm(NoteForm):
    state = forms.ChoiceField(
        label="What became of it?",
        choices=OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what became of it."},
    )
    field_order = ["state", "note"]


class LinkForm(forms.Form):
    link = forms.URLField(
        label="Video link for this conversation",
        max_length=500,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": "Enter a whole address, like https://zoom.example/j/123."},
    )


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Why, in a sentence",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The person reads it, by email. Nothing private, please.",
        error_messages={"required": "Say why, in a sentence: the person reads it."},
    )
    keeps_slot_open = forms.BooleanField(label="Somebody else can have this time", required=False)


class PassedOnForm(forms.Form):
    to_whom = forms.CharField(
        label="To whom did you pass it on?",
        max_length=300,
        error_messages={"required": "Say to whom."},
    )
    day = date_field("On which day")
    time = time_field("At what time")
    told = forms.CharField(
        label="What was the person told about it?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Say what the person was told, also if it was nothing, and why."
        },
    )


class OfferForm(forms.Form):
    """A time to keep for somebody: one that is free, or a new one."""

    slot = forms.ChoiceField(label="One of your free times", required=False)
    day = date_field("Or another day", required=False)
    time = time_field("At", required=False)

    def __init__(self, *args, slots, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.slots = {str(slot.pk): slot for slot in slots}
        rows = [
            (key, f"{day_words(slot.starts_at)}, {clock_time(slot.starts_at)}")
            for key, slot in self.slots.items()
        ]
        self.fields["slot"].choices = [("", "None of these"), *rows]

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        slot = self.slots.get(cleaned.get("slot"))
        if slot is None and not (cleaned.get("day") and cleaned.get("time")):
            raise forms.ValidationError("Choose one of your free times, or a day and a time.")
        self.answer = {"slot": slot} if slot else {"day": cleaned["day"], "time": cleaned["time"]}
        return cleaned
