"""What a writer has of a section: its title, text, state and notes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, Self, TypedDict

from collective.typed.signs import clean_line
from policy_drafts.models import Section, SectionSave
from policy_drafts.text import markup

MOST_CHARACTERS = 1_000_000  # of a section's text


class SectionText(TypedDict):
    """All that a save writes. Without notes, those of now stay."""

    title: str
    html: str
    state: str
    notes: NotRequired[str | None]


def saved_text(row: Section | SectionSave) -> SectionText:
    """What a section or one of its versions holds, as the editor gets it."""
    return {
        "title": row.title,
        "html": markup.without_marks(row.html),
        "state": row.state,
        "notes": row.notes or "",
    }


def is_same(row: Section | SectionSave, text: SectionText) -> bool:
    """Is this what a section or version holds? Uids apart: they are ours."""
    if Values.saved(row) != Values(text["title"], text["state"], text.get("notes") or ""):
        return False
    return markup.without_marks(row.html) == markup.without_marks(text["html"])


@dataclass
class Values:
    """Title, state and notes, as they are saved or as somebody typed them."""

    title: str
    state: str
    notes: str

    @property
    def state_name(self) -> str:
        """The state as people read it."""
        return dict(Section.State.choices).get(self.state, self.state)

    @classmethod
    def saved(cls, row: Section | SectionSave) -> Self:
        """The values of a section, or of one of its versions."""
        return cls(row.title, row.state, row.notes or "")

    @classmethod
    def typed(cls, values: Mapping[str, Any]) -> Self:
        """The values as a form sent them."""
        return cls(clean_line(values["title"]), values["state"], values.get("notes") or "")


def combine_values(base: Values, mine: Values, theirs: Values) -> Values:
    """Each value as whoever changed it has it; where both did, mine, and of notes both."""
    return Values(
        title=_changed(base.title, mine.title, theirs.title),
        state=_changed(base.state, mine.state, theirs.state),
        notes=_combine_notes(base.notes, mine.notes, theirs.notes),
    )


def _changed(was: str, mine: str, theirs: str) -> str:
    return theirs if mine == was else mine


def _combine_notes(was: str, mine: str, theirs: str) -> str:
    """Both notes where both changed them differently, theirs first."""
    if was not in (mine, theirs) and mine != theirs:
        return f"{theirs}\n\n{mine}"
    return _changed(was, mine, theirs)
