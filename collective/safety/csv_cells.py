"""Cells of a CSV file that a spreadsheet must not take for a formula (OWASP, "CSV Injection")."""

from collections.abc import Iterable

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(value: object) -> str:
    """The value as text; with an apostrophe before it where it would run as a formula."""
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(DANGEROUS) else text


def safe_row(values: Iterable[object]) -> list[str]:
    """Every cell of a row, made safe."""
    return [safe(value) for value in values]
