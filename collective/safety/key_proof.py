"""Are the keys of this environment those with which the database was written?

Asked before anything is written: by `prepare`, and by every role before it starts.
"""

from collections.abc import Iterable

from django.core.signing import Signer
from django.db import connection

from collective.models import KeyProof
from collective.safety import encryption, rotation
from collective.safety.encryption import Place

PROOF = Place(KeyProof._meta.label, "text")
PROVES = "these are the keys of this database"
OTHER_KEYS = (
    "These are not the keys with which this database was written: FIELD_KEYS has none that opens "
    "what was encrypted with {}. Put that key back, from where you keep the keys; nothing was "
    "changed."
)
OTHER_SECRET = (
    "SECRET_KEY is not the one with which this database was written. If it was changed on purpose, "
    "run `manage.py rotate_field_keys`, so that people are found by phone number again."
)


def refusal(texts: Iterable[str]) -> str:
    """A sentence where our keys do not open one of these encrypted texts; mostly ""."""
    closed = {encryption.key_of(text) for text in texts if not encryption.can_be_read(text)}
    return OTHER_KEYS.format(", ".join(sorted(closed))) if closed else ""


def look() -> str:
    """A sentence where our keys are not those of the database; "" where they are, or it is empty.

    What was written by a version without a proof is asked by its newest rows.
    """
    there = _columns()
    proof = newest_texts([PROOF], there)
    return refusal(proof or newest_texts(encryption.places(), there))


def look_at_secret() -> str:
    """A sentence where SECRET_KEY is another one than it was; mostly ""."""
    if (PROOF.table, PROOF.column) not in _columns():
        return ""
    proof = KeyProof.objects.defer("text").first()
    return OTHER_SECRET if proof and proof.secret != _signature() else ""


def write() -> None:
    """Write the proof, where there is none."""
    KeyProof.objects.get_or_create(pk=1, defaults={"text": PROVES, "secret": _signature()})


def note_secret() -> None:
    """What depends on SECRET_KEY was made anew with the one of now."""
    KeyProof.objects.update(secret=_signature())


def _signature() -> str:
    return Signer(salt="key proof").signature(PROVES)


def newest_texts(places: Iterable[Place], there: set[tuple[str, str]] | None = None) -> list[str]:
    """What the newest row of each of these places holds, of those that are there."""
    there = _columns() if there is None else there
    found: list[str] = []
    for place in places:
        if (place.table, place.column) in there:
            stored = rotation.newest_of(place)
            found += place.texts(stored) if stored else []
    return found


def _columns() -> set[tuple[str, str]]:
    """(table, column) of all that the database has: an older version's has fewer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = ANY (current_schemas(false))"
        )
        return set(cursor.fetchall())
