"""What changed, as a person would say it: of one block, of several, and of a section."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from policy_drafts.text.diffs import Row, SectionChange, What


class Name(NamedTuple):
    """What a reader calls a kind of block: one, and several."""

    one: str
    many: str

    @property
    def with_article(self) -> str:
        return f"an {self.one}" if self.one[0] in "aeiou" else f"a {self.one}"


class Said(NamedTuple):
    """What is said of one block, and of several; `{}` is for another section."""

    one: str
    many: str

    def about(self, other: str) -> "Said":
        """The same, with the other section named."""
        return Said(self.one.format(other), self.many.format(other))

    def of(self, number: int) -> str:
        """For so many."""
        return self.one if number == 1 else self.many


NAMES = {  # in the order in which they are told
    "heading": Name("heading", "headings"),
    "paragraph": Name("paragraph", "paragraphs"),
    "item": Name("point in a list", "points in lists"),
    "cell": Name("box in a table", "boxes in tables"),
    "term": Name("word with an explanation", "words with explanations"),
    "definition": Name("explanation of a word", "explanations of words"),
    "quote": Name("quotation", "quotations"),
    "picture": Name("picture", "pictures"),
    "caption": Name("line under a picture", "lines under pictures"),
}
ORDER = [*NAMES.values()]
HAPPENED = {  # to one block: what stands above it
    What.ADDED: "New",
    What.REMOVED: "Taken out",
    What.REWORDED: "Changed",
    What.MOVED: "Moved within this section, word for word",
    What.MOVED_REWORDED: "Moved within this section, and changed",
    What.SAME: "Not changed",
    What.CAME: "Moved here{}, word for word",
    What.CAME_REWORDED: "Moved here{}, and changed",
    What.WENT: "Moved{}, word for word",
    What.WENT_REWORDED: "Moved{}, and changed",
    What.SPLIT_OFF: "Split off from a longer passage{}",
    What.MERGED: "Now part of another passage{}",
}
HERE = {  # within the section: told together, one after the other
    What.REWORDED: Said("changed", "changed"),
    What.MOVED_REWORDED: Said(
        "moved within the section and changed", "moved within the section and changed"
    ),
    What.ADDED: Said("is new", "are new"),
    What.REMOVED: Said("was taken out", "were taken out"),
    What.MOVED: Said("moved within the section", "moved within the section"),
    What.RESTYLED: Said(
        "has the same words but looks different", "have the same words but look different"
    ),
}
ELSEWHERE = {  # between sections or passages: told one by one
    What.CAME: Said("moved here{}, word for word", "moved here{}, word for word"),
    What.CAME_REWORDED: Said("moved here{}, and changed", "moved here{}, and changed"),
    What.WENT: Said("moved{}, word for word", "moved{}, word for word"),
    What.WENT_REWORDED: Said("moved{}, and changed", "moved{}, and changed"),
    What.SPLIT_OFF: Said("was split off from a longer one{}", "were split off from longer ones{}"),
    What.MERGED: Said("is now part of another one{}", "are now parts of other ones{}"),
}
OTHER_LINKS = Said("has the same words but other links", "have the same words but other links")
OTHER_PICTURE = Said("was swapped for another", "were swapped for others")
OF_SECTIONS = (HERE[What.REWORDED], HERE[What.ADDED], HERE[What.REMOVED])
WAYS = {What.CAME: "from", What.CAME_REWORDED: "from", What.SPLIT_OFF: "in"}
WAYS |= {What.WENT: "to", What.WENT_REWORDED: "to", What.MERGED: "in"}
CAME, WENT = {What.CAME, What.CAME_REWORDED}, {What.WENT, What.WENT_REWORDED}


def label(row: Row) -> str:
    """What stands above a block: "New", "New: a point in a list"."""
    if row.what == What.RESTYLED or row.block.kind == "paragraph":
        return happened(row)
    return f"{happened(row)}: {NAMES[row.block.kind].with_article}"


def happened(row: Row) -> str:
    """What happened to a block, where one sees what it is: "New"."""
    if row.what == What.RESTYLED:
        return _restyled(row)
    return HAPPENED[row.what].format(_other(row))


def _restyled(row: Row) -> str:
    """The label of a block that has its words and another form."""
    if row.kind_before:
        return f"The same words, now as {NAMES[row.block.kind].with_article}"
    if row.in_list:
        return f"The same words, {row.in_list}"
    if row.block.kind == "picture":
        return "Another picture with the same description"
    return f"The same words, but {'other links' if row.addresses else 'it looks different'}"


def _other(row: Row) -> str:
    """The section from which it came or to which it went, with the way: " from section 3"."""
    if row.other is None:
        return ""
    return f" {WAYS[row.what]} {place(row)}"


def place(row: Row) -> str:
    """The other section of a row: "section 3", "the former section “Why”"; or ""."""
    if row.other is None:
        return ""
    if row.is_other_gone:
        return f"the former section “{row.other.title}”"
    return f"section {row.other.number}"


def _said(row: Row) -> Said:
    """What is said of a block among others."""
    if row.what in ELSEWHERE:
        return ELSEWHERE[row.what].about(_other(row))
    if row.what != What.RESTYLED:
        return HERE[row.what]
    if row.kind_before:
        now = NAMES[row.block.kind]
        return Said(f"is now {now.with_article}", f"are now {now.many}")
    if row.in_list:
        return Said(
            f"stands {row.in_list}", f"stand {row.in_list.replace('its list', 'their lists')}"
        )
    if row.block.kind == "picture":
        return OTHER_PICTURE
    return OTHER_LINKS if row.addresses else HERE[What.RESTYLED]


def summary(rows: Iterable[Row]) -> list[str]:
    """["2 paragraphs changed and one is new"]: sentences without their full stops."""
    told = sorted((row for row in rows if row.what != What.SAME), key=_rank)
    here = Counter((_name(row), _said(row)) for row in told if row.what in HERE)
    elsewhere = Counter((_name(row), _said(row)) for row in told if row.what in ELSEWHERE)
    return [*_together(here), *(_one(name, words, n) for (name, words), n in elsewhere.items())]


def _rank(row: Row) -> tuple[int, int]:
    """By kind of block, then by what happened."""
    return ORDER.index(_name(row)), [*HERE, *ELSEWHERE].index(row.what)


def _name(row: Row) -> Name:
    """What it is called in a sentence about it: what it was, where it is something else now."""
    return NAMES[row.kind_before or row.block.kind]


def _together(counts: Counter[tuple[Name, Said]]) -> Iterator[str]:
    """One sentence for each kind: "2 paragraphs changed, one is new and one was taken out"."""
    clauses: dict[Name, list[str]] = {}
    for (name, words), number in counts.items():
        if name in clauses:
            clauses[name].append(f"{_number(number)} {words.of(number)}")
        else:
            clauses[name] = [_one(name, words, number)]
    for found in clauses.values():
        *most, last = found
        yield f"{', '.join(most)} and {last}" if most else last


def _one(name: Name, words: Said, number: int) -> str:
    called = name.one if number == 1 else name.many
    return f"{_number(number).capitalize()} {called} {words.of(number)}"


def _number(number: int) -> str:
    return "one" if number == 1 else str(number)


def of_section(change: SectionChange) -> str:
    """What changed in a section: sentences, without the last full stop."""
    if not change.old:
        told = [_beginning(change, CAME, "was split off from {}") or "This section is new"]
        kept = CAME | {What.SPLIT_OFF}
    elif not change.new:
        told = [_beginning(change, WENT, "is part of {} now") or "This section was taken out"]
        kept = WENT | {What.MERGED}
    else:
        told, kept = list(_of_title_and_place(change)), set(What)
    told += summary(row for row in change.rows if row.what in kept)
    return ". ".join(told) or "Nothing changed"


def _beginning(change: SectionChange, moved: set[What], words: str) -> str:
    """That the section was split off, or went into another; "" where most of it did not."""
    others = Counter(place(row) for row in change.rows if row.what in moved)
    other, number = others.most_common(1)[0] if others else ("", 0)
    if not other or 2 * number < len(change.rows):
        return ""
    return f"This section {words.format(other)}"


def _of_title_and_place(change: SectionChange) -> Iterator[str]:
    if change.is_renamed and change.old:
        yield f"Its title was “{change.old.title}”"
    if change.moved and change.old:
        yield f"It was section {change.old.number} before"


def of_draft(changes: Iterable[SectionChange]) -> str:
    """In short: "12 sections changed and one is new. 85 sections have not changed"."""
    counts = Counter(_what_of(change) for change in changes)
    name = Name("section", "sections")
    happened = Counter({(name, words): counts[words] for words in OF_SECTIONS if counts[words]})
    told = list(_together(happened))
    if same := counts[None]:
        told.append(_one(name, Said("has not changed", "have not changed"), same))
    return ". ".join(told)


def _what_of(change: SectionChange) -> Said | None:
    """What happened to the whole section; None where nothing did."""
    changed, new, gone = OF_SECTIONS
    if not change.old:
        return new
    if not change.new:
        return gone
    return changed if change.is_changed else None
