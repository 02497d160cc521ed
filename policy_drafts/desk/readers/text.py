"""Markdown, plain text and web pages."""

import lxml.html
from lxml.html import HtmlElement
from markdown_it import MarkdownIt

from collective.errors import RuleError
from policy_drafts.desk.readers.parts import Brought, counted, sections_of
from policy_drafts.text import markup

LEFT_OUT = {  # tag: what one and what several are called
    "script": ("script", "scripts"),
    "iframe": ("page of another site", "pages of other sites"),
    "video": ("video", "videos"),
    "audio": ("recording", "recordings"),
    "form": ("form", "forms"),
    "svg": ("drawing", "drawings"),
    "object": ("embedded object", "embedded objects"),
    "embed": ("embedded object", "embedded objects"),
}
NO_TEXT = ("script", "style", "template", "noscript", "iframe", "svg", "object", "embed")
FRAMES = ("main", "article", "div", "section")  # of a page whose whole text stands in one
ADD_PICTURES = ": add them in the editor, with words for people who cannot see them"


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, else what Windows writes. Raises RuleError for what is no text."""
    if b"\x00" in content[:4096]:
        raise RuleError("This file is no text. Please save it as .docx, .md, .html or .txt.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def markdown(content: bytes) -> Brought:
    """Read CommonMark with tables; HTML in it is shown as text, never run."""
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(decoded(content))
    return web_page(html.encode())


def web_page(content: bytes) -> Brought:
    """Read what is in the body of a web page."""
    text = markup.without_nulls(decoded(content)).strip()
    if not text:
        return Brought([])
    page = lxml.html.document_fromstring(text)
    body = page.find("body")
    if body is None:
        return Brought([])
    left_out = _left_out(page)
    for element in list(body.iter(*NO_TEXT)):
        element.drop_tree()
    for frame in FRAMES:
        while len(body) == 1 and body[0].tag == frame:
            body = body[0]
    return Brought(sections_of(body), left_out=left_out)


def _left_out(page: HtmlElement) -> list[str]:
    """What does not come along: "2 videos"."""
    numbers = {tag: len(list(page.iter(tag))) for tag in (*LEFT_OUT, "img")}
    found = [counted(numbers[tag], names) for tag, names in LEFT_OUT.items() if numbers[tag]]
    if numbers["img"]:
        found.append(counted(numbers["img"], ("picture", "pictures")) + ADD_PICTURES)
    return found
