"""Paragraphs and tables of a Word file that are read from right to left."""

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from policy_drafts.text.directions import has_letters, is_right_to_left

# what comes behind a mark of direction in its properties (ECMA-376, 17.3.1 and 17.4.59)
BEHIND_BIDI = (
    "adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc "
    "textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
)
BEHIND_VISUAL = (
    "tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd tblBorders shd "
    "tblLayout tblCellMar tblLook"
)
BEHIND_RTL = "cs em lang eastAsianLayout specVanish oMath"


def say(body: Any) -> None:
    """Say it at each paragraph, run and table whose first letter is read so.

    Word orders the words of a line by the marks of its runs, so each says its own.
    """
    if not has_letters(_words(body)):
        return
    for paragraph in body.iter(qn("w:p")):
        if is_right_to_left(_words(paragraph)):
            _put(paragraph.get_or_add_pPr(), "w:bidi", BEHIND_BIDI)
    for run in body.iter(qn("w:r")):
        if is_right_to_left(_words(run)):
            _put(run.get_or_add_rPr(), "w:rtl", BEHIND_RTL)
    for table in body.iter(qn("w:tbl")):
        if is_right_to_left(_words(table)):
            _put(table.tblPr, "w:bidiVisual", BEHIND_VISUAL)


def _words(element: Any) -> str:
    return "".join(row.text or "" for row in element.iter(qn("w:t")))


def _put(properties: Any, name: str, behind: str) -> None:
    """Put a mark among the properties, where the order of Word's elements wants it."""
    made = OxmlElement(name)
    properties.insert_element_before(made, *(f"w:{row}" for row in behind.split()))
