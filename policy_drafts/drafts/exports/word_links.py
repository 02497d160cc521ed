"""Links and bookmarks of a Word file: to other sites, and to places in the same file."""

from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from policy_drafts.text.bookmarks import anchor_of


def bookmark(paragraph: Any, name: str, key: int) -> None:
    """Put a bookmark around the words of a paragraph's element; the key is its alone."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(key))
    start.set(qn("w:name"), name)
    paragraph.insert(1, start)
    paragraph.append(end)


def link(part: Any, address: str) -> Any:
    """The element of a link to an address, without words; `part` is the document's."""
    made = OxmlElement("w:hyperlink")
    if anchor := anchor_of(address):
        made.set(qn("w:anchor"), anchor)
    else:
        key = part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        made.set(qn("r:id"), key)
    return made
