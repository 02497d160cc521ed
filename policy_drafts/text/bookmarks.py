"""The bookmark of a section's heading in our Word file, by which it is known when it returns."""

import re
from uuid import UUID

WITHIN = re.compile(r"#([bs])-([0-9a-f-]{36})")
BOOKMARK = re.compile(r"s_([0-9a-f]{32})_v(\d{1,6})$")


def bookmark_of(uid: UUID, version: int) -> str:
    """The bookmark's name, which says the section and its version (Word allows 40 characters)."""
    return f"s_{uid.hex}_v{version}"


def anchor_of(address: str) -> str:
    """The bookmark to which a link within a text leads in Word; "" for any other link.

    "#b-…" is a block, "#s-…" a section.
    """
    found = WITHIN.fullmatch(address)
    return f"{found[1]}_{found[2].replace('-', '')}" if found else ""


def read_bookmark(name: str) -> tuple[str, int] | None:
    """(uid in hex, version) of the section that a bookmark of ours names; None for any other."""
    found = BOOKMARK.search(name)
    return (found[1], int(found[2])) if found else None
