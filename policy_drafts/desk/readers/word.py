"""Word files: mammoth reads the text; what others wrote into it (tracked changes, comments) becomes
notes.

The text comes as it was before the tracked changes: each change is a suggestion of its author's, to
be decided on.
"""

import base64
import re
import zipfile
from io import BytesIO

import lxml.etree
import lxml.html
import mammoth

from collective.errors import RuleError
from policy_drafts.desk.readers.parts import LEVELS, NUMBER, Brought, counted, sections_of
from policy_drafts.text import blocks, markup

MOST_PARTS, MOST_UNPACKED = 3000, 150 * 1024 * 1024
MOST_PICTURES = 100
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STYLES = """
p[style-name='Title'] =>
p[style-name='Term'] => dl > dt:fresh
p[style-name='Definition'] => dl > dd > p:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Caption'] => p:fresh
p[style-name='Notice'] =>
p[style-name='List Continue'] => p:fresh
"""
NOT_READ = {
    "txbxContent": ("text box", "text boxes"),
    "object": ("embedded object", "embedded objects"),
    "oMath": ("formula", "formulas"),
    "chart": ("chart", "charts"),
    "relIds": ("diagram", "diagrams"),
}
UNKNOWN_STYLE = re.compile(r"Unrecognised paragraph style: (.+) \(Style ID")
STAND_IN = "/policies/pictures/00000000-0000-0000-0000-{:012d}/"


def read(content: bytes) -> Brought:
    """A .docx as `parts.Brought`.

    Raises RuleError for what is none, is broken, or unpacks to too much.
    """
    parts = _unpacked(content)
    document = _xml(parts["word/document.xml"])
    left_out = _left_out(document, parts)
    notes = [*_changes(document), *_comments(document, parts)]
    _reject_changes(document)
    parts["word/document.xml"] = lxml.etree.tostring(document)
    html, pictures, said = _html(parts)
    sections = sections_of(markup_tree(html))
    titles = {row.title for row in sections}
    for note in notes:  # beside the section, whatever smaller headings stand between
        note["title"] = next((title for title in reversed(note["title"]) if title in titles), "")
    return Brought(sections, notes, [*left_out, *said], pictures)


def markup_tree(html: str):
    return lxml.html.fragment_fromstring(markup.without_nulls(html), create_parent="article")


def _unpacked(content: bytes) -> dict[str, bytes]:
    """{name: bytes}; a zip bomb is refused before it is unpacked, a lying one while it is."""
    broken = RuleError(
        "We cannot read this file as a Word document (.docx). Please save it anew in Word, and "
        "try again."
    )
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            rows = archive.infolist()
            if len(rows) > MOST_PARTS or sum(row.file_size for row in rows) > MOST_UNPACKED:
                raise RuleError(
                    "This file unpacks to more than we can read. Please make it smaller first."
                )
            parts = {row.filename: archive.read(row) for row in rows if not row.is_dir()}
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
    ):
        raise broken from None
    except Exception as error:
        if isinstance(error, RuleError):
            raise
        raise broken from error
    if "word/document.xml" not in parts:
        raise broken
    if any(
        b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data
        for name, data in parts.items()
        if _is_xml(name)
    ):
        raise RuleError(
            "This file holds something that no Word document needs, so we do not read it."
        )
    return parts


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels"))


def _xml(data: bytes):
    try:
        return lxml.etree.fromstring(
            data, lxml.etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        )
    except lxml.etree.XMLSyntaxError:
        raise RuleError(
            "This Word document is damaged. Please save it anew in Word, and try again."
        ) from None


def _html(parts: dict[str, bytes]):
    """(HTML, [picture as {"data", "alt"}], sentences about what mammoth did not know)."""
    out, pictures = BytesIO(), []
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    out.seek(0)

    def picture(image) -> dict[str, str]:
        with image.open() as file:
            pictures.append(
                {"data": base64.b64encode(file.read()).decode(), "alt": image.alt_text or ""}
            )
        return {"src": STAND_IN.format(len(pictures) - 1)}

    try:
        result = mammoth.convert_to_html(
            out,
            style_map=STYLES,
            convert_image=mammoth.images.img_element(picture),
            include_embedded_style_map=False,
        )
    except Exception as error:  # whatever the library meets in a file from elsewhere
        raise RuleError(
            "We cannot read this Word document. Please save it anew in Word, and try again."
        ) from error
    if len(pictures) > MOST_PICTURES:
        raise RuleError(
            f"This file has more than {MOST_PICTURES} pictures. Please bring it in parts."
        )
    styles = {found[1] for row in result.messages if (found := UNKNOWN_STYLE.match(row.message))}
    others = {row.message for row in result.messages if "style" not in row.message}
    said = [f"The look of “{name}” (its words are kept)" for name in sorted(styles)]
    return result.value, pictures, [*said, *sorted(others)]


