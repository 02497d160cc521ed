"""What a check of the installation says: one line, in plain words."""

from typing import NamedTuple


class Line(NamedTuple):
    """What was looked at, whether it is well, and what to do where it is not."""

    name: str
    ok: bool
    words: str
