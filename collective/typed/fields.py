"""Fields of models for what people type: one line, several lines, an email address.

Whatever way a value comes (a form, the admin, a file, a command), it is cleaned before it is stored
and before it is looked for. For the database they are Django's own columns: a migration says so.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Model

from collective.errors import RuleError
from collective.typed import addresses, forms, signs

Set = TypeVar("Set", contravariant=True)
Get = TypeVar("Get", covariant=True)
if TYPE_CHECKING:  # django-stubs knows by them whether a field can hold None
    from django.db.models import CharField, EmailField, TextField
else:

    class Subscripted:
        """Django's fields take no types in square brackets as they run."""

        def __class_getitem__(cls, types: Any) -> type:
            return cls

    class CharField(Subscripted, models.CharField):
        pass

    class EmailField(Subscripted, models.EmailField):
        pass

    class TextField(Subscripted, models.TextField):
        pass


Deconstructed = tuple[str, str, Sequence[Any], dict[str, Any]]


class LineField(CharField[Set, Get]):
    """One line that somebody types: a name, a title, a label."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return signs.clean_line(text) if isinstance(text, str) else text

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, model_instance: Model, add: bool) -> Any:
        """What is stored; the row in memory holds the same from now on."""
        return _cleaned(self, model_instance, super().pre_save(model_instance, add))

    def deconstruct(self) -> Deconstructed:
        return _as_djangos(super().deconstruct(), "CharField")

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.LineField, **kwargs})


class LinesField(TextField[Set, Get]):
    """Text of several lines that somebody types; a break counts as one character."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return signs.clean_text(text) if isinstance(text, str) else text

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, model_instance: Model, add: bool) -> Any:
        """What is stored; the row in memory holds the same from now on."""
        return _cleaned(self, model_instance, super().pre_save(model_instance, add))

    def deconstruct(self) -> Deconstructed:
        return _as_djangos(super().deconstruct(), "TextField")

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.LinesField, **kwargs})


class AddressField(EmailField[Set, Get]):
    """An email address in its normal form; nobody is found or stored by another."""

    def to_python(self, value: Any) -> Any:
        """Raises ValidationError with what to do where it is no address."""
        text = super().to_python(value)
        if not isinstance(text, str):
            return text
        try:
            return addresses.clean_email(text) or (None if self.null else "")
        except RuleError as error:
            raise ValidationError(str(error), code="invalid") from error

    def get_prep_value(self, value: Any) -> Any:
        """What the database is asked for: what is no address finds nobody."""
        text = models.Field.get_prep_value(self, value)
        return addresses.as_looked_for(text) if isinstance(text, str) and text else text

    def pre_save(self, model_instance: Model, add: bool) -> Any:
        """What is stored. Raises ValidationError where it is no address."""
        return _cleaned(self, model_instance, super().pre_save(model_instance, add))

    def deconstruct(self) -> Deconstructed:
        return _as_djangos(super().deconstruct(), "EmailField")

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.AddressField, **kwargs})


def _cleaned(field: "models.Field[Any, Any]", row: Model, value: Any) -> Any:
    """The value in its clean form, also in the row; an expression is left to the database."""
    if not isinstance(value, str):
        return value
    clean = field.to_python(value)
    setattr(row, field.attname, clean)
    return clean


def _as_djangos(parts: Deconstructed, name: str) -> Deconstructed:
    field_name, _, args, kwargs = parts
    return field_name, f"django.db.models.{name}", args, kwargs
