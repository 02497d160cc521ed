from typing import TYPE_CHECKING

from markdownify import markdownify

from policy_drafts.drafts.exports.facts import facts
from policy_drafts.text import markup

if TYPE_CHECKING:
    from policy_drafts.models import Draft


def of_draft(draft: "Draft", audience: str) -> bytes:
    """Markdown (CommonMark with tables), UTF-8."""
    lines = [
        f"# {draft.policy_title}",
        "",
        *(f"- {what}: {words}" for what, words in facts(draft, audience)),
        "",
    ]
    lines += ["## What is new", "", draft.news, ""]
    for section in draft.sections.all():
        body = markdownify(
            markup.without_marks(section.html), heading_style="ATX", bullets="-"
        ).strip()
        lines += [f"## {section.number}. {section.title}", "", body, ""]
    return "\n".join(lines).encode()
