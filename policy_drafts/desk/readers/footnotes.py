"""Footnotes: each goes to the end of the section that speaks of it, linked there and back found.

Word, Markdown and web pages write them alike: a link to the note, and in the note one back.
"""

from dataclasses import dataclass, field
from uuid import uuid4

import lxml.html
from lxml.html import HtmlElement

from policy_drafts.text import blocks, foreign, paragraphs

HOLDS_A_NOTE = ("li", "p", "div", "aside", "dd", "td")


@dataclass
class Footnotes:
    """The notes that were taken out of a text, by the address that links to them now."""

    notes: dict[str, list[HtmlElement]] = field(default_factory=dict)

    def of(self, elements: list[HtmlElement]) -> list[HtmlElement]:
        """The notes of which these elements speak, in order; each is given out once."""
        found: list[HtmlElement] = []
        waiting = list(elements)
        while waiting:
            for link in waiting.pop(0).iter("a"):
                note = self.notes.pop(link.get("href") or "", [])
                found += note
                waiting += note
        return found

    def left(self) -> list[HtmlElement]:
        """The notes of which nothing speaks."""
        found = [row for note in self.notes.values() for row in note]
        self.notes.clear()
        return found


def take_out(root: HtmlElement) -> Footnotes:
    """Take the notes out of a text; what speaks of them says "[1]"."""
    targets = _targets(root)
    taken, uids = Footnotes(), dict[HtmlElement, str]()
    speaking: dict[HtmlElement, set[HtmlElement | None]] = {}  # {note: what a link back leads to}
    for link in [row for row in root.iter("a") if not foreign.begins_comment(row)]:
        note = _note_of(link, targets)
        if note is None or uids.keys() & {link, *link.iterancestors()}:
            continue  # or it is the link back, in a note
        uids.setdefault(note, str(uuid4()))
        speaking.setdefault(note, set()).update(_near(link))
        number = list(uids).index(note) + 1
        _say_number(link, number, f"{blocks.ADDRESS}{uids[note]}")
    for number, (note, uid) in enumerate(uids.items(), 1):
        back = [row for row in note.iter("a") if _target(row, targets) in speaking[note]]
        content = _content(note, number, back)
        content[0].set("data-block", uid)
        taken.notes[f"{blocks.ADDRESS}{uid}"] = content
    return taken


def _targets(root: HtmlElement) -> dict[str, HtmlElement]:
    """{the name that a link can point to: its element}"""
    found: dict[str, HtmlElement] = {}
    for element in root.iter():
        for name in (element.get("id"), element.get("name")):
            if name:
                found.setdefault(f"#{name}", element)
    return found


def _note_of(link: HtmlElement, targets: dict[str, HtmlElement]) -> HtmlElement | None:
    """The note that a link speaks of: what it points to points back to it."""
    target = targets.get(link.get("href") or "")
    note = target
    while note is not None and note.tag not in HOLDS_A_NOTE:
        note = note.getparent()
    if note is None or note in link.iterancestors():
        return None
    near = _near(link)
    links_back = [row for row in note.iter("a") if _target(row, targets) in near]
    return note if links_back else None


def _near(link: HtmlElement) -> set[HtmlElement | None]:
    """What a link back to this link can point to."""
    return {link, *link.iterdescendants(), link.getparent()}


def _target(link: HtmlElement, targets: dict[str, HtmlElement]) -> HtmlElement | None:
    return targets.get(link.get("href") or "")


def _say_number(link: HtmlElement, number: int, address: str) -> None:
    tail = link.tail
    link.clear()
    link.text, link.tail = f"[{number}]", tail
    link.set("href", address)
    parent = link.getparent()
    if parent is not None and parent.tag == "sup":
        parent.tag = "span"


def _content(note: HtmlElement, number: int, back: list[HtmlElement]) -> list[HtmlElement]:
    """The paragraphs of a note, without its links back, taken from where it stood."""
    for link in back:
        link.drop_tree()
    note.drop_tree()
    frame = lxml.html.Element("article")
    if note.tag == "p":
        frame.append(note)
    else:
        frame.text = note.text
        frame.extend(list(note))
    paragraphs.flatten(frame)
    return _numbered(list(frame), number)


def _numbered(elements: list[HtmlElement], number: int) -> list[HtmlElement]:
    if not elements or elements[0].tag != "p":
        elements.insert(0, lxml.html.Element("p"))
    elements[0].text = f"[{number}] {(elements[0].text or '').lstrip()}"
    return elements
