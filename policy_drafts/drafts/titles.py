"""Titles as they go into a draft and its files, whoever stored them, and when."""

from collective.typed.signs import clean_line

NO_TITLE = "Without a title"


def title_of(text: str) -> str:
    """The title without what breaks a file; one of which nothing is left says so."""
    return clean_line(text) or NO_TITLE
