from django.utils.html import escape
from markdownify import MarkdownConverter

from policy_drafts.drafts.exports.facts import facts
from policy_drafts.models import Draft
from policy_drafts.text import markup, tables

# what is Markdown's own sign in the text is none in the file
WRITER = MarkdownConverter(heading_style="ATX", bullets="-", escape_misc=True)


def of_draft(draft: Draft, audience: str) -> bytes:
    """Markdown (CommonMark with tables), UTF-8."""
    lines = [
        f"# {_escaped(draft.policy_title)}",
        "",
        *(f"- {what}: {words}" for what, words in facts(draft, audience)),
        "",
        "## What is new",
        "",
        draft.news,
        "",
    ]
    for section in draft.sections.all():
        lines += [f"## {section.number}. {_escaped(section.title)}", "", _body(section.html), ""]
    return "\n".join(lines).encode()


def _body(html: str) -> str:
    root = markup.tree(markup.without_marks(html))
    tables.tidy(root)
    return WRITER.convert(markup.inner(root)).strip()


def _escaped(words: str) -> str:
    return WRITER.convert(escape(words)).strip()
