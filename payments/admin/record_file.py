"""A CSV file of what the finance office has paid: its headings say which column is which.

The export that the office was given has such columns, empty: filled in, it is the file.
"""

import csv

from collective.errors import RuleError
from collective.safety.csv_rows import rows_of
from payments.sending.hand_payouts import Said
from payments.sending.hand_records import MOST, Line

REFERENCE, THEIRS, CODE = "Reference", "Paid with reference", "Voucher code"
NAME, AMOUNT = "Name", "Amount"
# What the columns may be called, in small letters.
HEADINGS = {
    REFERENCE: {"reference", "our reference", "ours"},
    THEIRS: {
        "paid with reference",
        "their reference",
        "theirs",
        "finance reference",
        "finance office reference",
        "finance office's reference",
        "reference of the finance office",
    },
    CODE: {"voucher code", "voucher's code", "the voucher's code"},
    NAME: {"name", "payee"},
    AMOUNT: {"amount"},
}
NEEDED = (REFERENCE, THEIRS)


def read(data: bytes) -> list[Line]:
    """The lines under the headings. Raises RuleError for a file that is not such a list."""
    try:
        rows = rows_of(data)
    except csv.Error as error:
        raise RuleError("We cannot read this as a CSV file.") from error
    columns = _columns(rows[0] if rows else [])
    found = [
        _line(number, row, columns)
        for number, row in enumerate(rows[1:], 2)
        if any(cell.strip() for cell in row)
    ]
    if not found:
        raise RuleError("There is no line under the headings of this file.")
    if len(found) > MOST:
        raise RuleError(f"This file has more than {MOST} lines. Please send it in parts.")
    return found


def _columns(heads: list[str]) -> dict[str, int]:
    """{column: its place}. Raises RuleError where one is missing that we need, or there twice."""
    called = [" ".join(head.replace("’", "'").split()).casefold() for head in heads]
    places = {
        name: [place for place, head in enumerate(called) if head in names]
        for name, names in HEADINGS.items()
    }
    missing = [f"“{name}”" for name in NEEDED if not places[name]]
    if missing:
        has = ", ".join(filter(None, (head.strip()[:40] for head in heads[:20]))) or "none"
        raise RuleError(
            f"This file has no column called {' or '.join(missing)}, so nothing was read. "
            f"Its headings are: {has}. Use the file that you downloaded for the finance office, "
            f"with “{THEIRS}” filled in."
        )
    if twice := [name for name, found in places.items() if len(found) > 1]:
        raise RuleError(f"This file has the column “{twice[0]}” more than once. Keep one of them.")
    return {name: found[0] for name, found in places.items() if found}


def _line(number: int, row: list[str], columns: dict[str, int]) -> Line:
    cells = {
        name: row[place].strip().lstrip("'") if place < len(row) else ""
        for name, place in columns.items()
    }
    said = Said(cells[REFERENCE].upper(), cells[THEIRS], cells.get(CODE, ""))
    return Line(number, said, cells.get(NAME, ""), cells.get(AMOUNT, ""))
