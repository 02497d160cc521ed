"""PDF/UA-1 by typst: tagged, with bookmarks, title and language.

Its compiler refuses what is not PDF/UA. Text goes in as JSON data, never as markup; pictures as
files of a folder that lives as long as the compiling.
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import typst
from lxml.html import HtmlElement

from policy_drafts.drafts.exports.facts import facts, picture_of, pictures
from policy_drafts.models import Draft, PolicyPicture
from policy_drafts.text import blocks, markup, tables

TEMPLATE = Path(__file__).parent / "paper" / "draft.typ"
FONTS = str(TEMPLATE.parent / "fonts")  # the site's typeface: one without serifs is easier to read
NORMAL, LARGE = 12, 18  # points; UKAAF: large print is 16 to 18 points or more
INLINE = {"strong": "strong", "em": "em", "a": "link"}
ONE_TEXT = {"p": "p", "figcaption": "p", "summary": "p", "dt": "term"}
HOLDERS = {"blockquote": "quote", "dd": "indent"}

Node = dict[str, Any]  # what the template draws: {"t": what, "c": what stands inside, …}


def of_draft(draft: Draft, audience: str) -> bytes:
    """The draft as PDF, in bytes."""
    return _compile(draft, audience, NORMAL)


def in_large_print(draft: Draft, audience: str) -> bytes:
    """The same in 18 points."""
    return _compile(draft, audience, LARGE)


def _compile(draft: Draft, audience: str, size: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        data = {
            "title": draft.policy_title,
            "name": str(draft),
            "size": size,
            "facts": facts(draft, audience),
            "news": draft.news.splitlines(),
            "sections": _sections(draft, root),
        }
        (root / "data.json").write_text(json.dumps(data))
        shutil.copy(TEMPLATE, root / "draft.typ")
        return typst.compile(
            str(root / "draft.typ"),
            root=folder,
            format="pdf",
            pdf_standards=["ua-1"],
            ignore_system_fonts=True,
            font_paths=[FONTS],
        )


def _sections(draft: Draft, folder: Path) -> list[Node]:
    nodes = Nodes(folder, pictures(draft.policy))
    return [
        {"title": f"{section.number}. {section.title}", "body": nodes.section(section.html)}
        for section in draft.sections.all()
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
        return self._children(root)

    def _children(self, parent: HtmlElement) -> list[Node]:
        return [_in_language(child, node) for child in parent if (node := self._element(child))]

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
        rows = [[self._cell(cell) for cell in row] for row in tables.rows_of(element)]
        if not rows:
            return None
        width = max(_width(row) for row in rows)
        for row in rows:  # every row is as wide as the widest
            row += [{"span": 1, "head": False, "c": []}] * (width - _width(row))
        head = all(cell["head"] for cell in rows[0])
        return {"t": "table", "width": width, "head": head, "rows": rows}

    def _cell(self, cell: HtmlElement) -> Node:
        return {"span": tables.span_of(cell), "head": cell.tag == "th", "c": self._children(cell)}

    def _picture(self, element: HtmlElement) -> Node:
        picture = picture_of(element, self.pictures)
        if picture is None:
            return {"t": "p", "c": [_text(blocks.text_of(element))]}
        name = f"{picture.pk}.webp"
        (self.folder / name).write_bytes(picture.content)
        words = element.get("alt") or "A picture without a description"
        return {"t": "picture", "file": name, "alt": words}


def _in_language(element: HtmlElement, node: Node) -> Node:
    """The node, in the language that its element says; typst knows it by its first letters."""
    if tag := element.get("lang"):
        return {"t": "language", "language": tag.split("-")[0], "c": [node]}
    return node


def _width(row: list[Node]) -> int:
    return sum(cell["span"] for cell in row)


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
