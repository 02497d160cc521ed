"""The first page of a published draft's files, which comes back with them and is no section."""

import re

from lxml.html import HtmlElement

from policy_drafts.desk.readers.named import Group, Named, named
from policy_drafts.text.notices import is_notice

CHECK_SUM = re.compile(r"SHA-256[:\s]*[0-9a-f]{64}")
NEWS = "What is new"
HEADINGS = ("h1", "h2", "h3")
SOON = 20  # elements from the top within which the check sum stands
PAGE_LINE = re.compile(r"(?i).*(not published|draft \d+), page( \d+)?")
TITLE = "The title of the document: “{}” (the policy has its own)"
SAID = "The first page of a draft of ours: its title, its number, its day and what was new"


def take_out_first_page(root: HtmlElement) -> list[Named]:
    """Take out what stands before the first section of a draft: it says the check sum there."""
    rows = list(root)
    sums = [at for at, row in enumerate(rows[:SOON]) if CHECK_SUM.search(_words(row))]
    if not sums:
        return []
    first = next((at for at in range(sums[-1] + 1, len(rows)) if _begins(rows[at])), sums[-1] + 1)
    for row in rows[:first]:
        row.drop_tree()
    return [named(Group.REST, SAID)]


def take_out_notice(root: HtmlElement) -> list[Named]:
    """Take out the notice of a working copy, and its title, which stands before it."""
    rows = list(root)
    notice = next((at for at, row in enumerate(rows[:SOON]) if is_notice(_words(row))), None)
    if notice is None:
        return []
    titles = [words for row in rows[:notice] if (words := _words(row))]
    for row in rows[: notice + 1]:
        row.drop_tree()
    return [named(Group.REST, TITLE.format(" ".join(titles)))] if titles else []


def is_page_line(line: str) -> bool:
    """Is it the line that we write at the foot of each page?"""
    return PAGE_LINE.fullmatch(line) is not None


def _begins(row: HtmlElement) -> bool:
    """Is it the heading of a section?"""
    return row.tag in HEADINGS and _words(row) != NEWS


def _words(row: HtmlElement) -> str:
    return " ".join(row.itertext()).strip()
