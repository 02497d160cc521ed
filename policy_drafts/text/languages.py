"""The language of a passage, where it is not that of the policy (WCAG 2.2, 3.1.2).

It stands as `lang` on the paragraph, item, cell or heading: a tag of BCP 47 (RFC 5646).
"""

import re
from functools import cache

from django.conf.locale import LANG_INFO
from lxml.html import HtmlElement

from policy_drafts.text.tags import ONE_TEXT

OWN = "en"  # the policy's, which is not marked
TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}", re.IGNORECASE | re.ASCII)
INLINE = ("span", "font", "b", "strong", "i", "em", "u", "a", "bdi", "bdo")
OF_THESE_ISLANDS = ["cy", "ga", "gd"]
OF_EUROPE = [
    "cs",
    "de",
    "el",
    "es",
    "fr",
    "hu",
    "it",
    "lt",
    "nl",
    "pl",
    "pt",
    "ro",
    "ru",
    "sk",
    "uk",
]
OF_ASIA = ["ar", "bn", "fa", "he", "hi", "ne", "pa", "ta", "ur", "vi", "zh-hans", "zh-hant"]
MORE = {"gu": "Gujarati", "so": "Somali", "yo": "Yoruba"}  # those that Django does not name


@cache
def choices() -> list[tuple[str, str]]:
    """[(tag, name in English and in itself)] to choose from, by name."""
    tags = [*OF_THESE_ISLANDS, *OF_EUROPE, *OF_ASIA]
    names = {tidy(tag): LANG_INFO[tag] for tag in tags}
    rows = [(tag, f"{row['name']} ({row['name_local']})") for tag, row in names.items()]
    return sorted([*rows, *MORE.items()], key=lambda row: row[1])


def tidy(tag: str) -> str:
    """The tag as BCP 47 writes it ("zh-Hant-HK"); "" for the policy's own, and for what is none."""
    tag = (tag or "").strip().replace("_", "-")
    first, *rest = tag.split("-")
    if not TAG.fullmatch(tag) or first.lower() == OWN:
        return ""
    return "-".join([first.lower(), *map(_subtag, rest)])


def _subtag(part: str) -> str:
    """A script as "Hant", a region as "HK", else small letters (RFC 5646, 2.1.1)."""
    if part.isalpha() and len(part) in (2, 4):
        return part.upper() if len(part) == 2 else part.title()
    return part.lower()


def spread(root: HtmlElement) -> None:
    """Say the language of an element at each in it that says none.

    So no passage loses its language with what is around it. A span around all words of its block
    speaks for the block: so Word and Google Docs write it.
    """
    for element in root.iter(*INLINE):
        block = _block_around(element) if element.get("lang") else root
        if block is not root and not block.get("lang") and _words(element) == _words(block):
            block.set("lang", element.get("lang") or "")
    for element in root.iter():
        parent = element.getparent()
        if parent is not None and element.get("lang") is None and parent.get("lang"):
            element.set("lang", parent.get("lang") or "")


def _block_around(element: HtmlElement) -> HtmlElement:
    """The nearest element around it that marks no words in a line."""
    return next(row for row in element.iterancestors() if row.tag not in INLINE)


def settle(root: HtmlElement) -> None:
    """Keep a language where it may stand: at what holds one text, in one form, if it is another."""
    for element in root.iter():
        tag = tidy(element.attrib.pop("lang", ""))
        if tag and element.tag in ONE_TEXT:
            element.set("lang", tag)


def _words(element: HtmlElement) -> str:
    return "".join(element.text_content().split())
