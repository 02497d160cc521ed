"""Text that only the running application can read: what is told in confidence.

`FIELD_KEYS` holds "id:key" pairs, newest first; a key is what
`cryptography.fernet.Fernet.generate_key()` prints. Each text is stored as "id:token", so that a key
can be retired once `rotate_field_keys` has run. Nothing is encrypted but for a place that it walks:
an encrypted column, or a `Place` in the list of `portal/apps.py`.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Model

from collective.safety import start
from collective.typed.forms import LinesField

UNREADABLE = (KeyError, ValueError, InvalidToken)  # what `decrypt` raises
TOKEN = re.compile(r"[A-Za-z0-9_.-]+:gAAAAA[A-Za-z0-9_=-]+")


@cache
def keys() -> dict[str, Fernet]:
    """The keys by id, newest first. Raises ImproperlyConfigured if one cannot be used."""
    if refused := list(start.of_field_keys(settings.FIELD_KEYS)):
        raise ImproperlyConfigured(" ".join(refused))
    pairs = [pair.split(":", 1) for pair in settings.FIELD_KEYS]
    return {key_id: Fernet(key) for key_id, key in pairs}


def newest() -> str:
    """The id of the key that encrypts."""
    return next(iter(keys()))


def key_of(stored: str) -> str:
    """The id of the key under which this text is stored."""
    return stored.split(":", 1)[0]


def decrypt(stored: str) -> str:
    """The text again. Raises KeyError for a retired key, InvalidToken for a damaged text."""
    key_id, token = stored.split(":", 1)
    return keys()[key_id].decrypt(token.encode()).decode()


def can_be_read(stored: str) -> bool:
    """Does one of our keys open this text?"""
    try:
        decrypt(stored)
    except UNREADABLE:
        return False
    return True


def _encrypt(text: str) -> str:
    key_id, fernet = next(iter(keys().items()))
    return f"{key_id}:{fernet.encrypt(text.encode()).decode()}"


@dataclass(frozen=True)
class Place:
    """A column in which encrypted texts stand: alone, or as strings somewhere in its JSON."""

    label: str  # of the model: "mfa.Authenticator"
    name: str  # of the field

    def __str__(self) -> str:
        return f"{self.label}.{self.name}"

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.label)

    @property
    def field(self) -> "models.Field[Any, Any]":
        return cast("models.Field[Any, Any]", self.model._meta.get_field(self.name))

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def column(self) -> str:
        return str(self.field.column)

    @property
    def is_json(self) -> bool:
        return isinstance(self.field, models.JSONField)

    def encrypt(self, text: str) -> str:
        """The text as it is stored, under the newest key.

        Raises LookupError for a place that `rotate_field_keys` would not walk.
        """
        if self not in _known():
            raise LookupError(f"{self} is in no list of what is encrypted: portal/apps.py has it.")
        return _encrypt(text)

    def anew(self, stored: str) -> str:
        """What is stored, with each text in it under the newest key. Raises as `decrypt` does."""
        if not self.is_json:
            return _encrypt(decrypt(stored))
        return json.dumps(_each_token(json.loads(stored), lambda text: _encrypt(decrypt(text))))

    def texts(self, stored: str) -> list[str]:
        """The encrypted texts in what is stored."""
        if not self.is_json:
            return [stored]
        found: list[str] = []

        def note(text: str) -> str:
            found.append(text)
            return text

        _each_token(json.loads(stored), note)
        return found


def _each_token(value: Any, act: Callable[[str], str]) -> Any:
    """The value, with what the act makes of each encrypted text in it."""
    if isinstance(value, dict):
        return {name: _each_token(part, act) for name, part in value.items()}
    if isinstance(value, list):
        return [_each_token(part, act) for part in value]
    return act(value) if isinstance(value, str) and TOKEN.fullmatch(value) else value


_registered: list[Place] = []


def register(place: Place) -> None:
    """Add a place that is no encrypted column; the portal calls this."""
    _registered.append(place)
    _known.cache_clear()


def places() -> list[Place]:
    """Every place that encrypts, by its name."""
    return sorted(_known(), key=str)


@cache
def _known() -> frozenset[Place]:
    return frozenset([*_columns(), *_registered])


def _columns() -> Iterator[Place]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            for field in model._meta.local_fields:
                if isinstance(field, EncryptedJSONField):
                    yield Place(model._meta.label, field.name)


if TYPE_CHECKING:  # for django-stubs: what a model reads and writes here is JSON, not text
    TextField = models.TextField[Any, Any]
else:
    TextField = models.TextField


class EncryptedJSONField(TextField):
    """A JSON value, encrypted at rest. It cannot be searched, and belongs in no history."""

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def from_db_value(
        self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> Any:
        return json.loads(decrypt(value)) if value else None

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        return Place(self.model._meta.label, self.name).encrypt(json.dumps(value))

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": LinesField, **kwargs})

    def value_to_string(self, obj: Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""
