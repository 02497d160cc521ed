"""Whose answers an address takes: what was sent there is shown back in the words of that form.

A browser sends names and values ("access", "large_print"), which nobody has read on the page.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

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
    """The form of this address; of a page of the admin, one of its model's; None for no other."""
    if match is None:
        return None
    row = getattr(match.func, "model_admin", None)  # Django's admin notes it beside its views
    made = row and forms.modelform_factory(row.model, fields="__all__")
    return getattr(match.func, "form", made)


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

    What a choice of rows offers, only the database knows: it is not asked.
    `choice_words` of a form has those that it knows only with a row: {field: {value: words}}.
    """
    field, known = _field(form, name), {}
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        known = {str(key): strip_tags(str(words)) for key, words in _rows(field) if key != ""}
    return {**known, **getattr(form, "choice_words", {}).get(name, {})}.get(value, "")


def _field(form: Form | None, name: str) -> forms.Field | None:
    fields: dict[str, forms.Field] = getattr(form, "base_fields", {})
    return fields.get(name)


def _rows(field: forms.ChoiceField) -> Iterable[tuple[Any, Any]]:
    return cast(Iterable[tuple[Any, Any]], field.choices)
