"""Putting everything that is encrypted under the newest key, row by row, beside the running site.

Each row is read, encrypted anew, and written only where it still holds what was read: what somebody
saved meanwhile stays, and is looked at again. So it may run twice, and at once.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from collective.models import Person
from collective.people import phones
from collective.safety import encryption
from collective.safety.encryption import Place

A_BATCH = 500  # keys of rows; of what they hold, one at a time is in memory


@dataclass
class Rotated:
    """What came of one place: how many rows were written, and the keys of those nobody can read."""

    changed: int = 0
    unreadable: list[Any] = field(default_factory=list)


def rotate(place: Place) -> Rotated:
    """Encrypt anew each row of this place that bears another key than the newest."""
    done = Rotated()
    for pk in _others(place):
        try:
            done.changed += _rotate_row(place, pk)
        except encryption.UNREADABLE:
            done.unreadable.append(pk)
    return done


def left(place: Place) -> int:
    """How many rows of this place bear another key than the newest."""
    where, values = _bears_another_key(place)
    ((number,),) = _rows(f"SELECT count(*) FROM {_table(place)} WHERE {where}", values)
    return number


def newest_of(place: Place) -> str | None:
    """What the newest row of this place holds; None where there is none."""
    table, key, column = _table(place), _key(place), _column(place)
    rows = _rows(
        f"SELECT {column}::text FROM {table} WHERE {column} IS NOT NULL AND {column}::text <> ''"
        f" ORDER BY {key} DESC LIMIT 1"
    )
    return rows[0][0] if rows else None


def hash_phone_numbers() -> None:
    """Make the keyed hashes by which numbers are found, with the secret of now."""
    place = Place(Person._meta.label, "phone")
    for pk in _keys(place, f"{_column(place)} IS NOT NULL", []):
        while not _hash_one(place, pk):
            pass


def _hash_one(place: Place, pk: Any) -> bool:
    """Returns False where the number was changed between reading and writing.

    One that nobody can read was counted where it could not be encrypted anew.
    """
    stored = _read(place, pk)
    if not stored:
        return True
    try:
        number = json.loads(encryption.decrypt(stored))
    except encryption.UNREADABLE:
        return True
    return _write(
        f"UPDATE {_table(place)} SET phone_hash = %s WHERE {_key(place)} = %s AND phone = %s",
        [phones.keyed_hash(number), pk, stored],
    )


def _rotate_row(place: Place, pk: Any) -> int:
    while (stored := _read(place, pk)) and _is_old(place, stored):
        if _replace(place, pk, stored, place.anew(stored)):
            return 1
    return 0


def _is_old(place: Place, stored: str) -> bool:
    newest = encryption.newest()
    return any(encryption.key_of(text) != newest for text in place.texts(stored))


def _replace(place: Place, pk: Any, old: str, new: str) -> bool:
    """Write the new value where the old one still stands; returns whether it did."""
    column = _column(place)
    kind = "jsonb" if place.is_json else "text"
    return _write(
        f"UPDATE {_table(place)} SET {column} = %s::{kind}"
        f" WHERE {_key(place)} = %s AND {column}::text = %s",
        [new, pk, old],
    )


def _read(place: Place, pk: Any) -> str | None:
    rows = _rows(
        f"SELECT {_column(place)}::text FROM {_table(place)} WHERE {_key(place)} = %s", [pk]
    )
    return rows[0][0] if rows else None


def _others(place: Place) -> Iterator[Any]:
    """The keys of rows that bear another key."""
    return _keys(place, *_bears_another_key(place))


def _keys(place: Place, where: str, values: list[Any]) -> Iterator[Any]:
    """The keys of these rows in their order, in batches."""
    table, key = _table(place), _key(place)
    query = f"SELECT {key} FROM {table} WHERE {where}"
    end = f" ORDER BY {key} LIMIT {A_BATCH}"
    rows = _rows(query + end, values)
    while rows:
        yield from (pk for (pk,) in rows)
        rows = _rows(f"{query} AND {key} > %s{end}", [*values, rows[-1][0]])


def _bears_another_key(place: Place) -> tuple[str, list[Any]]:
    """The condition in SQL, and its values."""
    column, newest = _column(place), encryption.newest()
    if place.is_json:
        other = rf'"(?!{re.escape(newest)}:)[A-Za-z0-9_.-]+:gAAAAA'
        return f"{column}::text ~ %s", [other]
    return f"{column} <> '' AND NOT starts_with({column}, %s)", [f"{newest}:"]


def _table(place: Place) -> str:
    return connection.ops.quote_name(place.table)


def _key(place: Place) -> str:
    return connection.ops.quote_name(str(place.model._meta.pk.column))


def _column(place: Place) -> str:
    return connection.ops.quote_name(place.column)


def _rows(query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values or [])
        return cursor.fetchall()


def _write(query: str, values: list[Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.rowcount == 1
