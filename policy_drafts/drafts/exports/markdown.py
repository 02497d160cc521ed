from markdownify import markdownify

from policy_drafts.drafts.exports.facts import facts
from policy_drafts.models import Draft
from policy_drafts.text import markup, tables


def of_draft(draft: Draft, audience: str) -> bytes:
    """Markdown (CommonMark with tables), UTF-8."""
    lines = [
        f"# {draft.policy_title}",
        "",
        *(f"- {what}: {words}" for what, words in facts(draft, audience)),
        "",
        "## What is new",
        "",
        draft.news,
        "",
    ]
    for section in draft.sections.all():
        lines += [f"## {section.number}. {section.title}", "", _body(section.html), ""]
    return "\n".join(lines).encode()


def _body(html: str) -> str:
    root = markup.tree(markup.without_marks(html))
    tables.tidy(root)
    return markdownify(markup.inner(root), heading_style="ATX", bullets="-").strip()
