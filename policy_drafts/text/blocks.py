"""Blocks: the paragraphs, items, cells, headings and pictures of a section, and the uids that stay
theirs.

The server gives uids and keeps them: on each save the new blocks are matched to those of the save
before, by equal text, then by the mutual best ratio of at least 55, repeated until none is left
(docs/decisions/0018 says why).
"""

import unicodedata
import uuid
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from policy_drafts.text import markup

LEAVES = ("p", "h3", "h4", "dt", "figcaption", "img", "summary")
ALIKE = 55  # of 100
MOST_PAIRS = 400_000  # that one save compares by letters; beyond it blocks are new
MOST_LETTERS = (
    2e10  # letters of all old blocks times those of the new ones; beyond it beginnings are compared
)
BEGINNING = 300
PART = 20  # characters from which a piece of a block counts as a part of it


@dataclass(frozen=True)
class Block:
    """One block: its uid, what it is, its normalised text and the HTML inside it."""

    uid: str
    kind: str
    text: str
    html: str
    carried_from: str = ""


def normalised(text: str) -> str:
    """NFC, single spaces; a line break stays one. Offsets are code points of this text."""
    lines = unicodedata.normalize("NFC", text).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def text_of(element) -> str:
    """The normalised text of a block's element."""
    if element.tag == "img":
        return normalised(f"Picture: {element.get('alt') or 'without a description'}")
    parts = []

    def walk(node) -> None:
        parts.append((node.text or "").replace("\n", " "))
        for child in node:
            if child.tag == "br":
                parts.append("\n")
            else:
                walk(child)
            parts.append((child.tail or "").replace("\n", " "))

    walk(element)
    return normalised("".join(parts))


def _kind(element) -> str:
    """What a reader would call it: a paragraph in an item is an item, in a cell a cell."""
    for parent in element.iterancestors("li", "td", "th", "dd", "blockquote"):
        return {
            "li": "item",
            "td": "cell",
            "th": "cell",
            "dd": "definition",
            "blockquote": "quote",
        }[parent.tag]
    names = {
        "h3": "heading",
        "h4": "heading",
        "dt": "term",
        "figcaption": "caption",
        "img": "picture",
    }
    return names.get(element.tag, "paragraph")


def leaves(root):
    """The elements of a tree that are blocks."""
    return list(root.iter(*LEAVES))


def of(html: str) -> list[Block]:
    """The blocks of stored HTML, each with its uid."""
    return [
        Block(
            element.get("data-block", ""),
            _kind(element),
            text_of(element),
            _plain_inner(element),
            element.get("data-from", ""),
        )
        for element in leaves(markup.tree(html))
    ]


def _plain_inner(element):
    """What stands inside, or for a picture the element itself, without uids."""
    if element.tag == "img":
        return f'<img src="{element.get("src")}" alt="">' if element.get("src") else ""
    inner = markup.inner(element)
    return markup.without_marks(inner) if markup.MARKS[0] in inner else inner


def with_uids(html: str, before: str = ""):
    """Clean the HTML and give each block its uid: the one it had in `before` (stored HTML), or a
    new one.
    """
    root = markup.tree(markup.cleaned(html))
    elements, old = leaves(root), of(before)
    texts = [text_of(element) for element in elements]
    found = matched([block.text for block in old], texts)
    for number, (element, text) in enumerate(zip(elements, texts, strict=True)):
        if number in found:
            block = old[found[number]]
            element.set("data-block", block.uid or str(uuid.uuid4()))
            origin = block.carried_from
        else:
            element.set("data-block", str(uuid.uuid4()))
            origin = _part_of(text, old)
        if origin:
            element.set("data-from", origin)
    return markup.inner(root)


def with_fresh_uids(html: str, taken, fresh=lambda uid: uuid.uuid4()):
    """Stored HTML in which each block whose uid is taken has a new one, and says of which it is a
    copy.

    Its own uids are added to `taken`, so that none stands twice.
    """
    root, changed = markup.tree(html), False
    for element in leaves(root):
        uid = element.get("data-block")
        if uid in taken:
            element.set("data-from", uid)
            changed, uid = True, str(fresh(uid))
            element.set("data-block", uid)
        taken.add(uid)
    return markup.inner(root) if changed else html


def _part_of(text: str, old: list[Block]):
    """The uid of the block of which this text is a part or a copy, or ""."""
    if len(text) < PART:
        return ""
    return next((block.uid for block in old if text in block.text), "")


def matched(old: list[str], new: list[str]):
    """{index in new: index in old} for two lists of texts; nothing old is used twice."""
    found = {}
    runs = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for what, old_start, old_end, new_start, new_end in runs:
        if what == "equal":
            found.update(zip(range(new_start, new_end), range(old_start, old_end), strict=True))
    _same_text(old, new, found)
    for _, old_start, old_end, new_start, new_end in runs:
        _alike(old, new, found, range(old_start, old_end), range(new_start, new_end))
    _alike(old, new, found, range(len(old)), range(len(new)))
    return found


def _same_text(old, new, found) -> None:
    """What moved as it is: equal text elsewhere, in order."""
    used, places = set(found.values()), {}
    for index, text in enumerate(old):
        if index not in used:
            places.setdefault(text, []).append(index)
    for index, text in enumerate(new):
        if index not in found and places.get(text):
            found[index] = places[text].pop(0)


def _alike(old, new, found, old_range: range, new_range: range) -> None:
    """Pairs that are each other's best of at least 55, best first, until there is none."""
    used = set(found.values())
    left, right = (
        [row for row in old_range if row not in used],
        [row for row in new_range if row not in found],
    )
    if not left or not right or len(left) * len(right) > MOST_PAIRS:
        return
    if sum(len(old[row]) for row in left) * sum(len(new[row]) for row in right) > MOST_LETTERS:
        old, new = [text[:BEGINNING] for text in old], [text[:BEGINNING] for text in new]
    scores = []
    for there in right:
        for here in left:
            if score := fuzz.ratio(old[here], new[there], score_cutoff=ALIKE):
                scores.append((-score, abs(here - there), here, there))
    # taking the best pair that is left, again and again, is the mutual best, repeated
    scores.sort()
    for _, _, here, there in scores:
        if here not in used and there not in found:
            used.add(here)
            found[there] = here
