from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from collective.pages.forms import ADDRESS_LENGTH
from collective.templatetags.collective import pounds
from events.models import Registration, Session
from events.models.access_need import CHOICES, IN_PERSON_CHOICES


class AccessNeedsForm(forms.Form):
    """What would help somebody take part. Never a diagnosis, always optional."""

    access = forms.MultipleChoiceField(
        label="What would help you take part?",
        help_text="Tick any that help. You do not need to tell us why.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    access_notes = forms.CharField(
        label="Anything else that would help",
        help_text="You can skip this. You can also tell us by phone.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        required=False,
    )

    def __init__(self, *args, session: Session, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        self.fields["access"].choices = CHOICES + (
            IN_PERSON_CHOICES if session.is_in_person else []
        )

    @property
    def needs(self):
        """What was asked for, as it is stored; None for nothing."""
        chosen, notes = self.cleaned_data["access"], self.cleaned_data["access_notes"].strip()
        return {"choices": chosen, "notes": notes} if chosen or notes else None

    @classmethod
    def initial_for(cls, registration: Registration):
        needs = registration.access_needs or {}
        return {"access": needs.get("choices", []), "access_notes": needs.get("notes", "")}


class AnswersForm(AccessNeedsForm):
    """What a person answers: in which capacity, who comes along, and what helps.

    Staff correct it with them.
    """

    NOBODY, BRINGS, WOULD_LIKE = "nobody", "brings", "would_like"

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
    companion_name = forms.CharField(label="Their name", max_length=100, required=False)
    companion_email = forms.EmailField(
        label="Their email address",
        help_text="We use it only to send them the details of how to join.",
        validators=[ADDRESS_LENGTH],
        required=False,
        error_messages={
            "invalid": "Enter their email address in the correct format, like name@example.com."
        },
    )
    field_order = [
        "capacity",
        "coming_along",
        "companion_name",
        "companion_email",
        "access",
        "access_notes",
    ]

    def __init__(self, *args, session: Session, **kwargs) -> None:
        super().__init__(*args, session=session, **kwargs)
        self.fields["capacity"].choices = capacity_choices(session)

    def clean(self):
        cleaned = super().clean()
        named = cleaned.get("companion_name") or cleaned.get("companion_email")
        if named and cleaned.get("coming_along") == self.NOBODY:
            self.add_error(
                "coming_along",
                (
                    "You gave the name or address of a supporter. Choose “Yes”, or clear those two "
                    "answers."
                ),
            )
        return cleaned

    @classmethod
    def initial_for(cls, registration: Registration):
        companion = registration.companion or {}
        return {
            **super().initial_for(registration),
            "capacity": registration.capacity,
            "coming_along": companion.get("kind", cls.NOBODY),
            "companion_name": companion.get("name", ""),
            "companion_email": companion.get("email", ""),
        }

    @property
    def answers(self):
        """What `Session.sign_up` stores; the moment of agreement is the view's to say."""
        kind = self.cleaned_data["coming_along"]
        companion = {
            "kind": kind,
            "name": self.cleaned_data["companion_name"],
            "email": self.cleaned_data["companion_email"].lower(),
        }
        return {
            "capacity": self.cleaned_data["capacity"],
            "companion": None if kind == self.NOBODY else companion,
            "access_needs": self.needs,
        }


class Typed:
    """A form whose raw answers can be kept in a draft."""

    def typed(self):
        """By field: lists, as a browser sent them."""
        return {name: self.data.getlist(name)[:50] for name in self.fields if name in self.data}


class SignUpForm(Typed, AnswersForm):
    """A place in a session: the answers, and the ways of working."""

    agree = forms.BooleanField(
        label="I have read the ways of working, and I agree to them",
        error_messages={
            "required": "Tick the box if you agree to the ways of working. If you are not sure, call us."
        },
    )
    field_order = [*AnswersForm.field_order, "agree"]


class CapacityForm(forms.Form):
    """In which capacity somebody takes, or took, part."""

    capacity = forms.ChoiceField(
        label="How do you take part?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how you take part. “Not sure” is a good answer too."},
    )

    def __init__(self, *args, session: Session, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["capacity"].choices = capacity_choices(session)


def capacity_choices(session: Session) -> list[tuple[str, SafeString]]:
    """Each capacity with what it means for the fee."""
    fee = pounds(session.fee_pence)
    hints = {
        Registration.Capacity.PERSONAL: f"We offer you {fee}. You can say no to it." if fee else "",
        Registration.Capacity.PAID_ROLE: "Somebody pays me for this time, so there is no payment from you.",
        Registration.Capacity.NOT_SURE: "Call or write to us when you know. Until then nothing is decided."
        if fee
        else "",
    }
    html = '<span class="choice__label">{}</span> <span class="choice__hint">{}</span>'
    return [
        (capacity.value, format_html(html, capacity.label, hint))
        for capacity, hint in hints.items()
    ]
