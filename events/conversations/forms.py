from typing import Any, ClassVar, Self

from django import forms
from django.http import QueryDict

from collective.people import phones
from collective.typed.forms import LineField, LinesField
from events.forms import AccessNeedsForm, KeptForm, capacity_choices
from events.models import Conversation, ConversationSeries
from events.models.conversation import ACCESS_CHOICES, BookingAnswers
from payments.models import Capacity
from payments.owing.offered import Offered, in_general

How, WhoRings = Conversation.How, Conversation.WhoRings


def set_choices(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    """Give a field of choices those that are known only with the row."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no field of choices")
    field.choices = choices


class AnswersOfBookingForm(AccessNeedsForm):
    """How somebody wants to talk, and what they choose to tell beforehand.

    All but the way is optional.
    """

    needed_at_times = ("who_rings", "phone")
    choice_words: ClassVar = {
        "access": dict(ACCESS_CHOICES),
        "capacity": dict(Capacity.choices),
        "who_rings": {
            WhoRings.HOST.value: "The host rings me",
            WhoRings.PERSON.value: "I ring the host",
        },
    }

    how = forms.ChoiceField(
        label="How would you like to talk?",
        choices=How.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether to talk by phone or by video."},
    )
    who_rings = forms.ChoiceField(
        label="If by phone: who rings whom?",
        widget=forms.RadioSelect,
        required=False,
        initial=WhoRings.HOST,
    )
    phone = LineField(
        label="Your phone number, if we ring you",
        help_text="We remove it afterwards.",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    topics = LinesField(
        label="What would you like to talk about?",
        help_text="You can skip this, and you can talk about something else on the day.",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    field_order = ["how", "who_rings", "phone", "topics", "access", "access_notes"]

    def __init__(self, *args: Any, series: ConversationSeries, **kwargs: Any) -> None:
        super().__init__(*args, session=series, **kwargs)
        self.series = series
        self.fields["access"].label = "What would make it easier for you?"
        set_choices(self, "access", ACCESS_CHOICES)
        if not series.offers_video:
            set_choices(self, "how", [How.choices[0]])
        rings = [(WhoRings.HOST.value, f"{series.host} rings me")]
        if series.ring_host_on:
            rings.append((WhoRings.PERSON.value, f"I ring {series.host}"))
        set_choices(self, "who_rings", rings)

    def clean_phone(self) -> str | None:
        """The number in its one form; what cannot be one is refused, and stays on the page."""
        text = self.cleaned_data["phone"].strip()
        number = phones.read(text) if text else None
        if text and number is None:
            raise forms.ValidationError(
                "Enter a phone number like 07700 900123, without an extension; other countries "
                "begin with +."
            )
        return number

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("how") != How.PHONE:
            return cleaned
        cleaned["who_rings"] = cleaned.get("who_rings") or WhoRings.HOST
        host_rings = cleaned["who_rings"] == WhoRings.HOST
        if host_rings and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", f"Enter the number on which {self.series.host} can ring you.")
        return cleaned

    @property
    def answers(self) -> BookingAnswers:
        """What the booking stores."""
        data, by_phone = self.cleaned_data, self.cleaned_data["how"] == How.PHONE
        return {
            "how": data["how"],
            "who_rings": data["who_rings"] if by_phone else "",
            "phone": data["phone"] if by_phone else None,
            "topics": data["topics"].strip() or None,
            "access_needs": self.needs,
        }

    @classmethod
    def initial_for(cls, conversation: Conversation) -> dict[str, Any]:
        """What the person answered, with which the form begins."""
        return {
            **super().initial_for(conversation),
            "how": conversation.how,
            "who_rings": conversation.who_rings or WhoRings.HOST,
            "phone": phones.written(conversation.phone),
            "topics": conversation.topics or "",
        }


class BookingForm(KeptForm, AnswersOfBookingForm):
    """The same with the capacity, for a new booking."""

    activities = ConversationSeries

    capacity = forms.ChoiceField(
        label="How are you taking part?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how you are taking part. “Not sure” is a good answer too."
        },
    )
    field_order = [*AnswersOfBookingForm.field_order, "capacity"]

    def __init__(
        self, *args: Any, series: ConversationSeries, offer: Offered | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, series=series, **kwargs)
        set_choices(self, "capacity", capacity_choices(offer or in_general(series)))

    @classmethod
    def as_sent(cls, data: QueryDict, activity: ConversationSeries) -> Self:
        return cls(data, series=activity)

    @property
    def answers(self) -> BookingAnswers:
        return {**super().answers, "capacity": self.cleaned_data["capacity"]}


class WishForm(forms.Form):
    wish = LinesField(
        label="What would work for you?",
        help_text="For example “Mondays after 6pm”. Our coordinators can read it too.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Tell us in a few words when would work for you."},
    )
