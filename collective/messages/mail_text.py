"""The plain-text half of a mail, made from its HTML half, so that each message has one wording."""

import re

from bs4 import PageElement, Tag
from markdownify import MarkdownConverter


class _PlainText(MarkdownConverter):
    """Markdown, but a link reads "words: address" and nothing is escaped: it is read by people."""

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        address = (
            str(el.get("href", ""))
            .removeprefix("mailto:")
            .removeprefix("tel:")
            .removeprefix("sms:")
        )
        words = text.strip()
        return words if not address or address == words else f"{words}: {address}"

    def convert_title(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return ""

    def convert_strong(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return text

    def process_text(self, el: PageElement, parent_tags: set[str] | None = None) -> str:
        # markdownify has it; its stub leaves it out
        text: str = super().process_text(el, parent_tags)  # type: ignore[misc]
        after_break = getattr(el.previous_sibling, "name", None) == "br"
        return text.lstrip() if after_break else text

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
        wrap=True,  # how a template is laid out is not seen: a line is as long as its paragraph
        wrap_width=None,
    ).convert(html)
    text = re.sub(r"[ \t]+\n", "\n", text.replace("\u00a0", " "))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
