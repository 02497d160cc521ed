"""What there is in a policy besides the section that is saved, read only where a save asks."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db.models import F

from policy_drafts.models import Draft, DraftBlock, Section, SectionSave
from policy_drafts.text.around import Around
from policy_drafts.text.blocks import Elsewhere


def of(policy: UUID, section: UUID | None = None) -> Elsewhere:
    """Of which blocks some words are: outside this section, or in the last draft. Three queries."""

    def origins(texts: Collection[str]) -> Mapping[str, str]:
        now = dict(Section.objects.live().filter(policy=policy).values_list("pk", "html"))
        mine = now.pop(section, "") if section else ""
        around = Around(mine, list(now.values()), _one_version_ago(now), _last_draft(policy))
        return around.origins(texts)

    return origins


def _one_version_ago(sections: Iterable[UUID]) -> list[str]:
    """Their stored HTML, one version before the one of now."""
    ago = SectionSave.objects.filter(section__in=sections, number=F("section__lock_version") - 1)
    return list(ago.values_list("html", flat=True))


def _last_draft(policy: UUID) -> list[tuple[str, str]]:
    """The (text, uid) of each block of the draft that was published last."""
    newest = Draft.objects.sealed().filter(policy=policy).order_by("-number").values("pk")[:1]
    rows = DraftBlock.objects.filter(draft=newest).values_list("text", "uid")
    return [(text, str(uid)) for text, uid in rows]
