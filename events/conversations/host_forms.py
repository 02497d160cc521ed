"""The host's forms: the rules of the series, and what is noted of one conversation."""

from datetime import timedelta
from typing import Any

from django import forms

from collective.people import phones
from collective.typed.forms import LineField, LinesField
from events.conversations import ways_to_talk
from events.conversations.times.forms import date_field, time_field
from events.models import Conversation, ConversationSeries

State = Conversation.State
OUTCOMES = [
    (State.HELD, "We talked"),
    (State.MISSED, "The person did not come"),
    (State.HOST_MISSED, "I could not"),
    (State.FAILED, "The connection failed"),
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
        help_text="Shown only to people who have booked by video.",
        assume_scheme="https",
    )
    number = LineField(
        label="A number on which people may ring you",
        max_length=40,
        required=False,
        help_text="Empty: you ring them. Shown only to people who have booked by phone.",
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        series = self.instance
        self.initial["notice_hours"] = series.least_notice // timedelta(hours=1)
        self.initial["link"] = series.video_link or ""
        self.initial["number"] = phones.written(series.ring_host_on)

    def clean_number(self) -> str | None:
        text = self.cleaned_data["number"].strip()
        number = phones.read(text) if text else None
        if text and number is None:
            raise forms.ValidationError("Enter a phone number like 020 7946 0000.")
        return number

    def change(self, series: ConversationSeries) -> int:
        """Write the rules into the locked series; people are told where they join otherwise.

        Returns how many. Raises RuleError where somebody is to ring and the number goes.
        """
        data = self.cleaned_data
        link_before = (series.video_link, series.link_for_each)
        number_before = series.ring_host_on
        for name in self.Meta.fields:
            setattr(series, name, data[name])
        series.least_notice = timedelta(hours=data["notice_hours"])
        series.video_link = data["link"] or None
        series.ring_host_on = data["number"]
        series.save()
        ways_to_talk.check_number(series)
        told = 0
        if link_before != (series.video_link, series.link_for_each):
            told += ways_to_talk.tell_of_new_link(series)
        if number_before != series.ring_host_on:
            told += ways_to_talk.tell_of_new_number(series)
        return told


class NoteForm(forms.Form):
    note = LinesField(
        label="Your private note",
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=(
            "You see it; a coordinator only with a permission of its own, and each look is on "
            "record. It is removed when the call is finished."
        ),
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
    reason = LinesField(
        label="Why, in a sentence",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The person reads or hears it. Nothing private, please.",
        error_messages={"required": "Say why, in a sentence: the person reads it."},
    )
    keeps_slot_open = forms.BooleanField(label="Somebody else can have this time", required=False)


class PassedOnForm(forms.Form):
    to_whom = LineField(
        label="To whom did you pass it on?",
        max_length=300,
        error_messages={"required": "Say to whom."},
    )
    day = date_field("On which day")
    time = time_field("At what time")
    told = LinesField(
        label="What was the person told about it?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Say what the person was told, also if it was nothing, and why."
        },
    )
