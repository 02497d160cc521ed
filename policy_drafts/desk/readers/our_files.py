"""What files of a draft say of the draft, which comes back with them and is no section.

The first page stands before the first section; the check sum stands last (in older files, on the
first page as well).
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from lxml.html import HtmlElement

from policy_drafts.desk.readers import contents_lists
from policy_drafts.desk.readers.named import WORD, Group, Named, named, spaced
from policy_drafts.models import Audience
from policy_drafts.text.notices import CHECK_SUM, CHECK_SUM_IS_FOR, NEWS, is_notice

SUM = re.compile(r"SHA-256[:\s]*[0-9a-f]{64}")
FACTS = (
    re.compile(r"Draft[:\s]+\d+"),
    re.compile(r"Published[:\s]+\d{1,2} [A-Z]\w+ \d{4}"),
    re.compile(rf"For[:\s]+(?:{'|'.join(map(re.escape, Audience.labels))})"),
)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
SOON = 20  # elements from the top within which the facts stand
PAGE_LINE = re.compile(r"(?i).*(not published|draft \d+), page( \d+)?")
TITLE = "The title of the document: “{}” (the policy has its own)"
SAID = "The first page of a draft of ours: its title, its number, its day and what was new"
SUM_SAID = "The check sum of a draft of ours"
REMARK = "Words on the first page that the draft did not say there"
BETWEEN = " … "  # of two paragraphs


def take_out_first_page(root: HtmlElement) -> list[Named]:
    """Take out what a draft of ours says of itself, before its sections and after them.

    `more` holds what the first page says besides its facts: what was new, and what others wrote.
    """
    named_sum = _take_out_sum(list(root))
    rows = list(root)
    facts = _facts(rows)
    if not facts:
        return named_sum
    first = _first_section(rows, facts[-1] + 1)
    links = contents_lists.names_of_headings(root)
    page = [row for row in rows[:first] if not contents_lists.is_contents(row, links, least=1)]
    titles = [_words(row) for row in page[:1] if row.tag in HEADINGS]
    more = BETWEEN.join(words for row in page[len(titles) :] if (words := _besides(row)))
    for row in rows[:first]:
        row.drop_tree()
    found = [named(Group.REST, TITLE.format(words)) for words in titles]
    return [*found, named(Group.REST, SAID, more), *(row for row in named_sum if row["more"])]


def with_remarks(rows: Sequence[Named], news: Iterable[str]) -> list[Named]:
    """What does not come along, with what somebody wrote on a draft's first page as missing words.

    `news` is what was new in each draft of the policy, as it was published.
    """
    known = [Counter(WORD.findall(row)) for row in news]
    return [
        named(Group.WORDS, REMARK, row["more"])
        if row["words"] in (SAID, SUM_SAID) and _is_remark(row["more"], known)
        else row
        for row in rows
    ]


def _is_remark(words: str, known: Sequence[Counter[str]]) -> bool:
    """Do these words say more than each of the known texts?"""
    said = Counter(WORD.findall(words))
    return bool(said) and not any(said <= row for row in known)


def _take_out_sum(rows: Sequence[HtmlElement]) -> list[Named]:
    """Take out the check sum at the end, and its heading."""
    for before, row in zip([None, *rows], rows, strict=False):
        if not _words(row).startswith(CHECK_SUM_IS_FOR) or not SUM.search(_words(row)):
            continue
        more = SUM.sub("", _words(row).removeprefix(CHECK_SUM_IS_FOR)).strip()
        row.drop_tree()
        if before is not None and before.tag in HEADINGS and _words(before) == CHECK_SUM:
            before.drop_tree()
        return [named(Group.REST, SUM_SAID, more)]
    return []


def _facts(rows: Sequence[HtmlElement]) -> list[int]:
    """Where the facts of a draft stand, at the top, before any section; [] if not all do."""
    headings = [at for at, row in enumerate(rows) if row.tag in HEADINGS and at > 0]
    top = rows[: min([SOON, *headings])]
    found = [at for at, row in enumerate(top) if any(fact.match(_words(row)) for fact in FACTS)]
    said = " ".join(_words(top[at]) for at in found)
    return found if all(fact.search(said) for fact in FACTS) else []


def _first_section(rows: Sequence[HtmlElement], after: int) -> int:
    """Where the sections begin, behind the last line of facts."""
    return next((at for at in range(after, len(rows)) if _begins(rows[at])), after)


def _besides(row: HtmlElement) -> str:
    """The words of a row of the first page that are no facts, nor the heading over the news."""
    words = _words(row)
    if words == NEWS:
        return ""
    if any(fact.match(words) for fact in FACTS) or SUM.match(words):
        for fact in (*FACTS, SUM):
            words = fact.sub("", words, count=1)
    return " ".join(words.split())


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
    return " ".join(spaced(row).split())
