"""A published section, made ready for people to read."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.safestring import SafeString

from policy_drafts.models import DraftSection


@dataclass(frozen=True)
class ReadableSection:
    """A section with its text as a page shows it."""

    uid: UUID
    number: int
    title: str
    body: SafeString


def readable(section: DraftSection, body: SafeString) -> ReadableSection:
    """The section with this body."""
    return ReadableSection(section.uid, section.number, section.title, body)
