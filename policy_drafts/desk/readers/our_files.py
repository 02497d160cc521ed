"""What files of a draft say of the draft, which comes back with them and is no section.

The first page stands before the first section; the check sum stands last (in older files, on the
first page as well).
"""

import re

from lxml.html import HtmlElement

from policy_drafts.desk.readers.named import Group, Named, named
from policy_drafts.text.notices import CHECK_SUM, NEWS, is_notice

SUM = re.compile(r"SHA-256[:\s]*[0-9a-f]{64}")
PUBLISHED = re.compile(r"Published[:\s]*\d")
HEADINGS = ("h1", "h2", "h3")
SOON = 20  # elements from the top within which the day of publishing stands
PAGE_LINE = re.compile(r"(?i).*(not published|draft \d+), page( \d+)?")
TITLE = "The title of the document: “{}” (the policy has its own)"
SAID = "The first page of a draft of ours: its title, its number, its day and what was new"


def take_out_first_page(root: HtmlElement) -> list[Named]:
    """Take out what a draft of ours says of itself, before its sections and after them."""
    rows = list(root)
    if not any(SUM.search(_words(row)) for row in rows):
        return []
    facts = [at for at, row in enumerate(_before_the_news(rows)) if _is_fact(row)]
    first = _first_section(rows, facts[-1] + 1) if facts else 0
    last = [row for row in rows[first:] if SUM.search(_words(row)) or _words(row) == CHECK_SUM]
    for row in [*rows[:first], *last]:
        row.drop_tree()
    return [named(Group.REST, SAID)]


def _before_the_news(rows: list[HtmlElement]) -> list[HtmlElement]:
    """What stands at the top before "What is new": a short draft has its check sum soon, too."""
    soon = rows[:SOON]
    return soon[: next((at for at, row in enumerate(soon) if _words(row) == NEWS), SOON)]


def _first_section(rows: list[HtmlElement], after: int) -> int:
    """Where the sections begin, behind the last line of facts."""
    return next((at for at in range(after, len(rows)) if _begins(rows[at])), after)


def _is_fact(row: HtmlElement) -> bool:
    """Is it a line of the first page?"""
    return bool(PUBLISHED.search(_words(row)) or SUM.search(_words(row)))


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
