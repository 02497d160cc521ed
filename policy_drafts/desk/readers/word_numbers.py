"""The numbers that Word writes before paragraphs: counted as Word counts them.

What is a plain list stays one, with the number at which it begins. What is more than a number
("Part I", "1.02") becomes words. mammoth gets two simple lists instead of the file's own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from policy_drafts.desk.readers.named import Group, Named, named
from policy_drafts.desk.readers.word_package import Element, W
from policy_drafts.desk.readers.word_styles import (
    Styles,
    bookmark,
    property_of,
    put_first,
    run_of,
    value_of,
)

MARK = re.compile(r"in-file-n(\d+)")
PLACE = re.compile(r"%([1-9])")
PLAIN = re.compile(r"\W*%[1-9]\W*")
LETTERS = ("lowerLetter", "upperLetter", "lowerRoman", "upperRoman")
ROMAN = {1000: "m", 900: "cm", 500: "d", 400: "cd", 100: "c", 90: "xc", 50: "l", 40: "xl"}
ROMAN |= {10: "x", 9: "ix", 5: "v", 4: "iv", 1: "i"}
BULLETS, NUMBERS, NONE = "1", "2", "0"  # the lists that mammoth gets
SIMPLE_KINDS = ((BULLETS, "bullet"), (NUMBERS, "decimal"))
DEEPEST = 4  # level, from 0, that mammoth knows
LETTERS_CHANGE = "The letters and Roman numerals of lists (a, b, i, ii) become numbers (1, 2)"
SIMPLE = '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:numbering>'


@dataclass(frozen=True)
class Level:
    """How a level of a list counts."""

    kind: str = "decimal"
    text: str = "%1."
    start: int = 1
    is_legal: bool = False


@dataclass
class Lists:
    """The lists of a file: which kind of list each is, its levels, and where it begins anew."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)  # by the kind of list
    kinds: dict[str, str] = field(default_factory=dict)  # {list: kind of list}
    starts: dict[str, dict[int, int]] = field(default_factory=dict)  # {list: {level: start}}
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)  # {style: (kind, level)}


def lists_in(numbering: Element | None) -> Lists:
    """The lists that a file says."""
    found = Lists()
    if numbering is None:
        return found
    links: dict[str, str] = {}  # {style of lists: kind of list}
    for row in numbering.findall(f"{W}abstractNum"):
        key = row.get(f"{W}abstractNumId") or ""
        found.levels[key] = {
            _int(level.get(f"{W}ilvl")): _level(level) for level in row.iter(f"{W}lvl")
        }
        if style := value_of(row.find(f"{W}styleLink")):
            links[style] = key
    for row in numbering.findall(f"{W}abstractNum"):
        if (style := value_of(row.find(f"{W}numStyleLink"))) in links:
            found.levels[row.get(f"{W}abstractNumId") or ""] = found.levels[links[style]]
    for row in numbering.findall(f"{W}num"):
        key = row.get(f"{W}numId") or ""
        found.kinds[key] = value_of(row.find(f"{W}abstractNumId"))
        found.starts[key] = dict(_starts(row))
        changed = {_int(level.get(f"{W}ilvl")): _level(level) for level in row.iter(f"{W}lvl")}
        if changed:
            found.levels[f"own {key}"] = found.levels.get(found.kinds[key], {}) | changed
            found.kinds[key] = f"own {key}"
    return found


def _starts(row: Element) -> Iterator[tuple[int, int]]:
    for change in row.findall(f"{W}lvlOverride"):
        start = change.find(f"{W}startOverride")
        if start is not None:
            yield _int(change.get(f"{W}ilvl")), _int(value_of(start))


def _level(row: Element) -> Level:
    text, kind = row.find(f"{W}lvlText"), value_of(row.find(f"{W}numFmt")) or "decimal"
    start = value_of(row.find(f"{W}start"))
    legal = row.find(f"{W}isLgl")
    is_legal = legal is not None and value_of(legal) not in ("0", "false")
    return Level(kind, value_of(text), _int(start) if start else 1, is_legal)


def _int(text: str | None) -> int:
    """A number of a file; 0 for what is none."""
    return int(text) if text and text.isdecimal() and len(text) < 6 else 0


