"""Cells of a CSV file that a spreadsheet must not take for a formula (OWASP, "CSV Injection")."""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(value) -> str:
    """The value as text; with an apostrophe before it where it would run as a formula."""
    text = str(value)
    return (
        f"'{text}" if text.lstrip(" ").startswith(DANGEROUS) or text.startswith(DANGEROUS) else text
    )


def safe_row(values) -> list[str]:
    return [safe(value) for value in values]
