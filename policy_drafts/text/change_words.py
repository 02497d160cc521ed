"""What changed, in plain language: for one block, for several, and for a section."""

from collections import Counter
from collections.abc import Iterable

from policy_drafts.text.diffs import Row, SectionChange, What

NAMES = {
    "paragraph": "paragraph",
    "item": "list item",
    "cell": "table cell",
    "definition": "definition",
    "quote": "quote",
    "heading": "heading",
    "term": "term",
    "caption": "caption",
    "picture": "picture",
}
HAPPENED = {  # for one block
    What.ADDED: "new",
    What.REMOVED: "taken out",
    What.REWORDED: "reworded",
    What.MOVED: "moved",
    What.MOVED_REWORDED: "moved and reworded",
    What.RESTYLED: "same words, other form",
    What.SAME: "not changed",
    What.CAME: "moved here{other}, word for word",
    What.CAME_REWORDED: "moved here{other}, and reworded",
    What.WENT: "moved{other}, word for word",
    What.WENT_REWORDED: "moved{other}, and reworded",
    What.SPLIT_OFF: "split off from another{other}",
    What.MERGED: "put into another{other}",
}
COUNTED = {  # for several, in the order in which they are told
    What.REWORDED: "reworded",
    What.MOVED_REWORDED: "moved and reworded",
    What.ADDED: "new",
    What.REMOVED: "taken out",
    What.MOVED: "moved",
    What.RESTYLED: "in another form",
    What.CAME: "moved here{other}, word for word",
    What.CAME_REWORDED: "moved here{other}, and reworded",
    What.WENT: "moved{other}, word for word",
    What.WENT_REWORDED: "moved{other}, and reworded",
    What.SPLIT_OFF: "split off from another{other}",
    What.MERGED: "put into another{other}",
}
WAYS = {What.CAME: "from", What.CAME_REWORDED: "from", What.SPLIT_OFF: "in"}
WAYS |= {What.WENT: "to", What.WENT_REWORDED: "to", What.MERGED: "in"}


def label(row: Row) -> str:
    """What happened to what: "Paragraph, reworded"."""
    return f"{NAMES[row.block.kind].capitalize()}, {_with_other(HAPPENED[row.what], row)}"


def _with_other(words: str, row: Row) -> str:
    """The words, with the section from which it came or to which it went."""
    other = f" {WAYS[row.what]} section {row.other.number}" if row.other else ""
    return words.format(other=other)


def summary(rows: Iterable[Row]) -> list[str]:
    """["2 paragraphs reworded", "1 new"]: the kinds of change, the name said once."""
    order = list(COUNTED)
    told = [row for row in rows if row.what in COUNTED]
    told.sort(key=lambda row: order.index(row.what))
    counts = Counter((NAMES[row.block.kind], _with_other(COUNTED[row.what], row)) for row in told)
    found, said = [], ""
    for (name, words), number in counts.items():
        plural = name if number == 1 else f"{name}s"
        found.append(f"{number} {words}" if name == said else f"{number} {plural} {words}")
        said = name
    return found


def of_section(change: SectionChange) -> str:
    """What changed: "2 paragraphs reworded, 1 new"."""
    told = summary(change.rows)
    if not change.old:
        return _with("New section", change, What.CAME, What.CAME_REWORDED, What.SPLIT_OFF)
    if not change.new:
        return _with(
            "This section was taken out", change, What.WENT, What.WENT_REWORDED, What.MERGED
        )
    parts = ["renamed"] if change.is_renamed else []
    if change.moved:
        parts.append(f"moved from place {change.old.number} to {change.new.number}")
    words = ", ".join([*parts, *told])
    return words[:1].upper() + words[1:] or "Nothing changed"


def _with(beginning: str, change: SectionChange, *told: What) -> str:
    """Of what is wholly new or gone, what came from elsewhere or went there."""
    words = summary(row for row in change.rows if row.what in told)
    return f"{beginning}: {', '.join(words)}" if words else beginning
