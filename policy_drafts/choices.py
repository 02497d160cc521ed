"""Choices of a form's field that depend on what the form is for."""

from collections.abc import Iterable

from django import forms


def set_choices(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Offer these (value, words) in a field of the form that offers choices."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} offers no choices")
    field.choices = list(choices)
