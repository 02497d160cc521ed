"""What must always hold, asked of the database by `manage.py check_invariants`.

Each app says its rules as {words: the keys of the rows for which they do not hold}.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import connection
from django.db.models import Model

from collective.models import Person
from collective.safety.encryption import EncryptedJSONField, decrypt

MOST_NAMED = 20  # keys for each rule
A_BATCH = 500
Rules = Mapping[str, Iterable[Any]]
Broken = list[tuple[str, list[Any]]]  # (what must hold, keys of rows for which it does not)


def broken_of(rules: Rules) -> Broken:
    """The rules that do not hold, each with some of its keys."""
    found = [(words, list(islice(keys, MOST_NAMED))) for words, keys in rules.items()]
    return [(words, keys) for words, keys in found if keys]


def broken() -> Broken:
    """What does not hold of people, and of all that is encrypted."""
    joined = Person.objects.filter(joined_into__isnull=False)
    return broken_of(
        {
            "nobody signs in with a joined record": joined.filter(email__isnull=False).values_list(
                "pk", flat=True
            ),
            "what is encrypted can be read with FIELD_KEYS": _unreadable(),
        }
    )


def _unreadable() -> Iterator[str]:
    """ "model.field key" of each value that none of the keys opens."""
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            for field in model._meta.local_fields:
                if isinstance(field, EncryptedJSONField):
                    yield from _unreadable_of(model, field)


def _unreadable_of(model: type[Model], field: EncryptedJSONField) -> Iterator[str]:
    names = (model._meta.pk.column, field.column, model._meta.db_table)
    key, column, table = (connection.ops.quote_name(str(name)) for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL")
        while rows := cursor.fetchmany(A_BATCH):
            for pk, stored in rows:
                if not _can_be_read(stored):
                    yield f"{model._meta.label}.{field.name} {pk}"


def _can_be_read(stored: str) -> bool:
    try:
        decrypt(stored)
    except (KeyError, ValueError, InvalidToken):
        return False
    return True
