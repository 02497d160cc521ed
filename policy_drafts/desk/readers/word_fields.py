"""Fields of a Word file: links, tables of contents, and lists to choose from."""

import re
from collections.abc import Iterator

from policy_drafts.desk.readers.word_package import Element, W
from policy_drafts.desk.readers.word_styles import run_of, value_of

LINK = re.compile(r'\s*HYPERLINK\s+(?:"([^"]*)"|([^\s\\"]\S*))?(.*)', re.DOTALL)
PART = re.compile(r'\\l\s+"([^"]*)"')


def say(document: Element) -> None:
    """Say a field as mammoth knows it: the whole address of a link, the chosen words of a list."""
    for texts in list(_instructions(document)):
        if found := LINK.fullmatch("".join(row.text or "" for row in texts)):
            for row in texts:
                row.text = ""
            texts[0].text = _link(found[1] or found[2] or "", found[3])
    _say_lists(document)


def _instructions(document: Element) -> Iterator[list[Element]]:
    """The pieces of each field's instruction."""
    open_fields: list[list[Element]] = []
    for row in document.iter(f"{W}fldChar", f"{W}instrText"):
        kind = row.get(f"{W}fldCharType")
        if row.tag == f"{W}instrText":
            if open_fields:
                open_fields[-1].append(row)
        elif kind == "begin":
            open_fields.append([])
        elif kind == "end" and open_fields and (texts := open_fields.pop()):
            yield texts


def _link(address: str, more: str) -> str:
    """The instruction of a link without what else it says: in which window it opens."""
    part = PART.search(more)
    if address and part:
        return f' HYPERLINK "{address}#{part[1]}"'
    if part:
        return f' HYPERLINK \\l "{part[1]}"'
    return f' HYPERLINK "{address}"'


def _say_lists(document: Element) -> None:
    """The entry that was chosen from a list of an old form, as words."""
    for row in list(document.iter(f"{W}ddList")):
        entries = [value_of(entry) for entry in row.iter(f"{W}listEntry")]
        chosen = value_of(row.find(f"{W}result")) or value_of(row.find(f"{W}default")) or "0"
        run = next(row.iterancestors(f"{W}r"), None)
        if run is not None and chosen.isdecimal() and int(chosen) < len(entries):
            run.addprevious(run_of(entries[int(chosen)], run))


def of_contents(document: Element) -> list[Element]:
    """The paragraphs in which the field of a table of contents stands, if it is a whole one."""
    found: list[Element] = []
    depth, is_open, instruction = 0, False, ""
    for paragraph in document.iter(f"{W}p"):
        if is_open:
            found.append(paragraph)
        for row in paragraph.iter(f"{W}fldChar", f"{W}instrText"):
            if row.tag == f"{W}instrText":
                instruction += row.text or ""
                continue
            kind = row.get(f"{W}fldCharType")
            if kind == "begin":
                depth, instruction = depth + is_open, ""
            elif kind == "separate" and not is_open and instruction.split()[:1] == ["TOC"]:
                is_open, depth = True, 0
                found.append(paragraph)
            elif kind == "end" and is_open:
                is_open, depth = depth > 0, max(depth - 1, 0)
    return [] if is_open else list(dict.fromkeys(found))
