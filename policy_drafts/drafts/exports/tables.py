"""Tables of our markup, row by row."""

from lxml.html import HtmlElement


def rows_of(table: HtmlElement) -> list[list[HtmlElement]]:
    """The cells of each row; a row without a cell is none."""
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    return [row for row in rows if row]


def span_of(cell: HtmlElement) -> int:
    """How many columns a cell takes."""
    return int(cell.get("colspan") or 1)
