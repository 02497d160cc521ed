"""Blocks: the paragraphs, items, cells, headings and pictures of a section, and their lasting uids.

The server gives uids and keeps them: on each save the new blocks are matched to those of the save
before (see `matching`).
"""

import unicodedata
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from policy_drafts.text import markup
from policy_drafts.text.matching import Matching
from policy_drafts.text.tags import ONE_TEXT

LEAVES = (*ONE_TEXT, "img")
Elsewhere = Callable[[Collection[str]], Mapping[str, str]]
ADDRESS = "#b-"  # and a uid: where a block stands on a page
FIRST_SIGN = 0xF0000  # Unicode, a private plane: in no text of ours
PART = 20  # characters from which a piece of a block counts as a part of it
NAMES_INSIDE = {
    "li": "item",
    "td": "cell",
    "th": "cell",
    "dd": "definition",
    "blockquote": "quote",
}
NAMES = {
    "h3": "heading",
    "h4": "heading",
    "dt": "term",
    "figcaption": "caption",
    "img": "picture",
}


@dataclass(frozen=True)
class Block:
    """One block: its uid, what it is, its normalised text and the HTML inside it."""

    uid: str
    kind: str
    text: str
    html: str
    carried_from: str = ""


def composed(text: str) -> str:
    """The text in NFC (Unicode, UAX 15): one code point for a letter and its accent."""
    return unicodedata.normalize("NFC", text)


def normalised(text: str) -> str:
    """The text in NFC, with single spaces; a line break stays one.

    Offsets in a block count the code points of this text.
    """
    lines = composed(text).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def text_of(element: HtmlElement) -> str:
    """The normalised text of a block's element."""
    if element.tag == "img":
        return normalised(f"Picture: {element.get('alt') or 'without a description'}")
    return normalised("".join(_pieces_of_text(element)))


def _pieces_of_text(element: HtmlElement) -> Iterator[str]:
    """The words inside an element, a line break for each <br>."""
    yield (element.text or "").replace("\n", " ")
    for child in element:
        if child.tag == "br":
            yield "\n"
        else:
            yield from _pieces_of_text(child)
        yield (child.tail or "").replace("\n", " ")


def _kind(element: HtmlElement) -> str:
    """What a reader would call it: a paragraph in an item is an item, in a cell a cell."""
    for parent in element.iterancestors(*NAMES_INSIDE):
        return NAMES_INSIDE[markup.tag_of(parent)]
    return NAMES.get(markup.tag_of(element), "paragraph")


def leaves(root: HtmlElement) -> list[HtmlElement]:
    """The elements of a tree that are blocks."""
    return list(root.iter(*LEAVES))


def read(html: str) -> list[Block]:
    """The blocks of stored HTML, each with its uid."""
    return [
        Block(
            uid=element.get("data-block", ""),
            kind=_kind(element),
            text=text_of(element),
            html=_plain_inner(element),
            carried_from=element.get("data-from", ""),
        )
        for element in leaves(markup.tree(html))
    ]


def _plain_inner(element: HtmlElement) -> str:
    """What stands inside, or for a picture the element itself, without uids."""
    if element.tag == "img":
        return f'<img src="{element.get("src")}" alt="">' if element.get("src") else ""
    inner = markup.inner(element)
    return markup.without_marks(inner) if markup.MARKS[0] in inner else inner


def _nothing(texts: Collection[str]) -> Mapping[str, str]:
    return {}


