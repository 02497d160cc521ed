"""What goes into a file: a draft with its text, cleaned of what would break the file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from collective.typed.signs import clean_text
from policy_drafts.drafts.titles import title_of
from policy_drafts.models import Draft, Policy, PolicyPicture
from policy_drafts.text import markup
from policy_drafts.text.lineage import AnySection


@dataclass(frozen=True)
class Part:
    """A section as it goes into a file."""

    uid: UUID
    number: int
    title: str
    html: str

    @property
    def heading(self) -> str:
        """Its number and title: "3. Who to tell"."""
        return f"{self.number}. {self.title}"


@dataclass(frozen=True)
class Edition:
    """A draft for one audience. What was stored before texts were cleaned is cleaned here."""

    draft: Draft
    audience: str
    title: str
    news: str
    sections: list[Part]
    pictures: dict[str, PolicyPicture]  # by the address with which each stands in the text

    @classmethod
    def of(cls, draft: Draft, audience: str, sections: Iterable[AnySection] | None = None) -> Self:
        """The edition of a draft; of these sections where it is not written yet."""
        rows = draft.sections.all() if sections is None else sections
        return cls(
            draft=draft,
            audience=audience,
            title=title_of(draft.policy_title),
            news=clean_text(draft.news),
            sections=[
                Part(row.uid, row.number, title_of(row.title), markup.without_nulls(row.html))
                for row in rows
            ],
            pictures=pictures_of(draft.policy),
        )

    def texts(self) -> Iterator[str]:
        """Each text of it, for whoever looks for a sign."""
        yield from (self.title, self.news)
        for section in self.sections:
            yield from (section.title, section.html)

    @property
    def name(self) -> str:
        """As the draft calls itself."""
        return f"{self.title}, draft {self.draft.number}"


def pictures_of(policy: Policy) -> dict[str, PolicyPicture]:
    """{address: picture} of a policy, by the address with which it stands in the text."""
    return {row.get_absolute_url(): row for row in PolicyPicture.objects.filter(policy=policy)}
