from typing import Any

from django import forms
from django.http import QueryDict

from collective.typed.forms import LinesField
from policy_drafts.choices import set_choices
from policy_drafts.models import Audience, OtherVersion
from policy_drafts.text import printable

MOST_SIGNS = 10  # that are named


class PublishForm(forms.Form):
    news = LinesField(
        label="What is new, in plain words",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="People read it first, in the email and above the draft.",
        error_messages={"required": "Say in plain words what is new."},
    )

    without = forms.BooleanField(
        label="Publish it all the same, without the files that cannot be made",
        required=False,
    )

    def __init__(self, *args: Any, can_go_without: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not can_go_without:
            del self.fields["without"]

    def clean_news(self) -> str:
        """Raises ValidationError for a sign that cannot be printed: it is mended here at once."""
        news: str = self.cleaned_data["news"]
        if found := printable.lacking(news):
            signs = ", ".join(f"“{sign}”" for sign in found[:MOST_SIGNS])
            raise forms.ValidationError(
                f"The files cannot show this: {signs}. Please take it out, or say it in words.",
                code="unprintable",
            )
        return news


class AudienceForm(forms.Form):
    audience = forms.ChoiceField(
        label="Who can read it?",
        choices=Audience,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who can read it."},
    )

    def __init__(self, data: QueryDict | None = None, *, audiences: list[Audience]) -> None:
        super().__init__(data)
        set_choices(self, "audience", [(row.value, row.label) for row in audiences])


class WithdrawForm(forms.Form):
    because = LinesField(
        label="Why, in a sentence or two",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody who opens this draft reads it.",
        error_messages={"required": "Say why: people read it."},
    )


class VersionForm(forms.ModelForm):
    class Meta:
        model = OtherVersion
        fields = ["kind", "name", "file", "link"]
        labels = {
            "kind": "What is it?",
            "name": "What do we call it?",
            "file": "A file",
            "link": "Or a link",
        }
        help_texts = {"file": "PDF, Word, text, EPUB, audio or video, up to 50 MB."}
        widgets = {"file": forms.FileInput}
        error_messages = {
            "kind": {"required": "Choose what it is."},
            "name": {"required": "Give it a name."},
            "link": {"invalid": "Enter a whole address, like https://example.org/easy-read."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "kind", [("", "Choose one"), *OtherVersion.Kind.choices])
