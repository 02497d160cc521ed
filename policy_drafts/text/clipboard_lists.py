"""Lists of Word's clipboard and of its web pages: paragraphs that only a style makes items.

`mso-list:l0 level2 lfo1` is an item of the second level; its number stands before its words, in a
<span> that Word itself ignores.
"""

import re
from collections.abc import Iterator

import lxml.html
from lxml.html import HtmlElement

from policy_drafts.text import google_lists

STYLE = re.compile(r"mso-list:\s*l\d+\s+level(\d)", re.IGNORECASE)
IGNORED = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
DECIMAL = re.compile(r"(\d{1,3})[.)]?")
LETTER = re.compile(r"\(?([a-z])[.)]", re.IGNORECASE)
DEEPEST = 5


def make(root: HtmlElement) -> None:
    """Make lists of such paragraphs, and put those of Google Docs into each other."""
    google_lists.nest(root)
    for run in list(_runs([row for row in root.iter("p", "div") if _level(row)])):
        _make_list(run)


def _level(element: HtmlElement) -> int:
    found = STYLE.search(element.get("style") or "")
    return min(int(found[1]), DEEPEST) if found else 0


def _runs(items: list[HtmlElement]) -> Iterator[list[HtmlElement]]:
    """The items that stand one behind the other."""
    run: list[HtmlElement] = []
    for item in items:
        if run and (run[-1].getnext() is not item or (run[-1].tail or "").strip()):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def _make_list(items: list[HtmlElement]) -> None:
    """Put the items of one run into lists, one inside the other by their level."""
    _part_from(items[-1])
    stack: list[tuple[int, HtmlElement]] = []  # (level, list) that are open
    for item in items:
        level, number = _level(item), _take_number(item)
        tag, start = _kind(number)
        if tag is None:
            item.text = f"{number} {item.text or ''}"
            stack.clear()
            continue
        while stack and stack[-1][0] > level:
            stack.pop()
        if stack and stack[-1][0] == level and not _goes_on(stack[-1][1], tag, start):
            stack.pop()
        if not stack or stack[-1][0] < level:
            made = lxml.html.Element(tag, {"start": str(start)} if start > 1 else {})
            _place(made, stack, item)
            stack.append((level, made))
        _move_into(stack[-1][1], item)


def _part_from(item: HtmlElement) -> None:
    """Let loose words behind the last item stand for themselves."""
    words, item.tail = item.tail, None
    if words and words.strip():
        loose = lxml.html.Element("span")
        loose.text = words
        item.addnext(loose)


def _goes_on(made: HtmlElement, tag: str, start: int) -> bool:
    """Is an item of this number the next one of the list?"""
    return made.tag == tag and (tag == "ul" or int(made.get("start") or 1) + len(made) == start)


def _place(made: HtmlElement, stack: list[tuple[int, HtmlElement]], item: HtmlElement) -> None:
    """Put a new list into the last item of the one around it, or where its first item stands."""
    if stack and len(stack[-1][1]):
        stack[-1][1][-1].append(made)
    else:
        item.addprevious(made)


def _move_into(made: HtmlElement, item: HtmlElement) -> None:
    row = lxml.html.Element("li")
    made.append(row)
    item.tail = None
    item.attrib.pop("style", None)
    row.append(item)


def _take_number(item: HtmlElement) -> str:
    """Take the number or sign from before an item's words."""
    for mark in item.iter("span"):
        if IGNORED.search(mark.get("style") or ""):
            number = "".join(mark.text_content().split())
            mark.drop_tree()
            return number
    return ""


def _kind(number: str) -> tuple[str | None, int]:
    """(tag, first number) of the list for an item; (None, 0) for a number that is words."""
    if found := DECIMAL.fullmatch(number):
        return "ol", int(found[1])
    if found := LETTER.fullmatch(number):
        return "ol", ord(found[1].lower()) - ord("a") + 1
    return ("ul", 1) if not any(sign.isalnum() and sign != "o" for sign in number) else (None, 0)
