"""The language of words in a Word file, where it is not that of the document."""

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.run import Run


def say(run: Run, language: str) -> None:
    """Say the language of a run, for whatever letters it has."""
    if not language:
        return
    properties: Any = run._r.get_or_add_rPr()
    element = OxmlElement("w:lang")
    for letters in ("val", "eastAsia", "bidi"):
        element.set(qn(f"w:{letters}"), language)
    properties.append(element)
