"""Tracked changes of a Word file: the text as it was before them, and each as a suggestion.

What is marked can be words, the end of a paragraph, a row of a table, a cell, or a look.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from policy_drafts.desk.readers.word_package import Element, W
from policy_drafts.text import blocks

PUT_IN = (f"{W}ins", f"{W}moveTo")
TAKEN_OUT = (f"{W}del", f"{W}moveFrom")
MOVED = (f"{W}moveTo", f"{W}moveFrom")
LOOKS = tuple(f"{W}{name}Change" for name in ("rPr", "pPr", "tblPr", "trPr", "tcPr"))
LISTED = f"{W}numPr/{W}ins"  # what a suggestion makes an item of a list
SIGNS = {f"{W}noBreakHyphen": "\u2011", f"{W}softHyphen": "\u00ad", f"{W}sym": ""}
WORDS = (f"{W}t", f"{W}delText", f"{W}tab", f"{W}br", f"{W}cr", *SIGNS)
FRAMES = (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", *PUT_IN, *TAKEN_OUT)  # of paragraphs
NO_WORDS = re.compile(r"(?:bookmark|perm)\w+|proofErr|\w+Range\w+|\w+Pr")  # between paragraphs
SOMEBODY = "Somebody"


@dataclass
class Change:
    """A suggestion: what stood there, what is suggested, by whom, at which paragraphs."""

    before: str
    after: str
    authors: list[str]
    paragraphs: Sequence[Element] = field(default_factory=list)
    is_move: bool = False

    @property
    def words(self) -> str:
        """The suggestion in words."""
        if self.is_move and not self.after:
            suggested = "to move it from here to another place"
        else:
            suggested = self.after or "to take it out"
        if self.is_move and not self.before:
            suggested = f"{suggested} (moved here from another place)"
        return f"Instead of: {self.before or 'nothing'}\n\nSuggested: {suggested}"


def words_in(element: Element, *, deleted: bool = True, inserted: bool = True) -> str:
    """The words in an element, with or without what tracked changes took out or put in.

    Several paragraphs are several lines.
    """
    unwanted = (() if inserted else PUT_IN) + (() if deleted else TAKEN_OUT)
    lines: list[list[str]] = [[]] if element.tag == f"{W}p" else []
    for row in element.iter(f"{W}p", *WORDS):
        if row.tag == f"{W}p":
            if row is not element:
                lines.append([])
            continue
        if unwanted and _is_in(row, unwanted):
            continue
        if not lines:
            lines.append([])
        is_text = row.tag in (f"{W}t", f"{W}delText")
        lines[-1].append((row.text or "") if is_text else SIGNS.get(str(row.tag), " "))
    return "\n".join(filter(None, (blocks.normalised("".join(line)) for line in lines)))


def _is_in(element: Element, tags: Sequence[str]) -> bool:
    """Is it within a change of words, or in a row or cell that was put in or taken out?"""
    for parent in element.iterancestors():
        if parent.tag in tags:
            return True
        if parent.tag in (f"{W}tr", f"{W}tc") and _mark_of_cells(parent, tags) is not None:
            return True
    return False


def _mark_of_cells(element: Element, tags: Sequence[str]) -> Element | None:
    """The mark of a row or cell that was put in or taken out."""
    if element.tag == f"{W}tr":
        marks = (element.find(f"{W}trPr/{tag}") for tag in tags)
        return next((mark for mark in marks if mark is not None), None)
    name = "cellIns" if PUT_IN[0] in tags else "cellDel"
    return element.find(f"{W}tcPr/{W}{name}")


def _end(paragraph: Element, tags: Sequence[str]) -> Element | None:
    """The mark of a paragraph's end that was put in or taken out."""
    marks = paragraph.iterfind(f"{W}pPr/{W}rPr/*")
    return next((row for row in marks if row.tag in tags), None)


