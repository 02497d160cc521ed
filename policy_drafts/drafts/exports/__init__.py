"""A draft as a file: Word, PDF (also in large print), Markdown and a web page in one file.

Each carries number, date, audience and check sum. They are made in a worker (`drafts.files`), once,
since a draft never changes.
"""

from policy_drafts.drafts.exports import markdown, pdf, web_page, word
from policy_drafts.models import DraftFile

Kind = DraftFile.Kind
MAKERS = {
    Kind.WORD: word.of_draft,
    Kind.PDF: pdf.of_draft,
    Kind.LARGE_PRINT: pdf.in_large_print,
    Kind.MARKDOWN: markdown.of_draft,
    Kind.WEB_PAGE: web_page.of_draft,
}


def make(file: DraftFile) -> bytes:
    """Make the file; returns what is in it."""
    return MAKERS[Kind(file.kind)](file.draft, file.audience)
