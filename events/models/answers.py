"""What people answer, as it is stored."""

from datetime import datetime
from typing import TypedDict

NOBODY, BRINGS, WOULD_LIKE = "nobody", "brings", "would_like"  # kinds of companions


class Needs(TypedDict):
    """What would help somebody take part: codes of `access_need.CHOICES`, and their own words."""

    choices: list[str]
    notes: str


class Companion(TypedDict):
    """Somebody who comes along to support a person, or whom they would like us to find."""

    kind: str
    name: str
    email: str


class Answers(TypedDict, total=False):
    """What a person answers as they sign up."""

    capacity: str
    companion: Companion | None
    access_needs: Needs | None
    agreed_at: datetime | None