def changes_in(document: Element) -> Iterator[Change]:
    """Each suggestion in a text: of a row, a paragraph, or several that run into each other."""
    for group in _groups(document):
        marks = [mark for paragraph in group for mark in _marks(paragraph)]
        if not marks:
            continue
        before = _joined(group, PUT_IN, inserted=False)
        after = _joined(group, TAKEN_OUT, deleted=False)
        if before != after:
            authors = dict.fromkeys(mark.get(f"{W}author") or SOMEBODY for mark in marks)
            is_move = all(mark.tag in MOVED for mark in marks)
            yield Change(before, after, list(authors), group, is_move)


def passing_in(document: Element) -> list[str]:
    """The words that one change put in and another took out: they stand in neither text.

    Those of one paragraph are one passage; what each change took out is apart from the next.
    """
    passages: list[str] = []
    last: tuple[Element | None, Element | None] = (None, None)
    for row in document.iter(f"{W}delText", f"{W}t"):
        if _is_in(row, PUT_IN) and _is_in(row, TAKEN_OUT):
            paragraph = next(row.iterancestors(f"{W}p"), None)
            change = next(row.iterancestors(*TAKEN_OUT), None)
            if paragraph is not last[0] or not passages:
                passages.append("")
            elif change is not last[1]:
                passages[-1] += " "
            passages[-1] += row.text or ""
            last = (paragraph, change)
    return list(filter(None, map(blocks.normalised, passages)))


def looks_in(document: Element) -> list[str]:
    """The authors of suggestions that change only how words look, one for each."""
    rows = [*document.iter(*LOOKS), *document.iterfind(f".//{LISTED}")]
    return [row.get(f"{W}author") or SOMEBODY for row in rows]


def _marks(paragraph: Element) -> list[Element]:
    """All marks of changes in a paragraph, at its end, or of the row or cell where it stands."""
    found = list(paragraph.iter(*PUT_IN, *TAKEN_OUT))
    for parent in paragraph.iterancestors(f"{W}tr", f"{W}tc"):
        for tags in (PUT_IN, TAKEN_OUT):
            if (mark := _mark_of_cells(parent, tags)) is not None:
                found.append(mark)
    for parent in paragraph.iterancestors(*PUT_IN, *TAKEN_OUT):
        found.append(parent)
    return found


def _groups(document: Element) -> Iterator[list[Element]]:
    """The paragraphs, those together between which an end was put in or taken out."""
    seen: set[Element] = set()
    for paragraph in document.iter(f"{W}p"):
        if paragraph in seen:
            continue
        group = [paragraph]
        while (following := _runs_on_to(group[-1])) is not None:
            group.append(following)
        seen.update(group)
        yield group


def _runs_on_to(paragraph: Element) -> Element | None:
    """The next paragraph, where a change at the end of this one joins or parts the two."""
    if _end(paragraph, PUT_IN) is not None:
        words = words_in(paragraph, inserted=False)
    elif _end(paragraph, TAKEN_OUT) is not None:
        words = words_in(paragraph, deleted=False)
    else:
        return None
    return _next_paragraph(paragraph) if words else None


def _next_paragraph(paragraph: Element) -> Element | None:
    """The paragraph that follows, where nothing is between but frames and marks of a place."""
    row = _after(paragraph)
    while row is not None and row.tag != f"{W}p":
        if _is_frame(row) and len(row):
            row = row[0]
        elif _is_frame(row) or NO_WORDS.fullmatch(str(row.tag).removeprefix(W)):
            row = _after(row)
        else:
            return None
    return row


def _after(element: Element) -> Element | None:
    """What follows an element; behind the last one in a frame, what follows the frame."""
    following, parent = element.getnext(), element.getparent()
    while following is None and parent is not None and _is_frame(parent):
        following, parent = parent.getnext(), parent.getparent()
    return following


