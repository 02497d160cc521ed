from django import forms

from collective.typed.forms import AddressField
from policy_drafts.models import PolicyRole


class InviteForm(forms.Form):
    email = AddressField(label="Their email address")
    kind = forms.ChoiceField(
        label="What do they do?",
        choices=PolicyRole.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )
