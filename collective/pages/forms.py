from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from collective.errors import RuleError
from collective.models import Person
from collective.models.person import available_time_zones
from collective.people import codes
from collective.typed import addresses
from collective.typed.forms import AddressField

UK = "Europe/London"


MOST_PASTED = 20_000  # characters: a whole email


class CodeField(forms.CharField):
    """A code, typed, or pasted with the words around it; its value is the digits alone.

    There is no `maxlength`, as it would cut what is pasted before anybody has read it.
    """

    def __init__(self, *, lengths: Collection[int] = codes.EMAILED, **options: Any) -> None:
        attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        defaults = {
            "label": "The six-digit code",
            "max_length": MOST_PASTED,
            "widget": forms.TextInput(attrs=attrs),
            "error_messages": {
                "required": "Enter the six digits from our email.",
                "max_length": "That is more than an email of ours. Enter the digits alone.",
            },
        }
        self.lengths = lengths
        super().__init__(**{**defaults, **options})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            name: value
            for name, value in super().widget_attrs(widget).items()
            if name != "maxlength"
        }

    def clean(self, value: Any) -> str:
        """The digits. Raises ValidationError, saying what is missing, for anything else."""
        typed = super().clean(value)
        try:
            return codes.read(typed, self.lengths) if typed else ""
        except RuleError as error:
            raise ValidationError(str(error)) from error


class EmailForm(forms.Form):
    """The first step of signing in, the same for known and unknown addresses."""

    email = AddressField(
        label="Your email address",
        help_text="We send a six-digit code to it. There is no password.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": "Enter your email address."},
    )


class NewEmailForm(EmailForm):
    """Another address of one's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.label = "Your new email address"
        email.help_text = "We send a six-digit code to it. Until you type it, nothing changes."


class CodeForm(forms.Form):
    """The second step: what the email says."""

    code = CodeField()


class NewAddressCodeForm(forms.Form):
    """The code that went to the new address; beside it, the old one has its say."""

    code = CodeField(label="The six-digit code from the new address")


class BothCodesForm(NewAddressCodeForm):
    """The code to the old address, too; or they say that they cannot read it."""

    old_code = CodeField(
        label="The six-digit code from the old address",
        error_messages={
            "required": (
                "Enter the six digits from our email to the old address. If you cannot read mail "
                "there, tick that below."
            )
        },
    )
    cannot_read = forms.BooleanField(
        label="I cannot read mail at the old address. Change it in three days.", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_code"].required = not self.data.get("cannot_read")


class NameForm(forms.ModelForm):
    class Meta:
        model = Person
        fields = ["name"]
        labels = {"name": "What should we call you?"}
        help_texts = {
            "name": (
                "A first name is enough, or any name you like to be called by. You can change it "
                "later."
            )
        }
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "nickname"})}
        error_messages = {"name": {"required": "Tell us a name that we can call you by."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if addresses.is_one(name):
            raise ValidationError("This is an email address. Tell us a name: any you like.")
        return name


class MailSettingsForm(forms.ModelForm):
    class Meta:
        model = Person
        fields = ["wants_reminders", "wants_news"]
        labels = {
            "wants_reminders": (
                "Remind me of what I have booked, of a place that you keep for me, and of a "
                "payment that I can choose about"
            ),
            "wants_news": "Tell me of dates, sign-ups, new times and new drafts that I asked for",
        }


class StaffMailSettingsForm(MailSettingsForm):
    """Staff also choose whether the daily email comes."""

    class Meta(MailSettingsForm.Meta):
        fields = [*MailSettingsForm.Meta.fields, "wants_staff_mail"]
        labels = {
            **MailSettingsForm.Meta.labels,
            "wants_staff_mail": "Send me the daily staff email, on days with something to do",
        }


class DisplayForm(forms.Form):
    theme = forms.ChoiceField(
        label="Light or dark",
        choices=[
            ("system", "As my phone or computer is set"),
            ("light", "Light"),
            ("dark", "Dark"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how our pages should look."},
    )


class TimeZoneForm(forms.Form):
    """In which time zone somebody reads times; the server's data knows which there are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = sorted(name for name in available_time_zones() if _is_a_place(name))
        self.fields["time_zone"] = forms.ChoiceField(
            label="Show times as in",
            choices=[(UK, "the United Kingdom"), *((name, _in_words(name)) for name in others)],
        )


def _is_a_place(name: str) -> bool:
    """Is it the time zone of a city, and not the UK's, a country's or an offset?"""
    return "/" in name and not name.startswith(("Etc/", UK))


def _in_words(name: str) -> str:
    return name.replace("_", " ")
