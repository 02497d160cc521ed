"""Markdown, plain text and web pages."""

import re
from collections.abc import Iterator
from typing import Any

import lxml.etree
import lxml.html
from lxml.html import HtmlElement
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from collective.errors import RuleError
from policy_drafts.desk.readers import footnotes, list_numbers, not_shown, plain_text
from policy_drafts.desk.readers.named import Group, Named, counted, lost, named, of_gone
from policy_drafts.desk.readers.not_shown import words_in
from policy_drafts.desk.readers.our_files import TITLE, is_page_line
from policy_drafts.desk.readers.parts import Brought, brought, spaced
from policy_drafts.text import foreign, markup, page_styles
from policy_drafts.text.foreign import Why
from policy_drafts.text.limits import is_too_deep

LEFT_OUT = {  # tag: what one and what several are called
    "script": ("script", "scripts"),
    "iframe": ("page of another site", "pages of other sites"),
    "video": ("video", "videos"),
    "audio": ("recording", "recordings"),
    "form": ("form: what it says stands in the text", "forms: what they say stands in the text"),
    "svg": ("drawing", "drawings"),
    "math": ("formula", "formulas"),
    "object": ("embedded object", "embedded objects"),
    "embed": ("embedded object", "embedded objects"),
    "template": ("part that a script shows", "parts that a script shows"),
}
WITH_WORDS = ("iframe", "video", "audio", "svg", "math", "object", "template")
ADD_PICTURES = ": add them in the editor, with words for people who cannot see them"
FRONT = re.compile(r"---[ \t]*\r?\n(.*?\r?\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)
FRONT_LINE = re.compile(r"[\w-]+:(?:\s|$)|\s+\S|-\s|#")
TITLE_LINE = re.compile(r"^title:\s*(.+)$", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)
MOST_NESTED = 200  # of what stands inside each other: twice as deep as a section may be
MARKDOWN = MarkdownIt("commonmark", {"html": False, "maxNesting": MOST_NESTED}).enable(
    ["table", "strikethrough"]
)
MARKDOWN.use(footnote_plugin).use(deflist_plugin)


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16, else what Windows writes.

    Raises RuleError for what is no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content[:4096]:
        raise RuleError("This file is no text. Please save it as .docx, .md, .html or .txt.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def markdown(content: bytes) -> Brought:
    """Read CommonMark with tables, footnotes and struck words; HTML in it is shown as text."""
    front, text = _front_matter(decoded(content))
    env: dict[str, Any] = {}
    tokens = MARKDOWN.parse(text, env)
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, env)
    page = markup.tree(html)
    missing = not_shown.name(text, tokens, page)
    return _with_named(_from_html(html), [*front, *missing, *_pictures(page)])


def plain(content: bytes) -> Brought:
    """Read plain text; where a line begins with "# " it is read as Markdown."""
    text = decoded(content)
    if HEADING.search(text):
        return markdown(content)
    return _from_html(plain_text.as_html(text))


def web_page(content: bytes) -> Brought:
    """Read a web page, however it is built."""
    text = decoded(content)
    if not text.strip():
        return Brought([])
    try:
        page = lxml.html.document_fromstring(markup.without_nulls(text).encode(), parser=_parser())
    except lxml.etree.ParserError:  # there is nothing in it but comments
        return Brought([])
    sheets = "\n".join(row.text or "" for row in page.iter("style"))
    found = _from_html(text, page_styles.rules_in(sheets))
    return _with_named(found, _left_out(page))


def _parser() -> lxml.html.HTMLParser:
    return lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)


def _from_html(html: str, rules: page_styles.Rules = page_styles.NO_RULES) -> Brought:
    """The sections of HTML, with what its styles take out."""
    html = markup.without_nulls(html)
    if is_too_deep(html):
        html = markup.words_alone(html)
    root = foreign.read(html)
    notes = footnotes.take_out(root)
    before = _long_words([root])
    changed = list_numbers.name_letters(root, rules)
    gone = foreign.make_plain(root, rules)
    changed += list_numbers.keep_numbers(root)
    gone = [row for row in gone if row.why != Why.MARGIN or not is_page_line(row.words)]
    after = [*_long_words([root]), *words_in(" ".join(row.words for row in gone))]
    missing = lost(before, after)
    found = brought(root, notes)
    return _with_named(found, [*missing, *of_gone(gone), *changed])


def _long_words(elements: list[HtmlElement]) -> list[str]:
    """The words of a page that are more than the number or the letter of an item."""
    return words_in(" ".join(map(spaced, elements)))


def _with_named(found: Brought, more: list[Named]) -> Brought:
    found.named = [*more, *found.named]
    return found


def _front_matter(text: str) -> tuple[list[Named], str]:
    """(what stands before the text, the text): the settings at the top of many Markdown files."""
    found = FRONT.match(text)
    lines = found[1].splitlines() if found else []
    if not found or not all(FRONT_LINE.match(line) for line in lines) or not lines:
        return [], text
    title = TITLE_LINE.search(found[1])
    rows = [named(Group.REST, TITLE.format(_bare(title[1])))] if title else []
    others = [line.strip() for line in lines if not TITLE_LINE.match(line)]
    if others:
        rows.append(named(Group.REST, f"What stands before the text: “{'; '.join(others)}”"))
    return rows, text[found.end() :]


def _bare(words: str) -> str:
    return words.strip().strip("\"'")


def _left_out(page: HtmlElement) -> list[Named]:
    """What does not come along: "2 videos", and the words in them."""
    found = []
    for tag, names in LEFT_OUT.items():
        rows = list(page.iter(tag))
        if not rows:
            continue
        words = " … ".join(filter(None, (_words(row) for row in rows if tag in WITH_WORDS)))
        said = counted(len(rows), names)
        if words:
            found.append(named(Group.WORDS, f"{said}: “{words}”"))
        else:
            found.append(named(Group.REST, said))
    return [*found, *_pictures(page)]


def _pictures(page: HtmlElement) -> Iterator[Named]:
    """Pictures do not come with a page; what they say to people who cannot see them is told."""
    rows = [row for row in page.iter() if _is_picture(row)]
    said = [row.get(name) or "" for row in rows for name in ("alt", "aria-label", "title")]
    words = list(dict.fromkeys(filter(None, (" ".join(row.split()) for row in said))))
    if rows:
        number = counted(len(rows), ("picture", "pictures"))
        yield named(Group.WORDS, number + ADD_PICTURES, " … ".join(words))


def _is_picture(row: HtmlElement) -> bool:
    """Is it a picture, which does not come? One of ours does."""
    if markup.PICTURE.fullmatch(row.get("src") or ""):
        return False
    return row.tag in ("img", "area") or row.get("role") == "img" or bool(row.get("alt"))


def _words(element: HtmlElement) -> str:
    """The words inside, and those that stand in attributes of a page of another site."""
    inside = element.get("srcdoc") or ""
    parts = [element.get("title") or "", element.text_content()]
    if inside:
        parts.append(lxml.html.fragment_fromstring(inside, create_parent="div").text_content())
    return " ".join(" ".join(parts).split())
