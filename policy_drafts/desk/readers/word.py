"""Word files: mammoth reads the text; what others wrote into it becomes notes (`word_notes`)."""

import base64
import re
from dataclasses import dataclass, field
from typing import Any

import lxml.etree
import lxml.html
import mammoth
from lxml.html import HtmlElement

from collective.errors import RuleError
from policy_drafts.desk.readers.parts import Brought, Picture, counted, sections_of
from policy_drafts.desk.readers.word_notes import notes_in, reject_changes, style_of, words_in
from policy_drafts.desk.readers.word_package import (
    DOCUMENT,
    Element,
    Package,
    W,
    is_xml,
    packed,
    parsed,
    unpacked,
)
from policy_drafts.text import markup
from policy_drafts.text.limits import is_longer

MOST_PICTURES = 100
MOST_PARAGRAPHS = MOST_CELLS = 20_000  # in a file, with those in tables
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
LONGEST_NAME = 120  # characters of a line that is named among what is left out


def read(content: bytes) -> Brought:
    """Read a .docx.

    Raises RuleError for what is none, is broken, or unpacks to too much.
    """
    package = unpacked(content)
    document = parsed(package[DOCUMENT])
    _check_length(document)
    left_out = [*_not_read(document), *_titles(document), *_margins(package)]
    original = parsed(package[DOCUMENT])
    reject_changes(document)
    package[DOCUMENT] = lxml.etree.tostring(document)
    text = _convert(package)
    sections = sections_of(markup_tree(text.html))
    notes = notes_in(original, package, {row.title for row in sections})
    return Brought(sections, notes, [*left_out, *text.not_known], text.pictures)


def _check_length(document: Element) -> None:
    """Raises RuleError for a text that is too long to be read at once."""
    for tag, most, words in (
        (f"{W}p", MOST_PARAGRAPHS, "paragraphs"),
        (f"{W}tc", MOST_CELLS, "table cells"),
    ):
        if is_longer(document.iter(tag), most):
            raise RuleError(
                f"This file has more than {most:,} {words}. Please bring it in in parts."
            )


def markup_tree(html: str) -> HtmlElement:
    """An <article> that holds HTML from elsewhere."""
    return lxml.html.fragment_fromstring(markup.without_nulls(html), create_parent="article")


@dataclass
class _Text:
    """The text as HTML, its pictures, and sentences about what mammoth did not know."""

    html: str = ""
    pictures: list[Picture] = field(default_factory=list)
    not_known: list[str] = field(default_factory=list)

    def take_picture(self, image: Any) -> dict[str, str]:
        """Keep a picture; returns the attributes of the stand-in for it."""
        with image.open() as file:
            data = base64.b64encode(file.read()).decode()
        self.pictures.append({"data": data, "alt": image.alt_text or ""})
        return {"src": STAND_IN.format(len(self.pictures) - 1)}


def _convert(package: Package) -> _Text:
    """The text as mammoth reads it. Raises RuleError."""
    text = _Text()
    try:
        result = mammoth.convert_to_html(
            packed(package),
            style_map=STYLES,
            convert_image=mammoth.images.img_element(text.take_picture),
            include_embedded_style_map=False,
        )
    except Exception as error:  # whatever the library meets in a file from elsewhere
        raise RuleError(
            "We cannot read this Word document. Please save it anew in Word, and try again."
        ) from error
    if len(text.pictures) > MOST_PICTURES:
        raise RuleError(
            f"This file has more than {MOST_PICTURES} pictures. Please bring it in parts."
        )
    text.html = result.value
    text.not_known = _not_known([row.message for row in result.messages])
    return text


def _not_known(said: list[str]) -> list[str]:
    """What mammoth said, for people: unknown styles, then everything else."""
    styles = {found[1] for message in said if (found := UNKNOWN_STYLE.match(message))}
    others = {message for message in said if "style" not in message}
    looks = [f"The look of “{name}” (its words are kept)" for name in sorted(styles)]
    return [*looks, *sorted(others)]


def _not_read(document: Element) -> list[str]:
    """What does not come along: "2 text boxes". It is named, so that nothing is lost in silence."""
    names = [lxml.etree.QName(row).localname for row in document.iter()]
    return [counted(names.count(tag), words) for tag, words in NOT_READ.items() if names.count(tag)]


def _titles(document: Element) -> list[str]:
    titles = (words_in(row) for row in document.iter(f"{W}p") if style_of(row) == "Title")
    return [
        f"The title of the document: “{title[:LONGEST_NAME]}” (the policy has its own)"
        for title in titles
        if title
    ]


def _margins(package: Package) -> list[str]:
    names = [
        name for name in package if name.startswith(("word/header", "word/footer")) and is_xml(name)
    ]
    lines = (" ".join(words_in(parsed(package[name])).split()) for name in names)
    return [f"The line above or below each page: “{line[:LONGEST_NAME]}”" for line in lines if line]
