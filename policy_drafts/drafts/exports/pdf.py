"""PDF/UA-1 by typst: tagged, with bookmarks, title and language.

Its compiler refuses what is not PDF/UA. Text goes in as JSON data, never as markup; pictures as
files of a folder that lives as long as the compiling.
"""

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import typst
from lxml.html import HtmlElement

from policy_drafts.drafts.exports.edition import Edition
from policy_drafts.drafts.exports.facts import check_sum, facts, picture_of
from policy_drafts.models import PolicyPicture
from policy_drafts.text import blocks, directions, markup, printable, tables
from policy_drafts.text.notices import CHECK_SUM, NEWS

TEMPLATE = Path(__file__).parent / "paper" / "draft.typ"
NOT_DRAWN = re.compile(r'the text `"(.+)"` could not be displayed', re.DOTALL)
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
MOST_TRIES = 20
MOST_NAMED = 10
NORMAL, LARGE = 12, 18  # points; UKAAF: large print is 16 to 18 points or more
INLINE = {"strong": "strong", "em": "em", "a": "link"}
ONE_TEXT = {"p": "p", "figcaption": "p", "summary": "p", "dt": "term"}
HOLDERS = {"blockquote": "quote", "dd": "indent"}

Node = dict[str, Any]  # what the template draws: {"t": what, "c": what stands inside, …}


def write(edition: Edition) -> bytes:
    """The draft as PDF, in bytes."""
    return _write(edition, NORMAL)


def write_large(edition: Edition) -> bytes:
    """The same in 18 points."""
    return _write(edition, LARGE)


def _write(edition: Edition, size: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        data = {
            "title": edition.title,
            "name": edition.name,
            "size": size,
            "facts": [*facts(edition), *_not_shown(edition)],
            "news": {"heading": NEWS, "lines": edition.news.splitlines()},
            "sections": _sections(edition, root),
            "check_sum": {"heading": CHECK_SUM, "words": check_sum(edition)},
        }
        shutil.copy(TEMPLATE, root / "draft.typ")
        return _compile(root, json.dumps(data, ensure_ascii=False))


def _compile(root: Path, data: str) -> bytes:
    """The PDF of this data; what no typeface draws there has a stand-in.

    The table of signs knows what is not drawn. Should it be wrong of one, the compiler says so, and
    there is a file all the same.
    """
    data = printable.with_stand_ins(data)
    for _ in range(MOST_TRIES):
        (root / "data.json").write_text(data)
        try:
            return typst.compile(
                str(root / "draft.typ"),
                root=str(root),
                format="pdf",
                pdf_standards=["ua-1"],
                ignore_system_fonts=True,
                font_paths=printable.TYPEFACES,
            )
        except typst.TypstError as error:
            found = NOT_DRAWN.search(str(error))
            if found is None:
                raise
            data = data.replace(_unescaped(found[1]), printable.STAND_IN)
    raise ValueError("There are too many signs that cannot be printed.")


def _unescaped(text: str) -> str:
    """A text as the compiler quotes it, read again."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)


def _not_shown(edition: Edition) -> list[tuple[str, str]]:
    """A line for the first page on the signs that have a stand-in, where there is one."""
    found = printable.lacking("".join(edition.texts()))
    if not found:
        return []
    signs = "; ".join(printable.described(sign) for sign in found[:MOST_NAMED])
    more = " and others" if len(found) > MOST_NAMED else ""
    where = f"{printable.STAND_IN} stands for what these letters lack: {signs}{more}."
    return [("Not shown here", f"{where} The web page and the Word file have it.")]


def _sections(edition: Edition, folder: Path) -> list[Node]:
    nodes = Nodes(folder, edition.pictures)
    return [
        {
            "title": section.heading,
            "rtl": directions.is_right_to_left(section.title),
            "body": nodes.section(section.html),
        }
        for section in edition.sections
    ]


class Nodes:
    """Our markup as nodes that the template draws; pictures are put into the folder."""

    def __init__(self, folder: Path, known: dict[str, PolicyPicture]) -> None:
        self.folder, self.pictures, self.level = folder, known, 2

    def section(self, html: str) -> list[Node]:
        """The text of a section."""
        self.level = 2  # the section's own heading
        root = markup.tree(html)
        tables.tidy(root)
        directions.mark(root)
        return self._children(root)

    def _children(self, parent: HtmlElement) -> list[Node]:
        return [_as_it_is_read(child, node) for child in parent if (node := self._element(child))]

    def _element(self, element: HtmlElement) -> Node | None:
        """The node of an element; None where nothing is to be drawn."""
        tag = markup.tag_of(element)
        if tag in ("h3", "h4"):
            return self._heading(element)
        if tag in ONE_TEXT:
            return {"t": ONE_TEXT[tag], "c": _inline(element)}
        if tag in ("ul", "ol"):
            start = int(element.get("start") or 1)
            return {"t": tag, "start": start, "c": [self._children(item) for item in element]}
        if tag == "table":
            return self._table(element)
        if tag == "img":
            return self._picture(element)
        return {"t": HOLDERS.get(tag, "group"), "c": self._children(element)}

    def _heading(self, element: HtmlElement) -> Node:
        self.level = min(
            int(markup.tag_of(element)[1]), self.level + 1
        )  # PDF/UA: no level is skipped
        return {"t": "heading", "level": self.level, "c": _inline(element)}

    def _table(self, element: HtmlElement) -> Node | None:
        grid = tables.grid_of(element)
        if not grid.cells:
            return None
        return {
            "t": "table",
            "width": grid.width,
            "head": grid.heading_rows,
            "cells": [self._cell(place) for place in grid.cells],
        }

    def _cell(self, place: tables.Placed) -> Node:
        return {
            "x": place.start,
            "y": place.row,
            "across": place.across,
            "down": place.down,
            "c": self._children(place.cell),
        }

    def _picture(self, element: HtmlElement) -> Node:
        picture = picture_of(element, self.pictures)
        if picture is None:
            return {"t": "p", "c": [_text(blocks.text_of(element))]}
        name = f"{picture.pk}.webp"
        (self.folder / name).write_bytes(picture.content)
        words = element.get("alt") or "A picture without a description"
        return {"t": "picture", "file": name, "alt": words}


def _as_it_is_read(element: HtmlElement, node: Node) -> Node:
    """The node of an element, in its own direction and language if it has one.

    typst knows a language by its first letters.
    """
    if direction := element.get("dir"):
        node = {"t": "direction", "to": direction, "c": [node]}
    if tag := element.get("lang"):
        node = {"t": "language", "language": tag.split("-")[0], "c": [node]}
    return node


def _text(words: str) -> Node:
    return {"t": "text", "c": words}


def _inline(element: HtmlElement) -> list[Node]:
    """What stands inside a text: words, line breaks, and words that are strong, em or a link."""
    found = [_text(element.text)] if element.text else []
    for child in element:
        if child.tag == "br":
            found.append({"t": "br"})
        elif child.tag == "img":
            found.append(_text(blocks.text_of(child)))
        else:
            kind, address = INLINE.get(markup.tag_of(child), "span"), child.get("href") or ""
            found.append({"t": kind, "href": address, "c": _inline(child)})
        if child.tail:
            found.append(_text(child.tail))
    return found
