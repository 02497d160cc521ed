"""A draft as a file: Word, PDF (also in large print), Markdown and a web page in one file.

Each carries number, date and audience, and last its check sum. They are made in a worker
(`drafts.files`), once, since a draft never changes.
"""

from collections.abc import Callable
from functools import partial

from collective.background import bounded
from policy_drafts.drafts.exports import markdown, pdf, web_page, word
from policy_drafts.drafts.exports.edition import Edition
from policy_drafts.models import DraftFile

Kind = DraftFile.Kind
SECONDS = 45  # of the processor, for one file
MEGABYTES = 1024  # a large print of 300 pages takes 650
MAKERS = {
    Kind.WORD: word.write,
    Kind.PDF: pdf.write,
    Kind.LARGE_PRINT: pdf.write_large,
    Kind.MARKDOWN: markdown.write,
    Kind.WEB_PAGE: web_page.write,
}


def make(kind: Kind, edition: Callable[[], Edition]) -> bytes:
    """Make a file in a child process under limits; returns it. Raises as `bounded.run`."""
    return bounded.run(partial(_make, kind, edition), seconds=SECONDS, megabytes=MEGABYTES)


def _make(kind: Kind, edition: Callable[[], Edition]) -> bytes:
    return MAKERS[kind](edition())
