from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django_prose_editor.widgets import ProseEditorWidget

from collective.models import Person
from collective.typed.forms import LineField, LinesField
from collective.typed.signs import clean_line
from policy_drafts.choices import set_choices
from policy_drafts.desk.values import SectionText
from policy_drafts.models import Heard, Policy, Section
from policy_drafts.text import markup, pictures

PICTURE = "picture-"  # before its key: the name of the field for its words
NO_WORDS = "Say what the picture shows, for people who cannot see it."
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
        "Languages": True,
        "TidyPaste": True,
        "NoSpellCheck": False,
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


def picture_words(data: Mapping[str, str]) -> dict[str, str]:
    """{key of a picture: its words} as they were sent."""
    names = [name for name in data if name.startswith(PICTURE)]
    return {name.removeprefix(PICTURE): clean_line(data[name]) for name in names}


def _words_field(key: str, words: str) -> forms.CharField:
    """The field for the words of the picture with this key."""
    picture = format_html(
        '<img src="{}" alt="" class="thumb">', reverse("policy_picture", args=[key])
    )
    return LineField(
        label="What this picture shows, for people who cannot see it",
        max_length=250,
        initial=words,
        help_text=picture,
        error_messages={"required": NO_WORDS},
    )


class SectionForm(forms.Form):
    """One section at the desk. Whatever is wrong with it, the text stays."""

    title = LineField(
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
    notes = LinesField(
        label="Notes to self",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only those who write this policy see them. They are never published.",
    )

    def __init__(
        self, data: QueryDict | None = None, *, initial: Mapping[str, Any] | None = None
    ) -> None:
        typed: Mapping[str, Any] = (initial or {}) if data is None else data
        found = pictures.pictures_in(typed.get("html", ""))
        if data is not None:  # the words of a picture that was just put in come with the text
            data = data.copy()
            for key, words in found.items():
                data.setdefault(f"{PICTURE}{key}", words)
        super().__init__(data, initial=dict(initial or {}))
        for key, words in found.items():
            self.fields[f"{PICTURE}{key}"] = _words_field(key, words)

    @property
    def values(self) -> SectionText:
        """Title, text, state and notes; the pictures in the text have their words."""
        sent = self.cleaned_data
        return {
            "title": sent["title"],
            "html": pictures.with_words(sent["html"], picture_words(sent)),
            "state": sent["state"],
            "notes": sent["notes"],
        }

    def clean_notes(self) -> str:
        """The notes, their lines ended as we store them."""
        return self.cleaned_data["notes"].replace("\r\n", "\n")


class TitleForm(forms.Form):
    title = LineField(
        label="Title of the new section",
        max_length=150,
        error_messages={"required": "Give the new section a title."},
    )


class PlaceForm(forms.Form):
    place = forms.IntegerField(label="Move to place")


class SplitForm(TitleForm):
    block = forms.ChoiceField(
        label="Where does the new section begin?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the paragraph with which the new section begins."},
    )

    def __init__(self, data: QueryDict | None = None, *, blocks: list[tuple[str, str]]) -> None:
        super().__init__(data)
        set_choices(self, "block", blocks)


class PictureForm(forms.Form):
    """A picture for a section; it comes with words for people who cannot see it (WCAG 1.1.1)."""

    file = forms.FileField(
        label="Picture",
        widget=forms.FileInput(attrs={"accept": "image/*,.heic,.heif"}),
        help_text="A photo or a drawing (JPEG, PNG, WebP, HEIC), up to 5 MB.",
        error_messages={"required": "Choose a picture."},
    )
    alternative_text = LineField(
        label="What it shows, for people who cannot see it",
        max_length=250,
        error_messages={"required": NO_WORDS},
    )
    long_description = LinesField(
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
    text = LinesField(
        label="Or text to paste",
        required=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="A line that begins with # is a heading.",
    )

    def clean(self) -> None:
        """Raises ValidationError where there is neither a file nor a text."""
        sent = self.cleaned_data
        if not sent.get("file") and not (sent.get("text") or "").strip() and not self.errors:
            raise forms.ValidationError("Choose a file, or paste some text.")

    @property
    def brought(self) -> tuple[str, bytes]:
        """(name of the file, what it holds)"""
        if file := self.cleaned_data.get("file"):
            return file.name, file.read()
        return "Pasted text.md", self.cleaned_data["text"].encode()


class WhyForm(forms.Form):
    why = LinesField(
        label="Why did this section change?",
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="In a sentence or two. Everybody who reads the draft reads it: please no names.",
    )


class HeardForm(forms.ModelForm):
    words = LinesField(
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

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        by_hand = [(row.value, row.label) for row in Heard.Channel if row not in Heard.FROM_WORD]
        set_choices(self, "channel", [("", "Choose one"), *by_hand])

    def save_note(self, key: UUID, policy: Policy, section: Section | None, person: Person) -> None:
        """Save what was said as this person's note, under this key."""
        note = self.instance
        note.pk, note.policy, note.section, note.noted_by = key, policy, section, person
        note.words = self.cleaned_data["words"]
        self.save()
