"""A draft as a file: Word, PDF (also in large print), Markdown and a web page in one file.

`made` makes one of them as bytes. Each carries number, date, audience and check sum. They are made
in a worker (`policy_drafts.files`), once, since a draft never changes.
"""

from policy_drafts.drafts.exports import markdown, pdf, web_page, word
from policy_drafts.models import Draft, DraftFile

Kind = DraftFile.Kind
MAKERS = {
    Kind.WORD: word.of_draft,
    Kind.PDF: pdf.of_draft,
    Kind.LARGE_PRINT: pdf.in_large_print,
    Kind.MARKDOWN: markdown.of_draft,
    Kind.WEB_PAGE: web_page.of_draft,
}


def made(draft: Draft, audience: str, kind) -> bytes:
    """The file as bytes."""
    return MAKERS[kind](draft, audience)
