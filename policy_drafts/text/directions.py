"""Which way a text is read: Arabic, Hebrew and others from right to left."""

import re
import unicodedata

from lxml.html import HtmlElement

from policy_drafts.text.tags import ONE_TEXT

RIGHT_TO_LEFT = ("R", "AL")  # Unicode, Bidi_Class
LETTERS = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
HOLDERS = ("ul", "ol", "table", "blockquote", "dl", "dd")


def has_letters(text: str) -> bool:
    """Does a letter stand in it that goes from right to left?"""
    return LETTERS.search(text) is not None


def is_right_to_left(text: str) -> bool:
    """Does the first letter that has a direction go from right to left? (Unicode, UAX 9, P2)"""
    return _direction(text) == "rtl"


def mark(root: HtmlElement) -> None:
    """Say at each text, list and table which way it is read, where that is not as usual.

    What has no letter is read as what stands around it.
    """
    if not has_letters("".join(root.itertext())):
        return
    for element in root.iter(*ONE_TEXT, *HOLDERS):
        around = next((row.get("dir") for row in element.iterancestors() if row.get("dir")), "ltr")
        own = _direction("".join(element.itertext())) or around
        if "rtl" in (own, around):
            element.set("dir", own)


def _direction(text: str) -> str:
    """The direction of the first letter that has one; "" where there is none."""
    for sign in text:
        if (direction := unicodedata.bidirectional(sign)) in ("L", *RIGHT_TO_LEFT):
            return "rtl" if direction in RIGHT_TO_LEFT else "ltr"
    return ""
