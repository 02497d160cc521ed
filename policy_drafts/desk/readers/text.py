"""Markdown, plain text and web pages."""

import lxml.html
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
ADD_PICTURES = ": add them in the editor, with words for who cannot see them"


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, else what Windows writes. Raises RuleError for what is no text."""
    if b"\x00" in content[:4096]:
        raise RuleError("This file is no text. Please save it as .docx, .md, .html or .txt.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def markdown(content: bytes) -> Brought:
    """CommonMark with tables; HTML in it is shown as text, never run."""
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(decoded(content))
    return web_page(html.encode())


def web_page(content: bytes) -> Brought:
    """A web page: what is in its body."""
    text = markup.without_nulls(decoded(content)).strip()
    if not text:
        return Brought([])
    page = lxml.html.document_fromstring(text)
    body = page.find("body")
    if body is None:
        return Brought([])
    left_out = _left_out(page)
    for row in list(
        body.iter("script", "style", "template", "noscript", "iframe", "svg", "object", "embed")
    ):
        row.drop_tree()
    for holder in ("main", "article", "div", "section"):  # a page whose text stands in one frame
        while len(body) == 1 and body[0].tag == holder:
            body = body[0]
    return Brought(sections_of(body), left_out=left_out)


def _left_out(page):
    found = []
    for tag, names in LEFT_OUT.items():
        if number := len(list(page.iter(tag))):
            found.append(counted(number, names))
    if number := len(list(page.iter("img"))):
        found.append(counted(number, ("picture", "pictures")) + ADD_PICTURES)
    return found
