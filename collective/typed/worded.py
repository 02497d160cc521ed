"""Whose answers an address takes: what was sent there is shown back in the words of that form.

A browser sends names and values ("access", "large_print"), which nobody has read on the page.
"""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.http import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.html import strip_tags

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
Form = type[forms.Form] | type[forms.ModelForm]


def asks(form: Form) -> Callable[[View], View]:
    """Note beside a view which form its page has; decorators around it hand that on."""

    def decorate(view: View) -> View:
        vars(view)["form"] = form
        return view

    return decorate


def form_of(match: ResolverMatch | None) -> Form | None:
    """The form of this address; None where none is noted."""
    return getattr(match.func, "form", None) if match else None


def form_at(path: str) -> Form | None:
    """The same of a path, with or without its query; None for one that is no longer ours."""
    try:
        return form_of(resolve(path.partition("?")[0]))
    except Resolver404:
        return None


def label(form: Form | None, name: str) -> str:
    """What the page calls this field; "" where we do not know."""
    field = _field(form, name)
    return str(field.label or "") if field else ""


def meaning(form: Form | None, name: str, value: str) -> str:
    """What the page calls this choice; "" for what was typed.

    `choice_words` of a form has those that it knows only with a row: {field: {value: words}}.
    """
    field = _field(form, name)
    choices = field.widget.choices if isinstance(field, forms.ChoiceField) else []
    known = {str(key): strip_tags(str(words)) for key, words in choices if key != ""}
    return {**known, **getattr(form, "choice_words", {}).get(name, {})}.get(value, "")


def _field(form: Form | None, name: str) -> forms.Field | None:
    fields: dict[str, forms.Field] = getattr(form, "base_fields", {})
    return fields.get(name)
