"""PDF/UA-1 by typst: tagged, with bookmarks, title and language.

Its compiler refuses what is not PDF/UA.

Text goes in as JSON data, never as markup; pictures as files of a folder that lives as long as the
compiling.
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import typst

from policy_drafts.drafts.exports.facts import facts, picture_of, pictures
from policy_drafts.models.picture import PolicyPicture
from policy_drafts.text import blocks, markup

if TYPE_CHECKING:
    from policy_drafts.models import Draft

TEMPLATE = Path(__file__).parent / "paper" / "draft.typ"
FONTS = str(TEMPLATE.parent / "fonts")  # the site's typeface: one without serifs is easier to read
NORMAL, LARGE = 12, 18  # points; UKAAF: large print is 16 to 18 points or more


def of_draft(draft: "Draft", audience: str) -> bytes:
    """The draft as PDF, in bytes."""
    return _compiled(draft, audience, NORMAL)


def in_large_print(draft: "Draft", audience: str) -> bytes:
    """The same in 18 points."""
    return _compiled(draft, audience, LARGE)


def _compiled(draft: "Draft", audience: str, size: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        nodes = Nodes(root, pictures(draft.policy))
        data = {
            "title": draft.policy_title,
            "name": str(draft),
            "size": size,
            "facts": facts(draft, audience),
            "news": draft.news.splitlines(),
            "sections": [
                {"title": f"{section.number}. {section.title}", "body": nodes.section(section.html)}
                for section in draft.sections.all()
            ],
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


class Nodes:
    """Our markup as lists that the template draws: {"t": what, "c": what stands inside}."""

    def __init__(self, folder: Path, found: dict[str, PolicyPicture]) -> None:
        self.folder, self.pictures, self.level = folder, found, 2

    def section(self, html: str):
        self.level = 2  # the section's own heading
        return self._children(markup.tree(html))

    def _children(self, parent):
        return [node for child in parent if (node := self._element(child))]

    def _element(self, element):
        tag = element.tag
        if tag in ("h3", "h4"):
            self.level = min(int(tag[1]), self.level + 1)  # PDF/UA: no level is skipped
            return {"t": "heading", "level": self.level, "c": _inline(element)}
        if tag in ("p", "figcaption", "dt", "summary"):
            return {"t": {"dt": "term"}.get(tag, "p"), "c": _inline(element)}
        if tag in ("ul", "ol"):
            start = int(element.get("start") or 1)
            return {"t": tag, "start": start, "c": [self._children(item) for item in element]}
        if tag == "table":
            return self._table(element)
        if tag == "img":
            return self._picture(element)
        return {
            "t": "quote" if tag == "blockquote" else "indent" if tag == "dd" else "group",
            "c": self._children(element),
        }

    def _table(self, element):
        rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in element.iter("tr")]
        rows = [row for row in rows if row]
        if not rows:
            return None
        width = max(sum(_span(cell, "colspan") for cell in row) for row in rows)
        cells = [
            [
                {
                    "span": _span(cell, "colspan"),
                    "head": cell.tag == "th",
                    "c": self._children(cell),
                }
                for cell in row
            ]
            for row in rows
        ]
        for row in cells:  # every row is as wide as the widest
            row += [{"span": 1, "head": False, "c": []}] * (
                width - sum(cell["span"] for cell in row)
            )
        return {
            "t": "table",
            "width": width,
            "head": all(cell["head"] for cell in cells[0]),
            "rows": cells,
        }

    def _picture(self, element):
        picture = picture_of(element, self.pictures)
        if picture is None:
            return {"t": "p", "c": [{"t": "text", "c": blocks.text_of(element)}]}
        name = f"{picture.pk}.webp"
        with picture.file.open() as file:
            (self.folder / name).write_bytes(file.read())
        return {
            "t": "picture",
            "file": name,
            "alt": element.get("alt") or "A picture without a description",
        }


def _span(cell, name: str) -> int:
    return int(cell.get(name) or 1)


def _inline(element):
    """[{"t": text, strong, em, link or br, …}] of what stands inside."""
    found = [{"t": "text", "c": element.text}] if element.text else []
    for child in element:
        if child.tag == "br":
            found.append({"t": "br"})
        elif child.tag == "img":
            found.append({"t": "text", "c": blocks.text_of(child)})
        else:
            kind = {"strong": "strong", "em": "em", "a": "link"}.get(child.tag, "span")
            found.append({"t": kind, "href": child.get("href") or "", "c": _inline(child)})
        if child.tail:
            found.append({"t": "text", "c": child.tail})
    return found
