from markdownify import markdownify

from policy_drafts.drafts.exports.edition import Edition
from policy_drafts.drafts.exports.facts import check_sum, facts
from policy_drafts.text import markup, tables
from policy_drafts.text.notices import CHECK_SUM, NEWS


def write(edition: Edition) -> bytes:
    """Markdown (CommonMark with tables), UTF-8."""
    lines = [
        f"# {edition.title}",
        "",
        *(f"- {what}: {words}" for what, words in facts(edition)),
        "",
        f"## {NEWS}",
        "",
        edition.news,
        "",
    ]
    for section in edition.sections:
        lines += [f"## {section.heading}", "", _body(section.html), ""]
    lines += [f"## {CHECK_SUM}", "", check_sum(edition), ""]
    return "\n".join(lines).encode()


def _body(html: str) -> str:
    root = markup.tree(markup.without_marks(html))
    tables.tidy(root)
    tables.spread(root)
    return markdownify(markup.inner(root), heading_style="ATX", bullets="-").strip()