def with_uids(html: str, before: str = "", elsewhere: Elsewhere = _nothing) -> str:
    """Clean the HTML and give each block a uid: the one it had in `before`, or a new one.

    `before` is the stored HTML of the save before; `elsewhere` says of which blocks outside it some
    exact texts are, {text: uid}. Such a text never takes the uid of one that it is only like: else
    a paragraph that was cut in one section and pasted into another would be taken for a third.
    """
    root, old = markup.tree(markup.cleaned(html)), read(before)
    elements = leaves(root)
    texts = [text_of(element) for element in elements]
    matching = Matching(*_what_they_are(old, elements, texts))
    origins = elsewhere({texts[index] for index in matching.left}) if matching.left else {}
    found = matching.with_alike(but=[row for row in matching.left if texts[row] in origins])
    _give_to_the_first_piece(found, old, texts, [_kind(element) for element in elements])
    for number, element in enumerate(elements):
        if number in found:
            block = old[found[number]]
            _mark(element, block.uid, block.carried_from)
        else:
            text = texts[number]
            _mark(element, "", origins.get(text) or _origin_of(text, old))
    _lead_links(elements, html)
    return markup.inner(root)


def _what_they_are(
    old: Sequence[Block], elements: list[HtmlElement], texts: list[str]
) -> tuple[list[str], list[str]]:
    """What old and new blocks are compared by: their words, or of a picture which one it is.

    Whose description is written later is the same picture. Each has a sign of its own, so that
    two pictures are never taken for alike by their addresses.
    """
    signs: dict[str, str] = {}

    def sign_of(source: str) -> str:
        return signs.setdefault(source, chr(FIRST_SIGN + len(signs)))

    before = [
        sign_of(block.html) if block.kind == "picture" and block.html else block.text
        for block in old
    ]
    now = [
        sign_of(_plain_inner(element)) if element.tag == "img" and element.get("src") else text
        for element, text in zip(elements, texts, strict=True)
    ]
    return before, now


def _lead_links(elements: list[HtmlElement], html: str) -> None:
    """Let links to blocks of the HTML that came lead to them by the uids that they have now."""
    if ADDRESS not in html or markup.MARKS[0] not in html:
        return
    came = leaves(markup.tree(html))
    uids = {
        f"{ADDRESS}{old.get('data-block')}": new.get("data-block")
        for old, new in zip(came, elements, strict=False)
    }
    for element in elements:
        for link in element.iter("a"):
            if uid := uids.get(link.get("href") or ""):
                link.set("href", f"{ADDRESS}{uid}")


def _give_to_the_first_piece(
    found: dict[int, int], old: Sequence[Block], texts: list[str], kinds: list[str]
) -> None:
    """Where a block was split the first of its pieces goes on as that block.

    A heading that was made of its first words is none of them.
    """
    pieces = {place: index for index, place in found.items() if texts[index] in old[place].text}
    for index, text in enumerate(texts):
        if index in found or len(text) < PART:
            continue
        for place, last in pieces.items():
            block = old[place]
            if kinds[index] == "heading" != block.kind:
                continue
            if index < last and text in block.text and texts[last] != block.text:
                del found[last]
                found[index] = place
                pieces[place] = index
                break


def _mark(element: HtmlElement, uid: str, origin: str) -> None:
    """Write the uid (a new one where there is none) and the block of which it is a part."""
    element.set("data-block", uid or str(uuid.uuid4()))
    if origin:
        element.set("data-from", origin)


def _origin_of(text: str, old: Sequence[Block]) -> str:
    """The uid of the block of which this text is a part or a copy, or ""."""
    if len(text) < PART:
        return ""
    return next((block.uid for block in old if text in block.text), "")


def _new_uid(uid: str) -> uuid.UUID:
    return uuid.uuid4()


def with_fresh_uids(
    html: str, taken: set[str], fresh: Callable[[str], uuid.UUID] = _new_uid
) -> str:
    """Stored HTML in which each block whose uid is taken has a new one, and says whose copy it is.

    Its own uids are added to `taken`, so that none stands twice. `fresh` makes the new uid from the
    one that is taken.
    """
    root, changed = markup.tree(html), False
    for element in leaves(root):
        uid = element.get("data-block", "")
        if uid in taken:
            element.set("data-from", uid)
            changed, uid = True, str(fresh(uid))
            element.set("data-block", uid)
        taken.add(uid)
    return markup.inner(root) if changed else html
