"""The language of words in a Word file, where it is not that of the document."""

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.run import Run

from policy_drafts.text.directions import is_right_to_left


def say(run: Run, language: str) -> None:
    """Say the language of a run: for whatever letters it has, and from right to left if so."""
    if not language:
        return
    properties: Any = run._r.get_or_add_rPr()
    if is_right_to_left(run.text):
        properties.append(OxmlElement("w:rtl"))
    element = OxmlElement("w:lang")
    for letters in ("val", "eastAsia", "bidi"):
        element.set(qn(f"w:{letters}"), language)
    properties.append(element)
