"""Lists that begin where they began in the file, by the number that each item has there."""

import re
from collections.abc import Iterator, Sequence

import lxml.html
from lxml.html import HtmlElement

from policy_drafts.desk.readers.named import Group, Named, named
from policy_drafts.desk.readers.word_numbers import LETTERS_CHANGE
from policy_drafts.text import clipboard_lists
from policy_drafts.text.page_styles import Rules

LISTS = ("ul", "ol")
GOES_ON = re.compile(r"in-file-goes-on-(\d)")
MARK = re.compile(r"in-file-n(\d+)")
WHOLE = re.compile(r"\s*([+-]?\d{1,9})(?!\d)")  # HTML, "rules for parsing integers"
LETTERED = re.compile(r"(?:lower|upper)-(?:alpha|latin|greek|roman)|armenian|georgian|hebrew")
LETTER_TYPES = ("a", "A", "i", "I")
BELOW_ONE = "A list with numbers below 1 is numbered from 1: its numbers were “{}”"


def join(root: HtmlElement) -> None:
    """Put a paragraph that goes on with an item into it, and what of its list stands behind."""
    for paragraph in list(root.iter("p")):
        found = GOES_ON.fullmatch(paragraph.get("class") or "")
        made = paragraph.getprevious()
        if found is None or made is None or made.tag not in LISTS or len(made) == 0:
            continue
        _last_item(made, int(found[1])).append(paragraph)
        following = made.getnext()
        if following is not None and _goes_on(made, following):
            made.extend(list(following))
            following.drop_tree()


def _last_item(made: HtmlElement, depth: int) -> HtmlElement:
    """The item that stands last, at most so deep."""
    item = made[-1]
    inner = item[-1] if len(item) else None
    if depth > 1 and inner is not None and inner.tag in LISTS and len(inner):
        return _last_item(inner, depth - 1)
    return item


def _goes_on(made: HtmlElement, following: HtmlElement) -> bool:
    """Is it the rest of the list, by its kind and its number?"""
    number = int(made.get("start") or 1) + len(made)
    is_next = following.tag == "ul" or int(following.get("start") or 1) == number
    return following.tag == made.tag and is_next


def set_starts(root: HtmlElement) -> None:
    """Part each list where its numbers do not go on, and say where each part begins."""
    for made in list(root.iter("ol")):
        _part(made, _marked(made))


def keep_numbers(root: HtmlElement) -> list[Named]:
    """The same for a web page, whose items can say their number; names what changes."""
    changed = []
    for made in list(root.iter("ol")):
        numbers = _said(made)
        if min(numbers, default=1) < 1:
            changed.append(", ".join(map(str, numbers)))
            numbers = list(range(1, len(made) + 1))
        _part(made, numbers)
    return [named(Group.FORM, BELOW_ONE.format(words)) for words in dict.fromkeys(changed)]


def name_letters(root: HtmlElement, rules: Rules) -> list[Named]:
    """Name letters and Roman numerals of lists, before their styles go."""
    return [named(Group.FORM, LETTERS_CHANGE)] if any(_letters(root, rules)) else []


def _letters(root: HtmlElement, rules: Rules) -> Iterator[bool]:
    """Of each list, item and mark of Word's own lists: is it of letters?"""
    for row in root.iter("ol", "li"):
        styles = rules.styles_of(row)
        kind = f"{styles.get('list-style', '')} {styles.get('list-style-type', '')}"
        yield row.get("type") in LETTER_TYPES or LETTERED.search(kind) is not None
    for mark in root.iter("span"):
        if clipboard_lists.IGNORED.search(mark.get("style") or ""):
            number = "".join(mark.text_content().split())
            yield clipboard_lists.LETTER.fullmatch(number) is not None


def _marked(made: HtmlElement) -> list[int]:
    """The number of each item, by its mark or by the one before."""
    numbers: list[int] = []
    for item in made:
        numbers.append(_take_number(item) or (numbers[-1] + 1 if numbers else 1))
    return numbers


def _said(made: HtmlElement) -> list[int]:
    """The number of each item as a browser counts it."""
    step = 1 if made.get("reversed") is None else -1
    number = _whole(made.get("start"), 1 if step == 1 else len(made))
    numbers: list[int] = []
    for item in made:
        number = _whole(item.attrib.pop("value", None), number)
        numbers.append(number)
        number += step
    return numbers


def _whole(value: str | None, otherwise: int) -> int:
    found = WHOLE.match(value or "")
    return int(found[1]) if found else otherwise


def _part(made: HtmlElement, numbers: Sequence[int]) -> None:
    current, expected = made, 0
    for place, (item, number) in enumerate(zip(list(made), numbers, strict=True)):
        if place == 0:
            _start(made, number)
        elif number != expected:
            current = _after(current)
            _start(current, number)
        if current is not made:
            current.append(item)
        expected = number + 1


def _after(made: HtmlElement) -> HtmlElement:
    """A new list behind another."""
    language = made.get("lang")
    parted = lxml.html.Element("ol", {"lang": language} if language else {})
    made.addnext(parted)
    return parted


def _start(made: HtmlElement, number: int) -> None:
    made.attrib.pop("start", None)
    if number != 1:
        made.set("start", str(number))


def _take_number(item: HtmlElement) -> int | None:
    """The number of an item, whose mark goes."""
    for link in item.iter("a"):
        if next(link.iterancestors("li"), None) is not item:
            continue
        if found := MARK.fullmatch(link.get("id") or ""):
            link.drop_tag()
            return int(found[1])
    return None
