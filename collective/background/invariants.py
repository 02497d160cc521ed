"""What must always hold, asked of the database by `manage.py check_invariants`.

Each app says its rules as {words: the keys of the rows for which they do not hold}.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import connection

from collective.models import Person
from collective.safety import encryption
from collective.safety.encryption import Place

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
    for place in encryption.places():
        yield from _unreadable_of(place)


def _unreadable_of(place: Place) -> Iterator[str]:
    names = (place.model._meta.pk.column, place.column, place.table)
    key, column, table = (connection.ops.quote_name(str(name)) for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key}, {column}::text FROM {table} WHERE {column} IS NOT NULL")
        while rows := cursor.fetchmany(A_BATCH):
            for pk, stored in rows:
                if not all(map(encryption.can_be_read, place.texts(stored))):
                    yield f"{place} {pk}"
