"""Fields of forms for what people type: one line, several lines, an email address."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms import Widget

from collective.errors import RuleError
from collective.typed import addresses, signs


class NoLongerThan(MaxLengthValidator):
    """Says by how much a text is too long."""

    def __call__(self, value: str) -> None:
        """Raises ValidationError for a text that is too long."""
        most = self.limit_value() if callable(self.limit_value) else self.limit_value
        over = len(value) - most
        if over > 0:
            characters = "1 character" if over == 1 else f"{over:,} characters"
            raise ValidationError(
                f"Please shorten this by {characters}. There is room for {most:,}.",
                code="max_length",
            )


class LineField(forms.CharField):
    """One line. What nobody sees is taken out, and a text of nothing else counts as empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _say_by_how_much(self)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return (signs.clean_line(text) or self.empty_value) if text else text


class LinesField(forms.CharField):
    """Several lines. A break counts as one character, as in the box on the page.

    The box has no `maxlength`: it would cut a pasted text without a word, and counts some signs as
    two. A script counts as the server does (static/js/limit.js).
    """

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _say_by_how_much(self)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return signs.clean_text(text) if text else text

    def widget_attrs(self, widget: Widget) -> dict[str, Any]:
        attributes = super().widget_attrs(widget)
        if "maxlength" in attributes:
            attributes["data-limit"] = attributes.pop("maxlength")
        return attributes


class AddressField(forms.EmailField):
    """An email address, in its normal form however it was typed."""

    default_error_messages = {"required": "Enter an email address."}

    def to_python(self, value: Any) -> Any:
        """Raises ValidationError with what to do where it is no address."""
        text = super().to_python(value)
        if not text or addresses.is_empty(text):
            return self.empty_value
        try:
            return addresses.read(text)
        except RuleError as error:
            raise ValidationError(str(error), code="unreadable") from error


def _say_by_how_much(field: forms.CharField) -> None:
    field.validators = [
        NoLongerThan(check.limit_value) if type(check) is MaxLengthValidator else check
        for check in field.validators
    ]
