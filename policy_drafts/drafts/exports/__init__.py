"""A draft as a file: Word, PDF (also in large print), Markdown and a web page in one file.

Each carries number, date and audience, and last its check sum. They are made in a worker
(`drafts.files`), once, since a draft never changes.
"""

from policy_drafts.drafts.exports import markdown, pdf, web_page, word
from policy_drafts.drafts.exports.edition import Edition
from policy_drafts.models import DraftFile

Kind = DraftFile.Kind
MAKERS = {
    Kind.WORD: word.write,
    Kind.PDF: pdf.write,
    Kind.LARGE_PRINT: pdf.write_large,
    Kind.MARKDOWN: markdown.write,
    Kind.WEB_PAGE: web_page.write,
}


def make(file: DraftFile) -> bytes:
    """Make the file; returns what is in it."""
    return MAKERS[Kind(file.kind)](Edition.of(file.draft, file.audience))
