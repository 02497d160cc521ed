from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django_prose_editor.widgets import ProseEditorWidget

from policy_drafts.models import Heard, Section
from policy_drafts.text import markup

PICTURE = "picture-"  # before its key: the name of the field for its words
EDITOR = {
    "extensions": {
        **markup.EXTENSIONS,
        "Image": True,
        "Figure": True,
        "Caption": True,
        "Definitions": True,
        "Term": True,
        "Definition": True,
        "QuoteButton": True,
        "TidyPaste": True,
        "Menu": {
            "groups": [
                {"group": "headings"},
                {"group": "marks"},
                {"group": "lists"},
                {"group": "blockType -headings -lists"},
                {"group": "quote"},
                {"group": "definitions"},
                {"group": "link"},
                {"group": "table"},
                {"group": "history"},
            ]
        },
    }
}


class SectionForm(forms.Form):
    """One section at the desk. Whatever is wrong with it, the text stays."""

    title = forms.CharField(
        label="Title", max_length=150, error_messages={"required": "Give this section a title."}
    )
    html = forms.CharField(
        label="Text",
        required=False,
        strip=False,
        widget=ProseEditorWidget(config=EDITOR, preset="configurable"),
    )
    state = forms.ChoiceField(
        label="How far is it?", choices=Section.State, widget=forms.RadioSelect
    )
    notes = forms.CharField(
        label="Notes to self",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only those who write this policy see them. They are never published.",
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        html = self.data.get("html", "") if self.is_bound else self.initial.get("html", "")
        for key, words in markup.pictures_in(html).items():
            picture = format_html(
                '<img src="{}" alt="" class="thumb">', reverse("policy_picture", args=[key])
            )
            self.fields[f"{PICTURE}{key}"] = forms.CharField(
                label="What this picture shows, for who cannot see it",
                max_length=250,
                initial=words,
                help_text=picture,
                error_messages={"required": "Say what the picture shows, for who cannot see it."},
            )
            if (
                self.is_bound and f"{PICTURE}{key}" not in self.data
            ):  # just put in: its words came with it
                self.data = self.data.copy()
                self.data[f"{PICTURE}{key}"] = words

    @staticmethod
    def described(data):
        """{key of a picture: its words} as they were sent."""
        return {
            name.removeprefix(PICTURE): data[name].strip()
            for name in data
            if name.startswith(PICTURE)
        }

    @property
    def values(self):
        """Title, text, state and notes; the pictures in the text have their words (WCAG 2.2,
        1.1.1).
        """
        html = markup.with_words(self.cleaned_data["html"], self.described(self.cleaned_data))
        return {
            **{name: self.cleaned_data[name] for name in ("title", "state", "notes")},
            "html": html,
        }

    def clean_notes(self):
        return self.cleaned_data["notes"].replace("\r\n", "\n")


class TitleForm(forms.Form):
    title = forms.CharField(
        label="Title of the new section",
        max_length=150,
        error_messages={"required": "Give the new section a title."},
    )


class SplitForm(TitleForm):
    block = forms.ChoiceField(
        label="Where does the new section begin?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the paragraph with which the new section begins."},
    )

    def __init__(self, *args, choices, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["block"].choices = choices


class PictureForm(forms.Form):
    """A picture for a section; without words for who cannot see it there is none (WCAG 2.2,
    1.1.1).
    """

    file = forms.FileField(
        label="Picture",
        help_text="JPEG, PNG or WebP, up to 5 MB.",
        error_messages={"required": "Choose a picture."},
    )
    alternative_text = forms.CharField(
        label="What it shows, for who cannot see it",
        max_length=250,
        error_messages={"required": "Say what the picture shows, for who cannot see it."},
    )
    long_description = forms.CharField(
        label="Caption or long description",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Shown under the picture. For a flow chart: its steps, in order.",
    )


class ImportForm(forms.Form):
    """A file or pasted text."""

    file = forms.FileField(
        label="A file",
        required=False,
        help_text="Word (.docx), Markdown, a web page or plain text.",
    )
    text = forms.CharField(
        label="Or text to paste",
        required=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="A line that begins with # is a heading.",
    )

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("file") and not (cleaned.get("text") or "").strip() and not self.errors:
            raise forms.ValidationError("Choose a file, or paste some text.")
        return cleaned

    @property
    def brought(self):
        """(name, bytes)"""
        if file := self.cleaned_data.get("file"):
            return file.name, file.read()
        return "Pasted text.md", self.cleaned_data["text"].encode()


class HeardForm(forms.ModelForm):
    words = forms.CharField(
        label="What was said",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write down what was said."},
    )

    class Meta:
        model = Heard
        fields = ["channel", "heard_on", "words"]
        labels = {"channel": "Where was it said?", "heard_on": "On which day?"}
        widgets = {"heard_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        by_hand = [row for row in Heard.Channel.choices if not row[0].startswith("word_")]
        self.fields["channel"].choices = [("", "Choose one"), *by_hand]
