"""How much one section may hold, so that no text takes long to save, to compare or to write out.

It is counted before the text is parsed: a text that is too much costs nothing.
"""

import re
from collections.abc import Iterator

MOST_BLOCKS = 2000  # paragraphs, headings, terms, captions and pictures
MOST_CELLS = 2000
MOST_COLUMNS = 50  # of a table
MOST_PLACES = 5000  # of a table: rows times columns
DEEPEST = 100  # elements inside each other
BLOCK = re.compile(r"<(?:p|h[1-6]|dt|div|img|figcaption|summary)[\s/>]", re.IGNORECASE)
ITEM = re.compile(r"<(?:li|dd)[\s/>]", re.IGNORECASE)  # their text stands in paragraphs, or is one
CELL = re.compile(r"<t[dh][\s/>]", re.IGNORECASE)
TABLE = re.compile(r"<table[\s/>]", re.IGNORECASE)
ROW = re.compile(r"<tr[\s/>]", re.IGNORECASE)
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
NEVER_CLOSED = {"br", "img", "hr", "input", "col", "wbr"}
TOO_MANY_BLOCKS = f"This section has more than {MOST_BLOCKS:,} paragraphs and list items."
TOO_MANY_CELLS = f"This section has more than {MOST_CELLS:,} table cells."
TOO_WIDE = f"A table has more than {MOST_COLUMNS} columns. Please make two tables of it."
TOO_UNEVEN = "A table has many rows, and one that is far longer. Please make two tables of it."
TOO_DEEP = "Lists, quotes or tables stand too deep inside each other here."
SPLIT = "Split it in two."
LESS_DEEP = "Please use fewer levels."


def refusal(html: str) -> str:
    """Why a section may not hold this text, in a sentence that says what to do; "" if it may."""
    if is_longer(CELL.finditer(html), MOST_CELLS):
        return f"{TOO_MANY_CELLS} {SPLIT}"
    if any(is_longer(tag.finditer(html), MOST_BLOCKS) for tag in (BLOCK, ITEM)):
        return f"{TOO_MANY_BLOCKS} {SPLIT}"
    if any(is_longer(CELL.finditer(row), MOST_COLUMNS) for row in ROW.split(html)[1:]):
        return TOO_WIDE
    if any(_places(table) > MOST_PLACES for table in TABLE.split(html)[1:]):
        return TOO_UNEVEN
    if is_too_deep(html):
        return f"{TOO_DEEP} {LESS_DEEP}"
    return ""


def _places(table: str) -> int:
    """How many cells a table would have if each row were as long as its longest."""
    rows = ROW.split(table)[1:]
    return len(rows) * max((len(CELL.findall(row)) for row in rows), default=0)


def is_longer(found: Iterator[object], most: int) -> bool:
    """Are there more than so many? Looks no further than it must."""
    return any(number >= most for number, _ in enumerate(found))


def is_too_deep(html: str) -> bool:
    """Do elements of clean HTML stand deeper inside each other than any writer means?"""
    depth = 0
    for found in TAG.finditer(html):
        if found[2].lower() not in NEVER_CLOSED:
            depth += -1 if found[1] else 1
            if depth > DEEPEST:
                return True
    return False