def _is_frame(element: Element) -> bool:
    """Does it only frame paragraphs? A table of contents does more: it does not come."""
    return element.tag in FRAMES and element.find(f"{W}sdtPr/{W}docPartObj") is None


def _joined(group: Sequence[Element], tags: Sequence[str], **which: bool) -> str:
    """The words of some paragraphs, those in one line between which there is no end."""
    text = ""
    for paragraph in group:
        text += words_in(paragraph, **which)
        if paragraph is not group[-1]:
            text += _gap(paragraph) if _end(paragraph, tags) is not None else "\n"
    return blocks.normalised(text)


def _gap(paragraph: Element) -> str:
    """The space at the end of a paragraph that goes on in the next one, if there is one."""
    words = [row.text or "" for row in paragraph.iter(f"{W}t", f"{W}delText")]
    return " " if words and words[-1].endswith(" ") else ""


def put_back_looks(document: Element) -> None:
    """Let all look as it did before the tracked changes: what was struck out then, is so again."""
    for listed in document.findall(f".//{LISTED}/.."):
        _remove(listed)
    for mark in list(document.iter(*LOOKS)):
        _put_back_look(mark)


def reject(document: Element) -> None:
    """Make the text as it was before the tracked changes, those of looks put back before."""
    _leave_out(document)
    for mark in list(document.iter(*TAKEN_OUT)):
        if _is_property(mark):
            _remove(mark)
        else:
            _put_back(mark)
    for tag, plain in ((f"{W}delText", f"{W}t"), (f"{W}delInstrText", f"{W}instrText")):
        for text in document.iter(tag):
            text.tag = plain


def _leave_out(document: Element) -> None:
    """Leave out what was put in: rows and cells, ends of paragraphs, words."""
    for row in list(document.iter(f"{W}tr", f"{W}tc")):
        if _mark_of_cells(row, PUT_IN) is not None:
            _remove(row)
    for paragraph in list(document.iter(f"{W}p")):
        if _end(paragraph, PUT_IN) is not None:
            _join_to_next(paragraph)
    for mark in list(document.iter(*PUT_IN)):
        if not _is_property(mark):
            _remove(mark)


def _is_property(mark: Element) -> bool:
    """Is it the mark of a paragraph's end, of a row or of a number, which holds no words?"""
    parent = mark.getparent()
    return parent is None or str(parent.tag).endswith("Pr")


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _put_back(mark: Element) -> None:
    """Put what was taken out in the place of its mark."""
    parent = mark.getparent()
    if parent is None:
        return
    place = parent.index(mark)
    for offset, child in enumerate(list(mark)):
        parent.insert(place + offset, child)
    parent.remove(mark)


def _join_to_next(paragraph: Element) -> None:
    """Put a paragraph whose end was put in before the words of the next, which it was one with."""
    following = _next_paragraph(paragraph)
    if following is None:
        _remove_empty(paragraph)
        return
    inside = [child for child in paragraph if child.tag != f"{W}pPr"]
    first = following.find(f"{W}pPr")
    place = 0 if first is None else 1
    for offset, child in enumerate(inside):
        following.insert(place + offset, child)
    _remove(paragraph)


def _remove_empty(paragraph: Element) -> None:
    """Remove a paragraph that was put in, unless it is all that its cell holds."""
    parent = paragraph.getparent()
    is_alone = parent is None or len(parent.findall(f"{W}p")) == 1
    if not is_alone and not words_in(paragraph, inserted=False):
        _remove(paragraph)


def _put_back_look(mark: Element) -> None:
    """Give words the look, and a paragraph the style, that they had before."""
    holder = mark.getparent()
    before = next(iter(mark), None)
    if holder is None or before is None:
        return
    stays = (f"{W}rPr", f"{W}sectPr") if holder.tag == f"{W}pPr" else ()
    kept = [row for row in holder if row.tag in stays]
    for child in list(holder):
        holder.remove(child)
    holder.extend([*before, *kept])
