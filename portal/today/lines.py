"""What Today is made of: sections of lines, each line one thing to do."""

from dataclasses import dataclass, field
from datetime import datetime

from collective.models import Taken

MOST = 15  # lines a section shows; the list behind it shows all


@dataclass(frozen=True)
class Line:
    """One thing to do: its key, in words, by when, and the address of the act."""

    key: str
    words: str
    url: str
    act: str
    due: datetime | None = None
    note: str = ""
    also: tuple = ()  # a second act: (words, address, what for)
    taken: Taken | None = None


@dataclass
class Section:
    """Lines of one sort. `more` is the address of the whole list."""

    name: str
    title: str
    lines: list = field(default_factory=list)
    more: str = ""

    @property
    def shown(self):
        return self.lines[:MOST]

    @property
    def has_more(self) -> bool:
        return len(self.lines) > MOST
