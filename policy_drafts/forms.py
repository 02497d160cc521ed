from django import forms
from django_prose_editor.widgets import ProseEditorWidget

from policy_drafts import markup
from policy_drafts.models import Audience, Heard, OtherVersion, PolicyRole, Section

EDITOR = {
    "extensions": {
        **markup.EXTENSIONS, "Image": True, "Figure": True, "Caption": True, "Definitions": True, "Term": True,
        "Definition": True,
        "Menu": {"groups": [
            {"group": "headings"}, {"group": "marks"}, {"group": "lists"}, {"group": "blockType -headings -lists"},
            {"group": "definitions"}, {"group": "link"}, {"group": "table"}, {"group": "history"},
        ]},
    }
}  # fmt: skip


class SectionForm(forms.Form):
    """One section at the desk. Whatever is wrong with it, the text stays."""

    title = forms.CharField(label="Title", max_length=150, error_messages={"required": "Give this section a title."})
    html = forms.CharField(
        label="Text", required=False, strip=False, widget=ProseEditorWidget(config=EDITOR, preset="configurable")
    )
    state = forms.ChoiceField(label="How far is it?", choices=Section.State, widget=forms.RadioSelect)
    notes = forms.CharField(
        label="Notes to self", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only those who write this policy see them. They are never published.",
    )  # fmt: skip

    def clean_notes(self):
        return self.cleaned_data["notes"].replace("\r\n", "\n")

    def clean_html(self):
        text = self.cleaned_data["html"]
        pictures = markup.tree(markup.cleaned(text)).iter("img")
        if any(not (image.get("alt") or "").strip() for image in pictures):
            raise forms.ValidationError("Describe each picture for people who cannot see it.")
        return text


class TitleForm(forms.Form):
    title = forms.CharField(
        label="Title of the new section", max_length=150, error_messages={"required": "Give the new section a title."}
    )


class SplitForm(TitleForm):
    block = forms.ChoiceField(
        label="Where does the new section begin?", widget=forms.RadioSelect,
        error_messages={"required": "Choose the paragraph with which the new section begins."},
    )  # fmt: skip

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["block"].choices = choices


class PictureForm(forms.Form):
    """A picture for a section; without words for who cannot see it there is none (WCAG 2.2, 1.1.1)."""

    file = forms.FileField(
        label="Picture", help_text="JPEG, PNG or WebP, up to 5 MB.", error_messages={"required": "Choose a picture."}
    )
    alternative_text = forms.CharField(
        label="What it shows, for who cannot see it", max_length=250,
        error_messages={"required": "Say what the picture shows, for who cannot see it."},
    )  # fmt: skip
    long_description = forms.CharField(
        label="Caption or long description", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Shown under the picture. For a flow chart: its steps, in order.",
    )  # fmt: skip


class ImportForm(forms.Form):
    """A file or pasted text."""

    file = forms.FileField(
        label="A file", required=False, help_text="Word (.docx), Markdown, a web page or plain text."
    )
    text = forms.CharField(
        label="Or text to paste", required=False, max_length=1_000_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="A line that begins with # is a heading.",
    )  # fmt: skip

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
        label="What was said", max_length=5000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write down what was said."},
    )  # fmt: skip

    class Meta:
        model = Heard
        fields = ["channel", "heard_on", "words"]
        labels = {"channel": "Where was it said?", "heard_on": "On which day?"}
        widgets = {"heard_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        by_hand = [row for row in Heard.Channel.choices if not row[0].startswith("word_")]
        self.fields["channel"].choices = [("", "Choose one"), *by_hand]


class PublishForm(forms.Form):
    news = forms.CharField(
        label="What is new, in plain words", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="People read it first, in the email and above the draft.",
        error_messages={"required": "Say in plain words what is new."},
    )  # fmt: skip


class AudienceForm(forms.Form):
    audience = forms.ChoiceField(
        label="Who can read it?", choices=Audience, widget=forms.RadioSelect,
        error_messages={"required": "Choose who can read it."},
    )  # fmt: skip

    def __init__(self, *args, choices=None, **kwargs):
        super().__init__(*args, **kwargs)
        if choices is not None:
            self.fields["audience"].choices = [(row.value, row.label) for row in choices]


class WithdrawForm(forms.Form):
    because = forms.CharField(
        label="Why, in a sentence or two", max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody who opens this draft reads it.", error_messages={"required": "Say why: people read it."},
    )  # fmt: skip


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="Their email address",
        error_messages={
            "required": "Enter an email address.",
            "invalid": "Enter an email address in the correct format, like name@example.com.",
        },
    )
    kind = forms.ChoiceField(
        label="As", choices=PolicyRole.Kind, widget=forms.RadioSelect, error_messages={"required": "Choose one."}
    )


class VersionForm(forms.ModelForm):
    class Meta:
        model = OtherVersion
        fields = ["kind", "name", "file", "link"]
        labels = {"kind": "What is it?", "name": "What do we call it?", "file": "A file", "link": "Or a link"}
        help_texts = {"file": "PDF, Word, text, EPUB, audio or video, up to 50 MB."}
        widgets = {"file": forms.FileInput}
