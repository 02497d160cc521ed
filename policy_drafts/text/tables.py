"""Tables of our markup: their rows and cells, and spans that say no more than they mean.

A cell may say that it takes 999 columns where the table has two. Browsers and files would draw
them all, so a span is taken as what it means: how many columns it takes of those that some cell
begins or ends at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

import lxml.html
from lxml.html import HtmlElement

from policy_drafts.text.limits import MOST_COLUMNS

CELLS = ("td", "th")
WIDEST = MOST_COLUMNS**2  # columns that spans may say to take, before they are taken as meant
MOST_ROWS = 999  # that a cell may say to take
DIGITS = len(str(MOST_ROWS))


@dataclass(frozen=True)
class Placed:
    """A cell in the grid of its table: its row, and from which column up to, and without, which.

    `down` is how many rows it takes.
    """

    cell: HtmlElement
    row: int
    start: int
    end: int
    down: int

    @property
    def across(self) -> int:
        """How many columns it takes."""
        return self.end - self.start


@dataclass(frozen=True)
class Grid:
    """A table as rows and columns, of which each cell takes one or more."""

    cells: list[Placed]
    height: int
    width: int

    @property
    def heading_rows(self) -> int:
        """How many rows at the top are headings and nothing else; 0 for none."""
        most = max((place.down for place in self.cells if place.row == 0), default=0)
        top = [place for place in self.cells if place.row < most]
        is_whole = all(place.cell.tag == "th" and place.row + place.down <= most for place in top)
        return most if is_whole else 0


def rows_of(table: HtmlElement) -> list[list[HtmlElement]]:
    """The cells of each row; a row without a cell is none, and a table in a cell has its own."""
    return [_cells_of(row) for row in _own_rows(table)]


def span_of(cell: HtmlElement) -> int:
    """How many columns a cell takes."""
    return min(read_span(cell.get("colspan") or ""), MOST_COLUMNS)


def read_span(value: str) -> int:
    """A span as a number, however large it is said to be; 1 where it is no number."""
    if not (value.isascii() and value.isdecimal()):
        return 1
    return max(int(value), 1) if len(value) <= DIGITS else MOST_ROWS


def grid_of(table: HtmlElement) -> Grid:
    """The grid of a table that is tidy; its height is 0 where it has no cell."""
    rows = rows_of(table)
    cells = list(_placed(rows))
    return Grid(cells, len(rows), max((place.end for place in cells), default=0))


def tidy(root: HtmlElement) -> None:
    """Clip the spans of every table in the tree to what they mean."""
    for table in root.iter("table"):
        _tidy_spans(table)


def spread(root: HtmlElement) -> None:
    """Put an empty cell wherever one reaches to: for files whose tables know no spans."""
    for table in root.iter("table"):
        starts = {(place.row, place.start): place.cell for place in grid_of(table).cells}
        width = max((column for _, column in starts), default=-1) + 1
        for number, row in enumerate(list(_own_rows(table))):
            for column in range(width):
                cell = starts.get((number, column))
                row.append(lxml.html.Element("td") if cell is None else cell)
        for cell in starts.values():
            cell.attrib.pop("colspan", None)
            cell.attrib.pop("rowspan", None)


def _own_rows(table: HtmlElement) -> Iterator[HtmlElement]:
    """The rows of this table that have a cell, not those of one that stands in a cell."""
    for child in table:
        if child.tag == "tr":
            found = [child]
        else:
            found = list(child) if child.tag in ("thead", "tbody", "tfoot") else []
        yield from (row for row in found if row.tag == "tr" and _cells_of(row))


def _cells_of(row: HtmlElement) -> list[HtmlElement]:
    return [cell for cell in row if cell.tag in CELLS]


def _tidy_spans(table: HtmlElement) -> None:
    rows = rows_of(table)
    cells = [cell for row in rows for cell in row]
    if not any(cell.get("colspan") or cell.get("rowspan") for cell in cells):
        return
    placed = list(takewhile(lambda place: place.end <= WIDEST, _placed(rows)))
    width = max((place.start for place in placed), default=0) + 1  # beyond it only spans reach
    edges = sorted({min(edge, width) for place in placed for edge in (place.start, place.end)})
    if len(placed) < len(cells) or len(edges) > MOST_COLUMNS + 1:
        for cell in cells:  # nobody means that: the cells stay, side by side
            _set_span(cell, "colspan", 1)
            _set_span(cell, "rowspan", 1)
        return
    column = {edge: number for number, edge in enumerate(edges)}
    for place in placed:
        across = column[min(place.end, width)] - column[place.start]
        _set_span(place.cell, "colspan", across)
        _set_span(place.cell, "rowspan", place.down)


def _placed(rows: list[list[HtmlElement]]) -> Iterator[Placed]:
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
            end = next((column for column in range(at, end) if column in filled), end)
            down = min(read_span(cell.get("rowspan") or ""), len(rows) - number)
            if down > 1:
                reaching |= dict.fromkeys(range(at, end), down - 1)
            yield Placed(cell, number, at, end, down)
            at = end


def _set_span(cell: HtmlElement, name: str, span: int) -> None:
    """Say a span; one of a single column or row is not said."""
    if span > 1:
        cell.set(name, str(span))
    elif name in cell.attrib:
        del cell.attrib[name]
