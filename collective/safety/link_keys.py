"""Keys for links in mail: each is good for one purpose and one row, and computed, not stored."""

from uuid import UUID

from django.core.signing import Signer
from django.utils.crypto import constant_time_compare


def key_for(purpose: str, pk: UUID) -> str:
    """The key that `?key=` carries: with it, anyone may do what the purpose names to this row."""
    return Signer(salt=f"link:{purpose}").signature(str(pk))


def is_key(text: str, purpose: str, pk: UUID) -> bool:
    """Is this the key for this purpose and row? Compared in constant time."""
    return constant_time_compare(text, key_for(purpose, pk))
