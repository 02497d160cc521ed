"""Word files (python-docx): real styles, headings, lists that number themselves, tables with a
heading row, pictures with their words. html-for-docx was tried: it knows no definitions and lets
numbered lists run on into each other.
"""

from io import BytesIO
from typing import TYPE_CHECKING

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.text.paragraph import Paragraph
from PIL import Image

from policy_drafts.desk.readers.parts import mark_of
from policy_drafts.drafts.exports.facts import facts, picture_of, pictures
from policy_drafts.models.picture import PolicyPicture
from policy_drafts.text import blocks, markup

if TYPE_CHECKING:
    from policy_drafts.models import Draft, Policy

NOT_PUBLISHED = (
    "Working copy, not published. Please do not pass it on. Keep the headings: they say which "
    "section is which."
)
WIDEST = Cm(15)
HEADINGS = {"h3": 2, "h4": 3}


def of_draft(draft: "Draft", audience: str) -> bytes:
    """The draft as .docx, in bytes."""
    writer = Writer(draft.policy_title, pictures(draft.policy), running=str(draft))
    for what, words in facts(draft, audience):
        writer.line(what, words)
    writer.document.add_heading("What is new", 1)
    for line in draft.news.splitlines():
        writer.document.add_paragraph(line)
    for section in draft.sections.all():
        writer.section(f"{section.number}. {section.title}", section.html)
    return writer.bytes()


def of_working_copy(policy: "Policy") -> bytes:
    """The working copy as .docx: marked as not published, and each section's heading says which it
    is.
    """
    writer = Writer(policy.title, pictures(policy), running=f"{policy.title}, not published")
    writer.document.add_paragraph(NOT_PUBLISHED, style=writer.style("Notice", bold=True))
    for number, section in enumerate(policy.sections.live(), 1):
        writer.section(f"{number}. {section.title}", section.html, bookmark=mark_of(section))
    return writer.bytes()


