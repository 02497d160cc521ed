"""Tables of our markup: their rows and cells, and spans that say no more than they mean.

A cell may say that it takes 999 columns where the table has two. Browsers and files would draw
them all, so a span is taken as what it means: how many columns it takes of those that some cell
begins or ends at.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from policy_drafts.text.limits import MOST_COLUMNS

CELLS = ("td", "th")


@dataclass
class Placed:
    """A cell, its row, and the columns that it takes: from `start` up to, and without, `end`."""

    cell: HtmlElement
    row: int
    start: int
    end: int

    @property
    def last_row(self) -> int:
        """The last row that it reaches down to."""
        return self.row + _number(self.cell, "rowspan") - 1


def rows_of(table: HtmlElement) -> list[list[HtmlElement]]:
    """The cells of each row; a row without a cell is none, and a table in a cell has its own."""
    rows = [[cell for cell in row if cell.tag in CELLS] for row in _own_rows(table)]
    return [row for row in rows if row]


def span_of(cell: HtmlElement) -> int:
    """How many columns a cell takes."""
    return _number(cell, "colspan")


def tidy(root: HtmlElement) -> None:
    """Clip the spans of every table in the tree to what they mean."""
    for table in root.iter("table"):
        _tidy_columns(table)


def _own_rows(table: HtmlElement) -> Iterator[HtmlElement]:
    """The rows of this table, not of one that stands in a cell."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _number(cell: HtmlElement, name: str) -> int:
    """A span, at most as many as a table may have columns."""
    value = cell.get(name) or ""
    return min(max(int(value), 1), MOST_COLUMNS) if value.isdecimal() else 1


def _tidy_columns(table: HtmlElement) -> None:
    rows = rows_of(table)
    if not any(cell.get("colspan") or cell.get("rowspan") for row in rows for cell in row):
        return
    placed = list(place(rows))
    edges = sorted({edge for row in placed for edge in (row.start, row.end)})
    column = {edge: number for number, edge in enumerate(edges)}
    for row in placed:
        _set_span(row.cell, "colspan", column[row.end] - column[row.start])


def place(rows: list[list[HtmlElement]]) -> Iterator[Placed]:
    """Each cell in its columns, beside those that reach down from the rows above it."""
    reaching: dict[int, int] = {}  # {column: for how many more rows a cell from above fills it}
    for number, row in enumerate(rows):
        filled = {column for column, left in reaching.items() if left}
        reaching = {column: reaching[column] - 1 for column in filled}
        at = 0
        for cell in row:
            while at in filled:
                at += 1
            end = at + span_of(cell)
            down = min(_number(cell, "rowspan"), len(rows) - number)
            _set_span(cell, "rowspan", down)
            if down > 1:
                reaching |= dict.fromkeys(range(at, end), down - 1)
            yield Placed(cell, number, at, end)
            at = end


def _set_span(cell: HtmlElement, name: str, span: int) -> None:
    """Say a span; one of a single column or row is not said."""
    if span > 1:
        cell.set(name, str(span))
    elif name in cell.attrib:
        del cell.attrib[name]
