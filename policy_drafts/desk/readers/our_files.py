"""The first page of a published draft's files, which comes back with them and is no section."""

import re

from lxml.html import HtmlElement

from policy_drafts.desk.readers.named import Group, Named, named

CHECK_SUM = re.compile(r"SHA-256[:\s]*[0-9a-f]{64}")
NEWS = "What is new"
HEADINGS = ("h1", "h2", "h3")
SOON = 20  # elements from the top within which the check sum stands
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


def _begins(row: HtmlElement) -> bool:
    """Is it the heading of a section?"""
    return row.tag in HEADINGS and _words(row) != NEWS


def _words(row: HtmlElement) -> str:
    return " ".join(row.itertext()).strip()
