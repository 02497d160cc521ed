"""Languages in a Word file: paragraphs that are in another one than most of the file.

A run says up to three: of Latin letters, of those from right to left, and of East Asian ones.
"""

import unicodedata
from collections import Counter

from lxml.html import HtmlElement

from policy_drafts.desk.readers.word_changes import words_in
from policy_drafts.desk.readers.word_package import Element, W
from policy_drafts.desk.readers.word_styles import Styles, bookmark
from policy_drafts.text import languages
from policy_drafts.text.directions import is_right_to_left

MARK = "in-file-lang-"
EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")


def mark(document: Element, styles: Styles) -> None:
    """Give each paragraph in another language a bookmark that names it."""
    found = {row: _language(row, styles) for row in document.iter(f"{W}p")}
    letters = Counter[str]()
    for paragraph, language in found.items():
        letters[languages.tidy(language)] += len(words_in(paragraph))
    own = letters.most_common(1)[0][0] if letters else ""
    for paragraph, language in found.items():
        if (tag := languages.tidy(language)) and tag != own:
            bookmark(paragraph, f"{MARK}{tag}")


def say(root: HtmlElement) -> None:
    """Say at each block of the HTML the language that its bookmark names."""
    for row in list(root.iter("a")):
        name = row.get("id") or ""
        block = row.getparent()
        if name.startswith(MARK) and block is not None:
            block.set("lang", name.removeprefix(MARK))
            row.drop_tag()


def _language(paragraph: Element, styles: Styles) -> str:
    """The one language of all words of a paragraph; "" where there are several or none."""
    found = {
        _of(run, words, paragraph, styles)
        for run in paragraph.iter(f"{W}r")
        if (words := "".join(row.text or "" for row in run.iter(f"{W}t"))).strip()
    }
    return found.pop() if len(found) == 1 else ""


def _of(run: Element, words: str, paragraph: Element, styles: Styles) -> str:
    path = f"{W}rPr/{W}lang"
    for row in (run.find(path), styles.found(styles.style_of(paragraph), path)):
        if row is not None and (said := row.get(f"{W}{_script(words)}")):
            return said
    return ""


def _script(words: str) -> str:
    """Which of the three languages counts for these words."""
    if is_right_to_left(words):
        return "bidi"
    first = next((sign for sign in words if sign.isalpha()), "")
    return "eastAsia" if unicodedata.name(first or "a", "").startswith(EAST_ASIAN) else "val"