def _left_out(document, parts: dict[str, bytes]):
    """What does not come along: named, so that nothing is lost in silence."""
    found = []
    for tag, names in NOT_READ.items():
        if number := sum(1 for row in document.iter() if lxml.etree.QName(row).localname == tag):
            found.append(counted(number, names))
    for row in document.iter(f"{W}p"):
        style = row.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val") == "Title" and (text := _text(row)):
            found.append(f"The title of the document: “{text[:120]}” (the policy has its own)")
    for name, data in parts.items():
        is_margin = name.startswith(("word/header", "word/footer")) and _is_xml(name)
        if is_margin and (text := " ".join(_text(_xml(data)).split())):
            found.append(f"The line above or below each page: “{text[:120]}”")
    return found


def _text(element, *, deleted: bool = True, inserted: bool = True) -> str:
    """The words in an element, with or without what tracked changes took out or put in."""
    words = []
    for row in element.iter(f"{W}t", f"{W}delText", f"{W}tab", f"{W}br"):
        inside = {
            parent.tag
            for parent in row.iterancestors(f"{W}ins", f"{W}del", f"{W}moveFrom", f"{W}moveTo")
        }
        if not inserted and inside & {f"{W}ins", f"{W}moveTo"}:
            continue
        if not deleted and inside & {f"{W}del", f"{W}moveFrom"}:
            continue
        words.append(row.text or "" if row.tag in (f"{W}t", f"{W}delText") else " ")
    return blocks.normalised("".join(words))


def _paragraphs(document):
    """(paragraph, the headings up to it)."""
    titles = []
    for row in document.iter(f"{W}p"):
        style = row.find(f"{W}pPr/{W}pStyle")
        name = style.get(f"{W}val", "") if style is not None else ""
        if name.lower().replace(" ", "") in {f"heading{level[1]}" for level in LEVELS}:
            titles = [*titles, NUMBER.sub("", _text(row, inserted=False))[:150]]
        yield row, titles


def _changes(document):
    """One note a paragraph that somebody changed: what it said, and what they suggest."""
    for row, title in _paragraphs(document):
        marks = list(row.iter(f"{W}ins", f"{W}del", f"{W}moveFrom", f"{W}moveTo"))
        before, after = _text(row, inserted=False), _text(row, deleted=False)
        if marks and before != after:
            authors = ", ".join(
                dict.fromkeys(mark.get(f"{W}author") or "Somebody" for mark in marks)
            )
            words = f"Instead of: {before or 'nothing'}\n\nSuggested: {after or 'to take it out'}"
            yield {
                "channel": "word_change",
                "author": authors[:150],
                "words": words,
                "title": title,
            }


def _comments(document, parts: dict[str, bytes]):
    if "word/comments.xml" not in parts:
        return
    where = {}
    for row, title in _paragraphs(document):
        for mark in row.iter(f"{W}commentReference", f"{W}commentRangeStart"):
            where.setdefault(mark.get(f"{W}id"), (title, _text(row, inserted=False)))
    for row in _xml(parts["word/comments.xml"]).iter(f"{W}comment"):
        title, about = where.get(row.get(f"{W}id"), ([], ""))
        words = _text(row) + (f"\n\nAbout: {about[:500]}" if about else "")
        author = (row.get(f"{W}author") or "Somebody")[:150]
        yield {"channel": "word_comment", "author": author, "words": words, "title": title}


def _reject_changes(document) -> None:
    """The text as it was before the tracked changes."""
    for row in list(document.iter(f"{W}ins", f"{W}moveTo")):
        if row.getparent() is not None and row.getparent().tag != f"{W}rPr":
            row.getparent().remove(row)
    for row in list(document.iter(f"{W}del", f"{W}moveFrom")):
        parent = row.getparent()
        if parent is None or parent.tag == f"{W}rPr":
            continue
        for text in row.iter(f"{W}delText"):
            text.tag = f"{W}t"
        place = parent.index(row)
        for child in list(row):
            parent.insert(place, child)
            place += 1
        parent.remove(row)
