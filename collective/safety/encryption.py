"""Text that only the running application can read: what is told in confidence.

`FIELD_KEYS` holds "id:key" pairs, newest first; a key is what
`cryptography.fernet.Fernet.generate_key()` prints. Each text is stored as "id:token", so that a key
can be retired once `rotate_field_keys` has run.
"""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Model

from collective.typed.forms import LinesField


@cache
def keys() -> dict[str, Fernet]:
    """The keys by id, newest first. Raises ImproperlyConfigured if one cannot be used."""
    try:
        pairs = [pair.split(":", 1) for pair in settings.FIELD_KEYS]
        found = {key_id: Fernet(key) for key_id, key in pairs}
    except ValueError as error:
        raise ImproperlyConfigured("FIELD_KEYS must be id:key pairs with Fernet keys") from error
    if not found:
        raise ImproperlyConfigured("FIELD_KEYS must hold at least one key")
    return found


def encrypt(text: str) -> str:
    """The text as it is stored, under the newest key."""
    key_id, fernet = next(iter(keys().items()))
    return f"{key_id}:{fernet.encrypt(text.encode()).decode()}"


def decrypt(stored: str) -> str:
    """The text again. Raises KeyError for a retired key, InvalidToken for a damaged text."""
    key_id, token = stored.split(":", 1)
    return keys()[key_id].decrypt(token.encode()).decode()


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
        return None if value is None else encrypt(json.dumps(value))

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": LinesField, **kwargs})

    def value_to_string(self, obj: Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""
