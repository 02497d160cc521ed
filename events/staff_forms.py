"""What the admin's forms of sessions and of conversations share."""

from django import forms

from collective.typed.forms import LinesField

LEAST_FEE = 500  # pence; less is a fee that was typed in pounds


class CancelForm(forms.Form):
    reason = LinesField(
        label="Why it is cancelled",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody on it reads this, and so does anybody who opens its page.",
    )
