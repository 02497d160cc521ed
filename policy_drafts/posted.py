"""Keys and numbers that a form posts: what is none counts as none, and is no error."""

import uuid
from uuid import UUID

MOST_DIGITS = 8


def as_uuid(text: str | None) -> UUID | None:
    """The key that a form sent, or None for what is none."""
    try:
        return uuid.UUID(text)
    except (ValueError, TypeError, AttributeError):
        return None


def as_number(text: str | None) -> int | None:
    """The whole number that a form or an address sent, or None for what is none."""
    return int(text) if text and text.isdecimal() and len(text) <= MOST_DIGITS else None
