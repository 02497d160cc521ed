"""The plain-text half of a mail, made from its HTML half, so that each message has one wording."""

import re

from bs4 import Tag
from markdownify import MarkdownConverter


class _PlainText(MarkdownConverter):
    """Markdown, but a link reads "words: address" and nothing is escaped: it is read by people."""

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        address = str(el.get("href", "")).removeprefix("mailto:").removeprefix("tel:")
        return text if not address or address == text.strip() else f"{text}: {address}"

    def convert_title(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return ""

    def convert_strong(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return text

    convert_b = convert_em = convert_i = convert_strong


def plain_text(html: str) -> str:
    """Readable text for a mail program without HTML."""
    text = _PlainText(
        heading_style="underlined",
        bullets="-",
        escape_asterisks=False,
        escape_underscores=False,
        escape_misc=False,
        strip=["style", "head"],
    ).convert(html)
    text = re.sub(r"[ \t]+\n", "\n", text.replace("\u00a0", " "))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
