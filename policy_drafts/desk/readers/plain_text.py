"""Plain text as HTML: paragraphs, lines that are meant, bullets and numbered lines.

Nothing in it is Markdown: a * is a *, and four spaces before a line mean nothing.
"""

import re
from itertools import groupby, pairwise

from django.utils.html import escape

BULLET = re.compile(r"\s*[•‣◦▪●○\-*–\uf0b7][ \t]+(?=\S)")
NUMBER = re.compile(r"\s*(\d{1,3})[.)][ \t]+(?=\S)")
LINE_END = re.compile(r"\r\n|[\r\n\x85\u2028]")
BLANK = re.compile(r"(?:[ \t]*\n){2,}|\f")
WRAPPED = 50  # characters of a line from which it can have been wrapped by hand


def as_html(text: str) -> str:
    """The text as HTML, each word in it as it stands."""
    parts = BLANK.split(LINE_END.sub("\n", text))
    return "".join(_paragraph(part) for part in parts if part.strip())


def _paragraph(text: str) -> str:
    """One paragraph, or the lists and lines that stand in it."""
    items = _items([line.strip() for line in text.splitlines() if line.strip()])
    runs = groupby(enumerate(items), _run_of)
    return "".join(_run(kind, [item for _, item in rows]) for (kind, _), rows in runs)


def _run_of(item: tuple[int, tuple[str, str]]) -> tuple[str, int]:
    """(kind, what neighbours of one list share): its numbers each follow the one before."""
    place, (mark, _) = item
    return ("ol", int(mark) - place) if mark.isdecimal() else (mark, 0)


def _items(lines: list[str]) -> list[tuple[str, str]]:
    """[("ul", the number or "", words)] of each line; a number counts up with its neighbours."""
    numbers = [int(mark[1]) if (mark := NUMBER.match(line)) else None for line in lines]
    found: list[tuple[str, str]] = []
    for place, line in enumerate(lines):
        number = numbers[place]
        near = numbers[max(place - 1, 0) : place + 2]
        if bullet := BULLET.match(line):
            found.append(("ul", line[bullet.end() :]))
        elif number is not None and (number == 1 or {number - 1, number + 1} & set(near)):
            words = NUMBER.match(line)
            found.append((str(number), line[words.end() :] if words else line))
        else:
            found.append(("", line))
    return found


def _run(kind: str, items: list[tuple[str, str]]) -> str:
    """Neighbours of one kind: a list, or a paragraph."""
    if not kind:
        return f"<p>{_joined([words for _, words in items])}</p>"
    rows = "".join(f"<li>{escape(words)}</li>" for _, words in items)
    start = f' start="{items[0][0]}"' if kind == "ol" else ""
    return f"<{kind}{start}>{rows}</{kind}>"


def _joined(lines: list[str]) -> str:
    """Lines that were wrapped by hand go on; others end where they end."""
    widest = max(map(len, lines))
    joined = str(escape(lines[0]))
    for before, line in pairwise(lines):
        is_wrapped = widest >= WRAPPED and len(before) + 1 + len(line.split()[0]) > widest
        joined += f"{' ' if is_wrapped else '<br>'}{escape(line)}"
    return joined
