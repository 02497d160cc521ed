"""Word files (python-docx), with real styles: lists number themselves, tables have a heading row.

html-for-docx was tried: it knows no definitions and lets numbered lists run on into each other.
"""

from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from docx import Document as new_document
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.table import _Cell as Cell  # python-docx has no public name for it
from docx.text.paragraph import Paragraph
from lxml.html import HtmlElement
from PIL import Image

from policy_drafts.drafts.exports import word_directions, word_languages, word_links
from policy_drafts.drafts.exports.edition import Edition, Part, pictures_of
from policy_drafts.drafts.exports.facts import check_sum, facts, picture_of
from policy_drafts.drafts.titles import title_of
from policy_drafts.models import Policy, PolicyPicture
from policy_drafts.text import blocks, markup, tables
from policy_drafts.text.bookmarks import anchor_of, bookmark_of
from policy_drafts.text.notices import CHECK_SUM, NEWS, NOT_PUBLISHED

WIDEST = Cm(15)
PIXELS_A_CM = 40
HEADINGS = {"h3": "Heading 2", "h4": "Heading 3"}
ONE_TEXT = ("p", "figcaption", "summary")
DEEPEST = 3  # lists inside each other that have a style of their own

Place = Document | Cell  # where paragraphs, tables and pictures can be put


@dataclass(frozen=True)
class Look:
    """How words stand in a paragraph: marked, inside a link, in another language."""

    bold: bool = False
    italic: bool = False
    link: Any = None
    language: str = ""


PLAIN = Look()


def write(edition: Edition) -> bytes:
    """The draft as .docx, in bytes."""
    writer = Writer(edition.title, edition.pictures, running=edition.name)
    for what, words in facts(edition):
        writer.line(what, words)
    writer.document.add_heading(NEWS, 1)
    for line in edition.news.splitlines():
        writer.document.add_paragraph(line)
    for section in edition.sections:
        writer.section(section.heading, section.html, anchor_of(f"#s-{section.uid}"))
    writer.document.add_heading(CHECK_SUM, 1)
    writer.document.add_paragraph(check_sum(edition))
    return writer.bytes()


def of_working_copy(policy: Policy) -> bytes:
    """The working copy as .docx: marked as not published; each heading says which section it is."""
    title = title_of(policy.title)
    writer = Writer(title, pictures_of(policy), running=f"{title}, not published")
    writer.document.add_paragraph(NOT_PUBLISHED, style=writer.style("Notice", bold=True))
    for number, row in enumerate(policy.sections.live(), 1):
        known_by = bookmark_of(row.pk, row.lock_version)
        part = Part(row.pk, number, title_of(row.title), markup.without_nulls(row.html))
        writer.section(part.heading, part.html, known_by, anchor_of(f"#s-{row.pk}"))
    return writer.bytes()


def _xml_of(paragraph: Paragraph) -> Any:
    """The element of a paragraph; python-docx's types know only a part of what may stand in it."""
    return paragraph._p


