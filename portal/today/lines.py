"""What Today is made of: sections of lines, each line one thing to do."""

from dataclasses import dataclass, field
from datetime import datetime

from collective.models import Person, Taken

MOST = 15  # lines a section shows; the list behind it shows all
ONE_MORE = MOST + 1  # rows to ask for: the last one says that there are more


@dataclass(frozen=True)
class Also:
    """A second act of a line: its words, its address, and for what (for a screen reader)."""

    words: str
    url: str
    what_for: str


@dataclass(frozen=True)
class Line:
    """One thing to do: its key, in words, the address of the act, by when, and of whom."""

    key: str
    words: str
    url: str
    act: str
    due: datetime | None = None
    note: str = ""
    also: Also | None = None
    taken: Taken | None = None
    person: Person | None = None


@dataclass
class Section:
    """Lines of one sort. `more` is the address of the whole list."""

    name: str
    title: str
    lines: list[Line] = field(default_factory=list)
    more: str = ""

    @property
    def shown(self) -> list[Line]:
        """As many lines as a section shows."""
        return self.lines[:MOST]

    @property
    def has_more(self) -> bool:
        return len(self.lines) > MOST
