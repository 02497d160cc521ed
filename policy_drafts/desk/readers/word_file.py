"""The parts of a Word file that hold words, each as a tree."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import lxml.etree

from policy_drafts.desk.readers import word_numbers
from policy_drafts.desk.readers.word_package import (
    Element,
    Package,
    W,
    main_part,
    parsed,
    related,
    relations,
)
from policy_drafts.desk.readers.word_styles import Styles


class Where(StrEnum):
    """Where words stand, as a person would say it."""

    TEXT = "the text"
    NOTE = "a footnote"
    COMMENT = "a comment"
    MARGIN = "the line above or below each page"


KINDS = {
    "footnotes": Where.NOTE,
    "endnotes": Where.NOTE,
    "comments": Where.COMMENT,
    "header": Where.MARGIN,
    "footer": Where.MARGIN,
}
ONE_OF_EACH = ("styles", "numbering", "comments", "footnotes", "endnotes")


@dataclass(frozen=True)
class Text:
    """A part that holds words: its name in the package, its tree, and where its words stand."""

    name: str
    tree: Element
    where: Where


@dataclass
class WordFile:
    """A Word file, whose trees are changed while it is made plain."""

    package: Package
    trees: dict[str, Element] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.main = main_part(self.package)
        self.document = parsed(self.package[self.main])
        self.texts = [Text(self.main, self.document, Where.TEXT), *self._others()]
        self.trees |= {row.name: row.tree for row in self.texts}
        for kind in ("styles", "numbering"):
            if name := self.name_of(kind):
                self.trees[name] = parsed(self.package[name])

    def _others(self) -> list[Text]:
        """The notes, comments and margins; each once, though several pages may have it."""
        rows = [(row.target, row.kind) for row in relations(self.package, self.main)]
        rows += [(name, kind) for kind in ONE_OF_EACH if (name := self.name_of(kind))]
        found = {name: KINDS[kind] for name, kind in rows if kind in KINDS}
        return [Text(name, parsed(self.package[name]), where) for name, where in found.items()]

    def name_of(self, kind: str) -> str:
        """The name of the part that holds, for instance, the footnotes."""
        usual = f"word/{kind}.xml"
        return related(self.package, self.main, kind) or (usual if usual in self.package else "")

    def part(self, kind: str) -> Element | None:
        """A part by its kind."""
        return self.trees.get(self.name_of(kind))

    @cached_property
    def styles(self) -> Styles:
        """The styles of the file."""
        return Styles(self.part("styles"))

    def of(self, *where: Where) -> Sequence[Element]:
        """The trees of the parts whose words stand there."""
        return [row.tree for row in self.texts if row.where in where]

    def written(self) -> Package:
        """The package with the trees as they are now, and the little else that mammoth needs."""
        simple = {"numbering": word_numbers.simple(), "styles": self.styles.simple()}
        made = {
            name: simple.get(kind) or lxml.etree.tostring(self.trees[name])
            for kind in ("", "footnotes", "endnotes", "numbering", "styles")
            if (name := self.name_of(kind) if kind else self.main)
        }
        kept = {name: data for name, data in self.package.items() if name not in self.trees}
        return {**kept, **made}


def notes_in(tree: Element) -> list[Element]:
    """The notes that a part holds, without the lines that part them from the text."""
    rows = tree.iter(f"{W}footnote", f"{W}endnote")
    return [row for row in rows if row.get(f"{W}type") in (None, "normal")]
