from django import forms

from policy_drafts.models import PolicyRole


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="Their email address",
        max_length=254,
        error_messages={
            "required": "Enter an email address.",
            "invalid": "Enter an email address in the correct format, like name@example.com.",
        },
    )
    kind = forms.ChoiceField(
        label="What do they do?",
        choices=PolicyRole.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )
