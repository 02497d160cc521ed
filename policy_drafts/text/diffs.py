"""What changed between two texts: blocks first, then words of plain text, escaped; never HTML
against HTML.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from diff_match_patch import diff_match_patch
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

LONGEST = (
    1.0  # seconds for the words of one block; after it the difference is coarser, and still exact
)
LINK = re.compile(r'<a href="([^"]*)"')
TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
WORDS = {
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


@dataclass
class Row:
    """One block of either text: `what` is same, added, removed, reworded, moved, or moved and
    reworded.
    """

    what: str
    old: object = None
    new: object = None

    @property
    def block(self) -> object:
        return self.new or self.old

    @property
    def html(self) -> SafeString:
        return words_html(self.old.text if self.old else "", self.new.text if self.new else "")

    @property
    def addresses(self):
        """[(what happened, address)]: where links lead that led elsewhere before."""
        old, new = (LINK.findall(block.html) if block else [] for block in (self.old, self.new))
        if not (self.old and self.new):
            return []
        gone, come = [row for row in old if row not in new], [row for row in new if row not in old]
        return [("A link no longer leads to", row) for row in gone] + [
            ("A link leads now to", row) for row in come
        ]

    @property
    def is_moved(self) -> bool:
        return self.what.startswith("moved")

    @property
    def label(self) -> str:
        """For people: what happened to what."""
        name = WORDS[self.block.kind].capitalize()
        happened = {
            "added": "new",
            "removed": "taken out",
            "reworded": "reworded",
            "moved": "moved",
            "moved_reworded": "moved and reworded",
            "restyled": "same words, other form",
            "same": "not changed",
        }
        return f"{name}, {happened[self.what]}"


@dataclass
class SectionChange:
    """One section in two drafts: either may lack it."""

    old: object
    new: object
    rows: list = field(default_factory=list)
    moved: bool = False

    @property
    def section(self) -> object:
        return self.new or self.old

    @property
    def is_renamed(self) -> bool:
        return bool(self.old and self.new and self.old.title != self.new.title)

    @property
    def is_changed(self) -> bool:
        return (
            not (self.old and self.new)
            or self.is_renamed
            or self.moved
            or any(r.what != "same" for r in self.rows)
        )

    @property
    def title_html(self) -> SafeString:
        return words_html(self.old.title, self.new.title)

    @property
    def words(self) -> str:
        """In plain language: "2 paragraphs reworded, 1 new"."""
        if not self.old:
            return "New section"
        if not self.new:
            return "This section was taken out"
        parts = ["renamed"] if self.is_renamed else []
        if self.moved:
            parts.append(f"moved from place {self.old.number} to {self.new.number}")
        return ", ".join([*parts, *summary(self.rows)]).capitalize() or "Nothing changed"


def pieces(old, new):
    """[(-1, 0 or 1, text)]: what was taken out, stayed, was put in.

    Without the 1s it is old, without the -1s new.
    """
    known, signs = {}, []

    def coded(text: str):
        row = []
        for token in TOKEN.findall(text):
            if token not in known:
                code = len(signs) + 1
                known[token] = chr(code if code < 0xD800 else code + 0x800)  # no surrogates
                signs.append(token)
            row.append(known[token])
        return "".join(row)

    differ = diff_match_patch()
    differ.Diff_Timeout = LONGEST
    found = differ.diff_main(coded(old), coded(new), False)
    differ.diff_cleanupSemantic(found)
    tokens = {sign: token for token, sign in known.items()}
    return [(what, "".join(tokens[sign] for sign in text)) for what, text in found]


def words_html(old, new) -> SafeString:
    """Both texts in one, escaped: <del> and <ins>, with words that a screen reader hears."""
    parts = {
        0: "{}",
        -1: '<del><span class="vh">[taken out: </span>{}<span class="vh">]</span></del>',
        1: '<ins><span class="vh">[put in: </span>{}<span class="vh">]</span></ins>',
    }
    html = "".join(
        parts[what].format(escape(text).replace("\n", "<br>")) for what, text in pieces(old, new)
    )
    return mark_safe(html)


def compare(old, new) -> list[Row]:
    """Rows for two lists of blocks, in the order of the new one; what was taken out stands where it
    was.

    Blocks are the same by uid; one that carries on another's uid, which is gone, counts as that
    one.
    """
    at = {str(block.uid): index for index, block in enumerate(old)}
    gone = set(at) - {str(block.uid) for block in new}
    pairs, used = [], set()
    for block in new:
        key = str(block.uid)
        if key not in at and str(block.carried_from) in gone - used:
            key = str(block.carried_from)
        pairs.append((at.get(key), block))
        used.add(key)
    stays = _longest_rising([index for index, _ in pairs if index is not None])
    rows = [(index, _row(old, index, block, stays)) for index, block in pairs]
    taken = {index for index, _ in pairs if index is not None}
    for index in (index for index in range(len(old)) if index not in taken):
        rows.insert(_place(rows, index, stays), (index, Row("removed", old=old[index])))
        stays.add(index)
    return [row for _, row in rows]


def _row(old, index, block, stays) -> Row:
    if index is None:
        return Row("added", new=block)
    before, moved = old[index], index not in stays
    if before.text != block.text:
        return Row("moved_reworded" if moved else "reworded", before, block)
    if moved:
        return Row("moved", before, block)
    return Row(
        "same" if before.html == block.html and before.kind == block.kind else "restyled",
        before,
        block,
    )


def _place(rows, index: int, stays) -> int:
    """Behind the last row that stood before it and has not moved."""
    for number in range(len(rows) - 1, -1, -1):
        if rows[number][0] is not None and rows[number][0] < index and rows[number][0] in stays:
            return number + 1
    return 0


def _longest_rising(numbers):
    """The numbers of a longest rising subsequence: what did not move."""
    tails, before = [], {}
    for number in numbers:
        place = bisect_left(tails, number)
        before[number] = tails[place - 1] if place else None
        tails[place:] = [number] if place == len(tails) else [number, *tails[place + 1 :]]
    stays, number = set(), tails[-1] if tails else None
    while number is not None:
        stays.add(number)
        number = before[number]
    return stays


def summary(rows):
    """["2 paragraphs reworded", "1 new"]: the kinds of change, the name said once."""
    counts = {}
    names = {
        "reworded": "reworded",
        "moved_reworded": "moved and reworded",
        "added": "new",
        "removed": "taken out",
        "moved": "moved",
        "restyled": "in another form",
    }
    for row in rows:
        if row.what != "same":
            counts.setdefault(row.what, {}).setdefault(WORDS[row.block.kind], []).append(row)
    found, last = [], ""
    for what, label in names.items():
        for name, which in counts.get(what, {}).items():
            plural = name if len(which) == 1 else f"{name}s"
            found.append(
                f"{len(which)} {label}" if name == last else f"{len(which)} {plural} {label}"
            )
            last = name
    return found


def compare_sections(old, new):
    """SectionChanges for two lists of (section, blocks), in the order of the new one; a section has
    uid and title.
    """
    before = {str(section.uid): (section, rows) for section, rows in old}
    order = [key for key in before if key in {str(section.uid) for section, _ in new}]
    stays = _longest_rising([order.index(str(s.uid)) for s, _ in new if str(s.uid) in before])
    found = []
    for section, rows in new:
        was, was_rows = before.pop(str(section.uid), (None, []))
        moved = was is not None and order.index(str(section.uid)) not in stays
        found.append(SectionChange(was, section, compare(was_rows, rows), moved))
    for section, rows in before.values():
        found.append(SectionChange(section, None, [Row("removed", old=block) for block in rows]))
    return found
