"""The whole text of a section for reading, and at each passage what happened to it.

A passage that changed says "Now" and, behind it, "Before": both whole. What was taken out stands
where it stood. Bold, links, lists and tables stay as they are in the text.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

import lxml.html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from lxml.html import HtmlElement

from policy_drafts.text import blocks, change_words, markup, reading, word_diffs
from policy_drafts.text.diffs import Row, What
from policy_drafts.text.tags import ONE_TEXT
from policy_drafts.text.word_diffs import PUT_IN, TAKEN_OUT

BEGINNING = 12  # words of a passage that can be read whole in another place
BESIDE = {"li": "li", "dt": "dd", "dd": "dd"}  # what can stand behind these; else a paragraph
WITHIN = {"item": {"li"}, "term": {"dt", "dd"}, "definition": {"dt", "dd"}}
HOLDS_TEXT = {*ONE_TEXT, "a", "strong", "em"}  # where no paragraph can stand inside


def with_changes(html: str, rows: Sequence[Row]) -> SafeString:
    """A section's stored HTML as a page for reading shows it, with what its rows say."""
    page = reading.for_reading(html)
    if all(row.what == What.SAME for row in rows):
        return page
    root = markup.tree(page)
    places = {element.get("id"): element for element in root.iter() if element.get("id")}
    last: HtmlElement | None = None
    for row in rows:
        if row.new is None:
            last = _put_back(root, last, row)
        elif (element := places.get(f"b-{row.new.uid}")) is not None:
            last = element if row.what == What.SAME else _tell(element, row)
    return mark_safe(markup.inner(root))


def _tell(element: HtmlElement, row: Row) -> HtmlElement:
    """Say what happened to a passage; returns what is behind it now."""
    words = change_words.happened(row)
    if row.old is not None and row.both:
        _mark(element, row.old.text, row.block.text)
    if element.tag != "p":
        return _note(element, f"{words}.", _before(row))
    if row.both:
        words = "Now" if row.what == What.REWORDED else f"{words}. Now"
    element.set("class", f"told told--{row.what}")
    start = _bold(f"{words}:")
    start.tail, element.text = f" {element.text or ''}", None
    element.insert(0, start)
    return _note(element, "", _before(row)) if row.both else element


def _before(row: Row) -> str:
    """What it said before, as HTML; "" where it says the same."""
    return f"<b>Before:</b> {row.both.before}" if row.both else ""


def _note(element: HtmlElement, words: str, html: str) -> HtmlElement:
    """Put a note behind a passage, or nothing where there is nothing to say."""
    anchor = element
    parent = anchor.getparent()
    while parent is not None and parent.tag in HOLDS_TEXT:
        anchor, parent = parent, parent.getparent()
    tag = "dd" if parent is not None and parent.tag == "dl" else "p"
    note = _made(tag, f"{words} {html}".strip(), "told told--before")
    anchor.addnext(note)
    return note


def _put_back(root: HtmlElement, last: HtmlElement | None, row: Row) -> HtmlElement:
    """Show where it stood what was taken out, or went; returns what shows it."""
    text = row.block.text
    if row.stands_elsewhere:
        text = Truncator(text).words(BEGINNING)
    anchor = _anchor(root, last, row)
    tag = BESIDE.get(markup.tag_of(anchor), "p") if anchor is not None else "p"
    is_seen = tag != "p" or row.block.kind == "paragraph"
    words = f"{change_words.happened(row)}:" if is_seen else f"{change_words.label(row)}."
    html = f"<b>{words}</b> {word_diffs.shown(text)}"
    made = _made(tag, html, f"told told--{row.what}")
    if anchor is None:
        root.insert(0, made)
    else:
        anchor.addnext(made)
    return made


def _anchor(root: HtmlElement, last: HtmlElement | None, row: Row) -> HtmlElement | None:
    """Behind what it is shown: an item in its list, all else beside what it stood among."""
    if last is None:
        return None
    above = [last, *last.iterancestors()]
    above = above[: above.index(root)]
    near = next((one for one in above if one.tag in WITHIN.get(row.block.kind, ())), None)
    return above[-1] if near is None else near


def _bold(words: str) -> HtmlElement:
    element = lxml.html.Element("b")
    element.text = words
    return element


def _made(tag: str, html: str, name: str) -> HtmlElement:
    element = lxml.html.fragment_fromstring(html, create_parent=tag)
    element.set("class", name)
    return element


def _mark(element: HtmlElement, old: str, new: str) -> None:
    """Mark the words of a passage that are new, for the eyes; its bold and links stay."""
    flags = _new_signs(old, new)
    # piece by piece: an accent that stands alone in bold is no sign of the whole text
    texts = [(text, blocks.composed(str(text))) for text in element.xpath(".//text()")]
    if flags is None or sum(len("".join(words.split())) for _, words in texts) != len(flags):
        return
    left = iter(flags)
    for text, words in texts:
        parts = list(_parts(words, left))
        if any(is_new for is_new, _ in parts):
            _write(text.getparent(), parts, is_tail=text.is_tail)


def _new_signs(old: str, new: str) -> list[bool] | None:
    """Of each sign of the new text but space: is it new? None where no word stayed."""
    found = [row for row in word_diffs.pieces(old, new) if row[0] != TAKEN_OUT]
    if all(what == PUT_IN or not text.strip() for what, text in found):
        return None
    return [what == PUT_IN for what, text in found for sign in text if not sign.isspace()]


def _parts(text: str, flags: Iterator[bool]) -> Iterator[tuple[bool, str]]:
    """The text in runs that are new or not; space goes with what stood before it."""
    state = False
    signs = []
    for sign in text:
        if not sign.isspace():
            state = next(flags)
        signs.append((state, sign))
    for is_new, run in groupby(signs, key=lambda row: row[0]):
        words = "".join(sign for _, sign in run)
        bare = words.rstrip()
        yield is_new, bare if is_new else words
        if is_new and len(bare) < len(words):
            yield False, words[len(bare) :]


def _write(parent: HtmlElement, parts: Sequence[tuple[bool, str]], *, is_tail: bool) -> None:
    """Write the runs in the place of the text of an element, or of what stands behind it."""
    around = parent.getparent() if is_tail else None
    holder, place = parent, 0
    if around is not None:
        holder, place = around, around.index(parent) + 1
        parent.tail = ""
    else:
        parent.text = ""
    for is_new, words in parts:
        if is_new:
            mark = lxml.html.Element("span", {"class": "put-in"})
            mark.text = words
            holder.insert(place, mark)
            place += 1
        elif place:
            before = holder[place - 1]
            before.tail = (before.tail or "") + words
        else:
            holder.text = (holder.text or "") + words
