"""What we write into our own files besides the text, by which we know it when it comes back."""

import re

NOT_PUBLISHED = (
    "Working copy, not published. Please do not pass it on. Keep the headings: they say which "
    "section is which."
)
NEWS = "What is new"
CHECK_SUM = "The check sum of this draft"
CHECK_SUM_IS_FOR = "By it anybody can see that nothing of this text was changed."
WORD = re.compile(r"\w+")


def is_notice(text: str) -> bool:
    """Is it the notice of our working copy? Other programs change its signs and its look."""
    return WORD.findall(text.casefold()) == WORD.findall(NOT_PUBLISHED.casefold())
