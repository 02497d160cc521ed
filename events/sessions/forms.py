from datetime import datetime
from typing import Any, Self

from django import forms
from django.http import QueryDict

from collective.typed import addresses
from collective.typed.forms import AddressField, LineField
from events.forms import AccessNeedsForm, KeptForm, capacity_choices, set_choices
from events.models import Registration, Session
from events.models.answers import BRINGS, NOBODY, WOULD_LIKE, Answers, Companion
from payments.owing.offered import Offered, in_general


class AnswersForm(AccessNeedsForm):
    """What a person answers: in which capacity, whether somebody comes along, and what helps.

    Staff correct it with them.
    """

    capacity = forms.ChoiceField(
        label="How are you taking part?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how you are taking part. “Not sure” is a good answer too."
        },
    )
    coming_along = forms.ChoiceField(
        label="Is somebody coming along to support you?",
        help_text="They take no place from anybody else.",
        widget=forms.RadioSelect,
        choices=[
            (NOBODY, "No, I am coming by myself"),
            (BRINGS, "Yes, I am bringing a supporter or assistant"),
            (WOULD_LIKE, "I would like you to find somebody to support me"),
        ],
        initial=NOBODY,
        error_messages={"required": "Choose whether somebody is coming along."},
    )
    companion_name = LineField(label="Their name", max_length=100, required=False)
    companion_email = AddressField(
        label="Their email address",
        help_text="We only tell them how to join, and if the session is moved or cancelled.",
        required=False,
    )
    field_order = [
        "capacity",
        "coming_along",
        "companion_name",
        "companion_email",
        "access",
        "access_notes",
    ]

    def __init__(
        self, *args: Any, session: Session, offer: Offered | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, session=session, **kwargs)
        set_choices(self, "capacity", capacity_choices(offer or in_general(session)))

    def clean_companion_name(self) -> str:
        name: str = self.cleaned_data["companion_name"]
        if addresses.is_one(name):
            raise forms.ValidationError(
                "This is an email address. Please write it in the next box, and their name here."
            )
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        named = cleaned.get("companion_name") or cleaned.get("companion_email")
        if named and cleaned.get("coming_along") == NOBODY:
            self.add_error(
                "coming_along",
                "You gave the name or address of a supporter. Choose “Yes”, or clear those two "
                "answers.",
            )
        return cleaned

    @classmethod
    def initial_for(cls, row: Registration) -> dict[str, Any]:
        companion = row.companion or {}
        return {
            **super().initial_for(row),
            "capacity": row.capacity,
            "coming_along": companion.get("kind", NOBODY),
            "companion_name": companion.get("name", ""),
            "companion_email": companion.get("email", ""),
        }

    @property
    def answers(self) -> Answers:
        """What was answered, as it is stored."""
        return Answers(
            capacity=self.cleaned_data["capacity"],
            companion=self._companion(),
            access_needs=self.needs,
        )

    def _companion(self) -> Companion | None:
        kind = self.cleaned_data["coming_along"]
        if kind == NOBODY:
            return None
        name, email = self.cleaned_data["companion_name"], self.cleaned_data["companion_email"]
        return Companion(kind=kind, name=name, email=email)


class SignUpForm(KeptForm, AnswersForm):
    """A place in a session: the answers, and the ways of working."""

    activities = Session

    agree = forms.BooleanField(
        label="I have read the ways of working, and I agree to them",
        error_messages={
            "required": (
                "Tick the box if you agree to the ways of working. If you are not sure, call us."
            )
        },
    )
    field_order = [*AnswersForm.field_order, "agree"]

    def agreed(self, moment: datetime) -> Answers:
        """The answers, agreed to at this moment."""
        return {**self.answers, "agreed_at": moment}

    @classmethod
    def as_sent(cls, data: QueryDict, activity: Session) -> Self:
        return cls(data, session=activity)
