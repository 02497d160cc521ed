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
    if numbering is not None:
        _add_kinds(found, numbering)
        for row in numbering.findall(f"{W}num"):
            _add_list(found, row)
    return found


def _add_kinds(found: Lists, numbering: Element) -> None:
    """Add the kinds of lists; one can say that it is as another, by the name of a style."""
    rows = {row.get(f"{W}abstractNumId") or "": row for row in numbering.findall(f"{W}abstractNum")}
    for key, row in rows.items():
        found.levels[key] = _levels(row)
    links = {value_of(row.find(f"{W}styleLink")): key for key, row in rows.items()}
    for key, row in rows.items():
        style = value_of(row.find(f"{W}numStyleLink"))
        if style and style in links:
            found.levels[key] = found.levels[links[style]]


def _levels(row: Element) -> dict[int, Level]:
    return {_int(level.get(f"{W}ilvl")): _level(level) for level in row.iter(f"{W}lvl")}


def _add_list(found: Lists, row: Element) -> None:
    """Add a list, with what it changes of its kind."""
    key, kind = row.get(f"{W}numId") or "", value_of(row.find(f"{W}abstractNumId"))
    found.starts[key] = dict(_starts(row))
    if changed := _levels(row):
        found.levels[f"own {key}"] = found.levels.get(kind, {}) | changed
        kind = f"own {key}"
    found.kinds[key] = kind


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
        if styles.level(paragraph) or not _is_plain(how):
            depth = -1
            _say_in_words(paragraph, how, words.strip())
            continue
        depth = min(level, depth + 1, DEEPEST)
        _make_item(paragraph, how, number, depth)
        has_letters = has_letters or how.kind in LETTERS
    return [named(Group.FORM, LETTERS_CHANGE)] if has_letters else []


def _is_plain(how: Level) -> bool:
    """Is it a bullet, or a number and nothing else?"""
    if how.kind == "bullet":
        return True
    return how.kind in ("decimal", *LETTERS) and PLAIN.fullmatch(how.text) is not None


def _say_in_words(paragraph: Element, how: Level, words: str) -> None:
    """Put the number before the words: the paragraph is no item of a list."""
    _set(paragraph, NONE, 0)
    if how.kind != "bullet" and words:
        put_first(paragraph, run_of(f"{words} ", paragraph))


def _make_item(paragraph: Element, how: Level, number: int, depth: int) -> None:
    """Make a paragraph an item, which brings its number along."""
    if how.kind == "bullet":
        _set(paragraph, BULLETS, depth)
    else:
        _set(paragraph, NUMBERS, depth)
        bookmark(paragraph, f"in-file-n{number}")


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