class Writer:
    """Writes our markup into one document."""

    def __init__(self, title: str, known: dict[str, PolicyPicture], running: str) -> None:
        self.document, self.pictures, self.bookmarks = new_document(), known, 0
        self.linked: set[str] = set()  # bookmarks to which a link leads
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = running, "", ""
        properties.language = "en-GB"
        self._page_line(running)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "en-GB")
        self.document.styles["Normal"].element.get_or_add_rPr().append(language)
        self.document.add_heading(title, 0)

    def _page_line(self, running: str) -> None:
        """Say at the foot of each page what it is, and the page's number."""
        line = self.document.sections[0].footer.paragraphs[0]
        line.add_run(f"{running}, page ")
        number = OxmlElement("w:fldSimple")
        number.set(qn("w:instr"), "PAGE")
        _xml_of(line).append(number)

    def style(self, name: str, *, bold: bool = False) -> str:
        """A paragraph style of ours, made when it is first asked for; the import knows it again."""
        styles = self.document.styles
        if name not in styles:
            made: Any = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            made.base_style, made.font.bold = styles["Normal"], bold
            if name == "Definition":
                made.paragraph_format.left_indent = Cm(1)
        return name

    def bytes(self) -> bytes:
        """The document as a file."""
        word_directions.say(self.document.element.body)
        out = BytesIO()
        self.document.save(out)
        return out.getvalue()

    def line(self, what: str, words: str) -> None:
        """Write a line like "Draft: 3"."""
        paragraph = self.document.add_paragraph()
        paragraph.add_run(f"{what}: ").bold = True
        paragraph.add_run(words)

    def section(self, title: str, html: str, *bookmarks: str) -> None:
        """Write a heading with its hidden bookmarks, and the text under it."""
        heading = self.document.add_heading(title, 1)
        for name in bookmarks:
            self._bookmark(heading, name)
        root = markup.tree(html)
        tables.tidy(root)
        self.linked |= {anchor_of(row.get("href") or "") for row in root.iter("a")}
        self._children(root, self.document, 0)

    def _bookmark(self, paragraph: Paragraph, name: str) -> None:
        """Put a bookmark around the words of a paragraph."""
        self.bookmarks += 1
        word_links.bookmark(_xml_of(paragraph), name, self.bookmarks)

    def _children(
        self, parent: HtmlElement, place: Place, depth: int, style: str | None = None
    ) -> None:
        for child in parent:
            self._element(child, place, depth, style)

    def _element(
        self, element: HtmlElement, place: Place, depth: int, style: str | None = None
    ) -> None:
        """Write an element: its text in a paragraph of its style, or what stands inside it."""
        if named := self._style_of_text(element, style):
            self._text(place.add_paragraph(style=named), element)
        elif element.tag in ONE_TEXT:
            self._text(place.add_paragraph(), element)
        elif element.tag in ("ul", "ol"):
            self._list(element, place, depth)
        elif element.tag == "table":
            self._table(element, place)
        elif element.tag == "img":
            self._picture(element, place)
        else:
            self._children(element, place, depth, self._style_inside(element, style))

    def _style_of_text(self, element: HtmlElement, style: str | None) -> str | None:
        """The style of an element that holds one text; None where it has none, or holds more."""
        if element.tag in HEADINGS:
            return HEADINGS[element.tag]
        if element.tag == "dt":
            return self.style("Term", bold=True)
        if element.tag == "figcaption":
            return "Caption"
        return style if element.tag in ONE_TEXT else None

    def _style_inside(self, element: HtmlElement, style: str | None) -> str | None:
        """The style of paragraphs in a quote or definition; else the one that is in force."""
        if element.tag == "blockquote":
            return "Quote"
        return self.style("Definition") if element.tag == "dd" else style

    def _list(self, element: HtmlElement, place: Place, depth: int) -> None:
        """Write a list; each numbered one begins at its own start."""
        base = "List Bullet" if element.tag == "ul" else "List Number"
        style = base if depth == 0 else f"{base} {min(depth + 1, DEEPEST)}"
        number = None
        if element.tag == "ol":
            number = self._new_numbering(style, int(element.get("start") or 1))
        for item in element:
            self._item(item, place, depth, style, number)

    def _item(
        self, item: HtmlElement, place: Place, depth: int, style: str, number: int | None
    ) -> None:
        """Write an item: its first text with the list's mark or number, the rest under it."""
        for child in item:
            if child.tag in ("ul", "ol"):
                self._list(child, place, depth + 1)
                continue
            before = len(place.paragraphs)
            self._element(child, place, depth, style)
            if number is not None and len(place.paragraphs) > before:
                self._number(place.paragraphs[-1], number)
            style, number = f"List Continue {min(depth + 1, DEEPEST)}".removesuffix(" 1"), None

    def _new_numbering(self, style: str, start: int) -> int:
        """A numbering like the style's, so that two lists do not run on into each other."""
        numbering: Any = self.document.part.numbering_part.element
        like = self.document.styles[style].element.pPr.numPr.numId.val
        old = next(row for row in numbering.num_lst if row.numId == like)
        made = numbering.add_num(old.abstractNumId.val)
        made.add_lvlOverride(ilvl=0).add_startOverride(start)
        return made.numId

    @staticmethod
    def _number(paragraph: Paragraph, number: int) -> None:
        """Number a paragraph by a numbering."""
        numbers = _xml_of(paragraph).get_or_add_pPr().get_or_add_numPr()
        numbers.get_or_add_numId().val = number
        numbers.get_or_add_ilvl().val = 0

    def _table(self, element: HtmlElement, place: Place) -> None:
        grid = tables.grid_of(element)
        if not grid.cells:
            return
        table = place.add_table(grid.height, grid.width)
        table.style = self.document.styles["Table Grid"]
        free = [list(row.cells) for row in table.rows]  # as they are before any are merged
        for found in grid.cells:
            first = free[found.row][found.start]
            last = free[found.row + found.down - 1][found.end - 1]
            self._cell(found.cell, first if first is last else first.merge(last))
        for row in table.rows[: grid.heading_rows]:
            heading: Any = row._tr.get_or_add_trPr()
            heading.append(OxmlElement("w:tblHeader"))

    def _cell(self, element: HtmlElement, cell: Cell) -> None:
        """Fill a cell; the empty paragraph with which Word begins it goes."""
        self._children(element, cell, 0)
        if len(cell.paragraphs) > 1 and not cell.paragraphs[0].text:
            cell._tc.remove(cell.paragraphs[0]._p)

    def _picture(self, element: HtmlElement, place: Place) -> None:
        picture = picture_of(element, self.pictures)
        if picture is None:
            place.add_paragraph(blocks.text_of(element))
            return
        png = BytesIO()
        Image.open(BytesIO(picture.content)).save(png, "PNG")
        png.seek(0)
        run = place.add_paragraph().add_run()
        shape = run.add_picture(png, width=min(WIDEST, Cm(picture.width / PIXELS_A_CM)))
        shape._inline.docPr.set("descr", element.get("alt") or "")

    def _text(self, paragraph: Paragraph, element: HtmlElement, look: Look = PLAIN) -> None:
        """Write words with their marks, line breaks and links."""
        name = anchor_of(f"{blocks.ADDRESS}{element.get('data-block')}")
        if name and name in self.linked:
            self._bookmark(paragraph, name)
        look = replace(look, language=element.get("lang") or look.language)
        self._run(paragraph, element.text, look)
        for child in element:
            if child.tag == "br":
                self._run(paragraph, "\n", look)
            elif child.tag == "img":
                self._run(paragraph, blocks.text_of(child), look)
            else:
                self._text(paragraph, child, self._look_inside(paragraph, child, look))
            self._run(paragraph, child.tail, look)

    def _look_inside(self, paragraph: Paragraph, element: HtmlElement, look: Look) -> Look:
        """How the words inside an element look: as around it, and as it marks them."""
        is_link = element.tag == "a" and element.get("href")
        return replace(
            look,
            bold=look.bold or element.tag == "strong",
            italic=look.italic or element.tag == "em",
            link=self._link(paragraph, element) if is_link else look.link,
        )

    @staticmethod
    def _run(paragraph: Paragraph, text: str | None, look: Look) -> None:
        if not text:
            return
        run = paragraph.add_run(text)
        run.bold, run.italic = look.bold or None, look.italic or None
        word_languages.say(run, look.language)
        if look.link is not None:
            look.link.append(run._r)

    def _link(self, paragraph: Paragraph, element: HtmlElement) -> Any:
        """A link at the end of the paragraph, for words to be put into."""
        link = word_links.link(self.document.part, element.get("href") or "")
        _xml_of(paragraph).append(link)
        return link