class Writer:
    """Writes our markup into one document."""

    def __init__(self, title: str, found: dict[str, PolicyPicture], running) -> None:
        self.document, self.pictures, self.bookmarks = Document(), found, 0
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = running, "", ""
        self._page_line(running)
        self.document.core_properties.language = "en-GB"
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "en-GB")
        self.document.styles["Normal"].element.get_or_add_rPr().append(language)
        self.document.add_heading(title, 0)

    def _page_line(self, running) -> None:
        """At the foot of each page: what it is, and the page's number."""
        line = self.document.sections[0].footer.paragraphs[0]
        line.add_run(f"{running}, page ")
        number = OxmlElement("w:fldSimple")
        number.set(qn("w:instr"), "PAGE")
        line._p.append(number)

    def style(self, name: str, *, bold: bool = False) -> str:
        """A paragraph style of ours, made when it is first asked for; the import knows it again."""
        styles = self.document.styles
        if name not in styles:
            made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            made.base_style, made.font.bold = styles["Normal"], bold
            if name == "Definition":
                made.paragraph_format.left_indent = Cm(1)
        return name

    def bytes(self) -> bytes:
        out = BytesIO()
        self.document.save(out)
        return out.getvalue()

    def line(self, what: str, words: str) -> None:
        paragraph = self.document.add_paragraph()
        paragraph.add_run(f"{what}: ").bold = True
        paragraph.add_run(words)

    def section(self, title: str, html: str, *, bookmark: str = "") -> None:
        """A heading (with a hidden bookmark, if one is asked for) and the text under it."""
        heading = self.document.add_heading(title, 1)
        if bookmark:
            self._bookmark(heading, bookmark)
        self._children(markup.tree(html), self.document, 0)

    def _bookmark(self, paragraph: Paragraph, name: str) -> None:
        self.bookmarks += 1
        for tag, values in (("w:bookmarkStart", {"w:name": name}), ("w:bookmarkEnd", {})):
            mark = OxmlElement(tag)
            for key, value in {"w:id": str(self.bookmarks), **values}.items():
                mark.set(qn(key), value)
            paragraph._p.append(mark) if tag.endswith("End") else paragraph._p.insert(1, mark)

    def _children(self, parent, place, depth: int, style=None) -> None:
        for child in parent:
            self._element(child, place, depth, style)

    def _element(self, element, place, depth, style) -> None:
        tag = element.tag
        if tag in HEADINGS:
            self._text(place.add_paragraph(style=f"Heading {HEADINGS[tag]}"), element)
        elif tag in ("ul", "ol"):
            self._list(element, place, depth)
        elif tag == "table":
            self._table(element, place)
        elif tag == "img":
            self._picture(element, place)
        elif tag == "dt":
            self._text(place.add_paragraph(style=self.style("Term", bold=True)), element)
        elif tag in ("p", "figcaption", "summary"):
            named = "Caption" if tag == "figcaption" else style
            self._text(place.add_paragraph(style=named), element)
        else:
            named = (
                "Quote"
                if tag == "blockquote"
                else self.style("Definition")
                if tag == "dd"
                else style
            )
            self._children(element, place, depth, named)

    def _list(self, element, place, depth) -> None:
        """A list; each numbered one begins at its own start."""
        base = "List Bullet" if element.tag == "ul" else "List Number"
        style = base if depth == 0 else f"{base} {min(depth + 1, 3)}"
        number = (
            None
            if element.tag == "ul"
            else self._new_numbering(style, int(element.get("start") or 1))
        )
        for item in element:
            first = True
            for child in item:
                if child.tag in ("ul", "ol"):
                    self._list(child, place, depth + 1)
                    continue
                before = len(place.paragraphs)
                self._element(child, place, depth, style if first else "List Continue")
                if first and number is not None and len(place.paragraphs) > before:
                    self._numbered(place.paragraphs[-1], number)
                first = False

    def _new_numbering(self, style: str, start: int):
        """A numbering of its own like the style's, so that two lists do not run on into each
        other.
        """
        numbering = self.document.part.numbering_part.element
        like = self.document.styles[style].element.pPr.numPr.numId.val
        old = next(row for row in numbering.num_lst if row.numId == like)
        made = numbering.add_num(old.abstractNumId.val)
        made.add_lvlOverride(ilvl=0).add_startOverride(start)
        return made.numId

    @staticmethod
    def _numbered(paragraph, number: int) -> None:
        numbers = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        numbers.get_or_add_numId().val = number
        numbers.get_or_add_ilvl().val = 0

    def _table(self, element, place) -> None:
        rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in element.iter("tr")]
        rows = [row for row in rows if row]
        if not rows:
            return
        width = max(sum(int(cell.get("colspan") or 1) for cell in row) for row in rows)
        table = place.add_table(len(rows), width)
        table.style = self.document.styles["Table Grid"]
        for number, row in enumerate(rows):
            at = 0
            for cell in row[:width]:
                target, span = table.cell(number, at), int(cell.get("colspan") or 1)
                if span > 1:
                    target = target.merge(table.cell(number, min(at + span, width) - 1))
                self._children(cell, target, 0)
                if len(target.paragraphs) > 1 and not target.paragraphs[0].text:
                    target._tc.remove(target.paragraphs[0]._p)
                at += span
        if all(cell.tag == "th" for cell in rows[0]):
            mark = OxmlElement("w:tblHeader")
            table.rows[0]._tr.get_or_add_trPr().append(mark)

    def _picture(self, element, place) -> None:
        words = element.get("alt") or ""
        if picture := picture_of(element, self.pictures):
            with picture.file.open() as file:
                image, png = Image.open(file), BytesIO()
                image.save(png, "PNG")
            png.seek(0)
            run = place.add_paragraph().add_run()
            shape = run.add_picture(png, width=min(WIDEST, Cm(picture.width / 40)))
            shape._inline.docPr.set("descr", words)
        else:
            place.add_paragraph(blocks.text_of(element))

    def _text(
        self, paragraph, element, *, bold: bool = False, italic: bool = False, link=None
    ) -> None:
        """Words with their marks, line breaks and links."""
        target = link if link is not None else paragraph
        self._run(paragraph, target, element.text, bold, italic)
        for child in element:
            if child.tag == "br":
                self._run(paragraph, target, "\n", bold, italic)
            elif child.tag == "img":
                self._run(paragraph, target, blocks.text_of(child), bold, italic)
            else:
                inner = (
                    self._link(paragraph, child) if child.tag == "a" and child.get("href") else link
                )
                self._text(
                    paragraph,
                    child,
                    bold=bold or child.tag == "strong",
                    italic=italic or child.tag == "em",
                    link=inner,
                )
            self._run(paragraph, target, child.tail, bold, italic)

    @staticmethod
    def _run(paragraph, target, text: str, bold: bool, italic: bool) -> None:
        if not text:
            return
        run = paragraph.add_run(text)
        run.bold, run.italic = bold or None, italic or None
        if target is not paragraph:
            target.append(run._r)

    def _link(self, paragraph, element):
        link = OxmlElement("w:hyperlink")
        key = self.document.part.relate_to(
            element.get("href"), RELATIONSHIP_TYPE.HYPERLINK, is_external=True
        )
        link.set(qn("r:id"), key)
        paragraph._p.append(link)
        return link
