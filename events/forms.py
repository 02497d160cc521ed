"""What the forms of sessions and of conversations share."""

from typing import Any, ClassVar, Self

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString

from collective.models import Activity
from collective.pages.choices import choice_with_hint
from collective.templatetags.collective import pounds
from collective.typed.forms import LinesField
from events.models.access_need import CHOICE_LABELS, CHOICES, IN_PERSON_CHOICES
from events.models.answers import Needs
from payments.models import Capacity
from payments.owing.offered import Offered

ChoiceWords = dict[str, dict[str, str]]  # {field: {value: what the page calls it}}
MOST_VALUES = 50  # of one field, in a draft


class KeptForm(forms.Form):
    """A form whose answers are kept, as they were sent, until it can be sent for good."""

    activities: type[Activity]  # what it is a form of

    @classmethod
    def as_sent(cls, data: QueryDict, activity: Any) -> Self:
        """The form of this activity, with what a browser sent."""
        raise NotImplementedError

    def typed(self) -> dict[str, list[str]]:
        """What was typed, by field: lists, as a browser sent them."""
        data = self.data
        if not isinstance(data, QueryDict):
            return {}
        sent = {name: data.getlist(name) for name in self.fields if name in data}
        return {name: values[:MOST_VALUES] for name, values in sent.items()}


class AccessNeedsForm(forms.Form):
    """What would help somebody take part. Never a diagnosis, always optional."""

    choice_words: ClassVar[ChoiceWords] = {
        "access": CHOICE_LABELS,
        "capacity": dict(Capacity.choices),
    }

    access = forms.MultipleChoiceField(
        label="What would help you take part?",
        help_text="Tick any that help. You do not need to tell us why.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    access_notes = LinesField(
        label="Anything else that would help",
        help_text="You can skip this. You can also tell us by phone.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        required=False,
    )

    def __init__(self, *args: Any, session: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        set_choices(self, "access", CHOICES + (IN_PERSON_CHOICES if session.is_in_person else []))

    @property
    def needs(self) -> Needs | None:
        """What was asked for, as it is stored; None for nothing."""
        chosen, notes = self.cleaned_data["access"], self.cleaned_data["access_notes"].strip()
        return Needs(choices=chosen, notes=notes) if chosen or notes else None

    @classmethod
    def initial_for(cls, row: Any) -> dict[str, Any]:
        """What the person answered, with which the form begins; the row has `access_needs`."""
        needs = row.access_needs or {}
        return {"access": needs.get("choices", []), "access_notes": needs.get("notes", "")}


class CapacityForm(forms.Form):
    """In which capacity somebody takes, or took, part."""

    choice_words: ClassVar[ChoiceWords] = {"capacity": dict(Capacity.choices)}

    capacity = forms.ChoiceField(
        label="How do you take part?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how you take part. “Not sure” is a good answer too."},
    )

    def __init__(self, *args: Any, offer: Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "capacity", capacity_choices(offer))


def set_choices(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    """Give a field of choices those that are known only with the activity."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no field of choices")
    field.choices = choices


def capacity_choices(offer: Offered) -> list[tuple[str, SafeString]]:
    """Each capacity with what it means for the fee."""
    for_myself = "You come for yourself, not for somebody who pays you for this time."
    offered = f"{for_myself} We offer you {pounds(offer.pence)}, and you can say no to it."
    later = "You can tell us later, and we ask you again afterwards."
    may_be_paid = offer.pence is not None and not offer.is_covered
    hints = {
        Capacity.PERSONAL: offered if may_be_paid else for_myself,
        Capacity.PAID_ROLE: "Somebody pays me for this time, so there is no payment from you.",
        Capacity.NOT_SURE: later if may_be_paid else "",
    }
    return [
        (capacity.value, choice_with_hint(capacity.label, hint)) for capacity, hint in hints.items()
    ]