class Counter:
    """Counts the numbers of a text's paragraphs, one after the other."""

    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.counts: dict[str, dict[int, int]] = {}  # {kind of list: {level: the last number}}
        self.begun: set[tuple[str, int]] = set()

    def next(self, key: str, level: int) -> tuple[Level, str, int]:
        """(how it counts, the number in words, the number) of the next paragraph of a list."""
        kind = self.lists.kinds.get(key, "")
        levels = self.lists.levels.get(kind, {})
        how = levels.get(level, Level(text=f"%{level + 1}."))
        counts = self.counts.setdefault(kind, {})
        start = self.lists.starts.get(key, {}).get(level)
        if start is not None and (key, level) not in self.begun:
            counts[level] = start
        else:
            counts[level] = counts[level] + 1 if level in counts else how.start
        self.begun.add((key, level))
        for deeper in [row for row in counts if row > level]:
            del counts[deeper]
        return how, self._words(how, levels, counts), counts[level]

    def _words(self, how: Level, levels: dict[int, Level], counts: dict[int, int]) -> str:
        """The number as Word writes it: "1.02"."""

        def number(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            level = levels.get(at, Level())
            count = counts.get(at, level.start)
            kind = level.kind
            if how.is_legal and kind in LETTERS:
                kind = "decimal"
            return as_words(count, kind)

        return PLACE.sub(number, how.text)


def as_words(number: int, kind: str) -> str:
    """A number as a list writes it: 3 as "3", "03", "c" or "iii"."""
    words = {"decimalZero": f"{number:02}", "none": "", "bullet": ""}
    if kind in words:
        return words[kind]
    if kind in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if kind == "upperLetter" else letter
    if kind in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        roman = _roman(number)
        return roman.upper() if kind == "upperRoman" else roman
    return str(number)


def _roman(number: int) -> str:
    words = ""
    for value, sign in ROMAN.items():
        words += sign * (number // value)
        number %= value
    return words


def say(document: Element, numbering: Element | None, styles: Styles) -> list[Named]:
    """Number the paragraphs of a text for mammoth; returns what changes its form."""
    counter = Counter(lists_in(numbering))
    has_letters, depth = False, -1
    for paragraph in document.iter(f"{W}p"):
        key, level = _numbering_of(paragraph, styles)
        if not key or key == NONE or not _has_words(paragraph):
            depth = -1
            _set(paragraph, NONE, 0) if key else None
            continue
        how, words, number = counter.next(key, level)
        is_heading = styles.level(paragraph) > 0
        if how.kind == "bullet" and not is_heading:
            depth = min(level, depth + 1, DEEPEST)
            _set(paragraph, BULLETS, depth)
        elif not is_heading and how.kind in ("decimal", *LETTERS) and PLAIN.fullmatch(how.text):
            depth = min(level, depth + 1, DEEPEST)
            _set(paragraph, NUMBERS, depth)
            bookmark(paragraph, f"in-file-n{number}")
            has_letters = has_letters or how.kind in LETTERS
        else:
            depth = -1
            _set(paragraph, NONE, 0)
            if how.kind != "bullet" and words.strip():
                put_first(paragraph, run_of(f"{words.strip()} ", paragraph))
    return [named(Group.FORM, LETTERS_CHANGE)] if has_letters else []


def _has_words(paragraph: Element) -> bool:
    return next(paragraph.iter(f"{W}t", f"{W}drawing", f"{W}sym"), None) is not None


def _numbering_of(paragraph: Element, styles: Styles) -> tuple[str, int]:
    """(key of the list, level) by the paragraph itself or by its style; ("", 0) without one."""
    own = paragraph.find(f"{W}pPr/{W}numPr")
    style = styles.style_of(paragraph)
    by_style = styles.found(style, f"{W}pPr/{W}numPr") if style else None
    rows = [row for row in (own, by_style) if row is not None]
    key = next(filter(None, (value_of(row.find(f"{W}numId")) for row in rows)), "")
    level = next(filter(None, (value_of(row.find(f"{W}ilvl")) for row in rows)), "0")
    return key, min(_int(level), 8)


def _set(paragraph: Element, key: str, level: int) -> None:
    """Say to mammoth of which of its lists a paragraph is an item."""
    made = property_of(paragraph, "numPr")
    for child in list(made):
        made.remove(child)
    for name, value in (("ilvl", str(level)), ("numId", key)):
        made.append(made.makeelement(f"{W}{name}", {f"{W}val": value}))


def simple() -> bytes:
    """The two lists that mammoth gets, as the part of the file that says lists."""
    kinds = "".join(_simple_kind(key, kind) for key, kind in SIMPLE_KINDS)
    lists = "".join(
        f'<w:num w:numId="{key}"><w:abstractNumId w:val="{key}"/></w:num>'
        for key in (BULLETS, NUMBERS)
    )
    return SIMPLE.format(kinds + lists).encode()


def _simple_kind(key: str, kind: str) -> str:
    levels = "".join(_simple_level(at, kind) for at in range(DEEPEST + 1))
    return f'<w:abstractNum w:abstractNumId="{key}">{levels}</w:abstractNum>'


def _simple_level(at: int, kind: str) -> str:
    return f'<w:lvl w:ilvl="{at}"><w:numFmt w:val="{kind}"/></w:lvl>'
