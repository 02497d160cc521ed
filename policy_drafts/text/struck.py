"""One space where words were struck out that held the spaces between their neighbours.

"Call[ the ]police" without what was struck out is "Call police", not "Callpolice".
"""

import re
from collections.abc import Container, Mapping
from typing import Generic, TypeVar

import lxml.etree
from lxml.html import HtmlElement

Place = TypeVar("Place")

GLUED = re.compile(r"[^\s(\[{“‘][^\s)\]}”’.,:;!?…]")  # two signs that a space would part


class Seam(Generic[Place]):
    """A line of words, as it is read from one end to the other, with some struck out."""

    def __init__(self) -> None:
        self.before = self.struck = ""
        self.place: Place | None = None

    def strike(self, words: str, place: Place) -> None:
        """These words are struck out, here."""
        self.struck += words
        self.place = place

    def go_on(self, words: str) -> Place | None:
        """These words stay; returns the place before them that needs a space, if one does."""
        if not words:
            return None
        is_spaced = self.struck != self.struck.strip()
        needs_one = is_spaced and GLUED.fullmatch(self.before[-1:] + words[0])
        place = self.place if needs_one else None
        self.before, self.struck, self.place = words, "", None
        return place


def keep_apart(
    root: HtmlElement, taken_out: Mapping[HtmlElement, bool], inline: Container[str]
) -> None:
    """Leave a space in the place of struck words whose neighbours would be glued.

    `taken_out` has each element that goes, and whether it was struck out.
    """
    seam: Seam[HtmlElement] = Seam()
    for event, element in lxml.etree.iterwalk(root, events=("start", "end")):
        if element.tag not in inline or element.tag in ("br", "img"):
            seam = Seam()
        is_start = event == "start"
        if is_start and taken_out.get(element) and element.getparent() not in taken_out:
            seam.strike(element.text_content(), element)
        is_gone = element in taken_out if is_start else element.getparent() in taken_out
        words = "" if is_gone else (element.text if is_start else element.tail) or ""
        if (place := seam.go_on(words)) is not None:
            place.tail = f" {place.tail or ''}"
