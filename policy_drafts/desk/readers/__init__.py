"""Readers of what a writer brings in: Word, Markdown, a web page or pasted text, into sections.

Nothing is saved here.
"""

from pathlib import Path

from collective.errors import RuleError
from policy_drafts.desk.readers import text, word
from policy_drafts.desk.readers.named import Group
from policy_drafts.desk.readers.parts import Brought
from policy_drafts.text import limits

READERS = {
    ".docx": word.read,
    ".md": text.markdown,
    ".markdown": text.markdown,
    ".txt": text.plain,
    ".html": text.web_page,
    ".htm": text.web_page,
}
NOTHING_SEEN = (
    "There is no text in this file that its readers see: its words are hidden, struck out, or "
    "inside drawings."
)
TAKES = "Please use a Word file (.docx), Markdown (.md), a web page (.html) or plain text (.txt)."
AS_WORD = "Please open it in the program that it comes from, save it as .docx, and bring that in."
OTHERS = {
    ".doc": f"This is an old Word file (.doc). {AS_WORD}",
    ".docm": f"This Word file has programs in it (.docm). {AS_WORD}",
    ".dotx": f"This is a Word template (.dotx). {AS_WORD}",
    ".odt": f"This is an OpenDocument file (.odt). {AS_WORD}",
    ".rtf": f"This is an RTF file (.rtf). {AS_WORD}",
    ".pages": f"This is a file of Pages. {AS_WORD}",
    ".pdf": "A PDF holds how its pages look, not a text that can be changed. Please bring in the "
    "file that it was made of.",
}
MOST_BYTES = 20 * 1024 * 1024


def check(name: str, content: bytes) -> None:
    """Raises RuleError, with a sentence for the writer, for another kind or a file too large."""
    if _ending(name) not in READERS:
        raise RuleError(OTHERS.get(_ending(name), TAKES))
    if len(content) > MOST_BYTES:
        raise RuleError(
            "This file is larger than 20 MB. Please make its pictures smaller, or bring it in "
            "two parts."
        )


def read(name: str, content: bytes) -> Brought:
    """What the file holds. It may take long, so a worker reads it (`desk.work`).

    Raises RuleError for what cannot be read, with a sentence for the writer.
    """
    check(name, content)
    found = READERS[_ending(name)](content)
    if not found.sections:
        only = any(row["group"] == Group.WORDS for row in found.named)
        raise RuleError(NOTHING_SEEN if only else "There is no text in this file.")
    for part in found.sections:
        if refusal := limits.refusal(part.html):
            raise RuleError(f"Section “{part.title}”: {refusal}")
    return found


def _ending(name: str) -> str:
    return Path(name).suffix.lower()
