from django.utils.html import escape
from markdownify import MarkdownConverter

from policy_drafts.drafts.exports.edition import Edition
from policy_drafts.drafts.exports.facts import check_sum, facts
from policy_drafts.text import markup, tables
from policy_drafts.text.notices import CHECK_SUM, NEWS

# what is Markdown's own sign in the text is none in the file
WRITER = MarkdownConverter(heading_style="ATX", bullets="-", escape_misc=True)


def write(edition: Edition) -> bytes:
    """Markdown (CommonMark with tables), UTF-8."""
    lines = [
        f"# {_escaped(edition.title)}",
        "",
        *(f"- {what}: {words}" for what, words in facts(edition)),
        "",
        f"## {NEWS}",
        "",
        edition.news,
        "",
    ]
    for section in edition.sections:
        lines += [f"## {section.number}. {_escaped(section.title)}", "", _body(section.html), ""]
    lines += [f"## {CHECK_SUM}", "", check_sum(edition), ""]
    return "\n".join(lines).encode()


def _body(html: str) -> str:
    root = markup.tree(markup.without_marks(html))
    tables.tidy(root)
    tables.spread(root)
    return WRITER.convert(markup.inner(root)).strip()


def _escaped(words: str) -> str:
    return WRITER.convert(escape(words)).strip()
