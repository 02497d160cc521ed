"""The text of a Word file as HTML, by mammoth."""

import base64
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import mammoth

from collective.errors import RuleError
from collective.safety import picture_reader
from collective.safety.picture_reader import Unreadable
from collective.safety.pictures import HEIF, MOST_BYTES
from policy_drafts.desk.readers.named import Group, Named, counted, named
from policy_drafts.desk.readers.parts import Picture
from policy_drafts.desk.readers.word_package import Package, packed
from policy_drafts.models.picture import LONGEST_SIDE

MOST_PICTURES = 100
STYLES = """
p[style-name='Term'] => dl > dt:fresh
p[style-name='Definition'] => dl > dd > p:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Caption'] => p:fresh
p[style-name='caption'] => p:fresh
p[style-name='List Continue'] => p.in-file-goes-on-1:fresh
p[style-name='List Continue 2'] => p.in-file-goes-on-2:fresh
p[style-name='List Continue 3'] => p.in-file-goes-on-3:fresh
"""
UNKNOWN_STYLE = re.compile(r"Unrecognised (?:paragraph|run) style: (.+) \(Style ID")
SIGN = re.compile(r"unsupported character was ignored: char \w+ in font (.+)")
OTHER_KINDS = ("GIF", "BMP", "TIFF")  # that are made anew
NOT_SHOWN = {
    "kind": "of a kind that no browser shows",
    "damaged": "that is damaged",
    "pixels": "that is too large",
}
USUAL = re.compile(  # looks of paragraphs that are no more than a paragraph
    r"(?i)normal.*|body.*|list.*|default.*|no spacing|.*paragraph.*|header|footer|hyperlink.*|"
    r"footnote.*|endnote.*|annotation.*|standard|text.*|table.*|toc.*|strong|emphasis|heading.*"
)
STAND_IN = "/policies/pictures/00000000-0000-0000-0000-{:012d}/"


@dataclass
class Text:
    """The text as HTML, its pictures, and sentences about what mammoth did not know."""

    html: str = ""
    pictures: list[Picture] = field(default_factory=list)
    not_shown: list[Named] = field(default_factory=list)  # pictures
    not_known: list[Named] = field(default_factory=list)

    def take_picture(self, image: Any) -> dict[str, str]:
        """Keep a picture; returns the attributes of the stand-in for it.

        One that nobody could see here has none, and is named.
        """
        with image.open() as file:
            content = file.read()
        words = image.alt_text or ""
        try:
            data = base64.b64encode(_as_kept(content)).decode()
        except Unreadable as error:
            said = f"A picture {NOT_SHOWN.get(error.why, NOT_SHOWN['kind'])}"
            self.not_shown.append(named(Group.WORDS, f"{said}: “{words}”" if words else said))
            return {}
        self.pictures.append({"data": data, "alt": words})
        return {"src": STAND_IN.format(len(self.pictures) - 1)}


def _as_kept(content: bytes) -> bytes:
    """A picture as it is, or as one that we take: not too large, and of a kind that is shown.

    Raises Unreadable.
    """
    if content[4:12] in HEIF:
        return content
    found = picture_reader.opened(BytesIO(content), [*picture_reader.HERE, *OTHER_KINDS])
    if found.format in picture_reader.HERE and len(content) <= MOST_BYTES:
        return content
    return picture_reader.as_webp(picture_reader.smaller(found, LONGEST_SIDE))


def as_html(package: Package) -> Text:
    """The text as mammoth reads it. Raises RuleError."""
    text = Text()
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
            f"This file has more than {MOST_PICTURES} pictures. Please bring it in in parts."
        )
    text.html = result.value
    text.not_known = [*text.not_shown, *_not_known([row.message for row in result.messages])]
    return text


def _not_known(said: list[str]) -> Iterable[Named]:
    """What mammoth said, for people: signs that are missing, then looks."""
    fonts = Counter(found[1] for message in said if (found := SIGN.search(message)))
    for font, number in fonts.items():
        signs = counted(number, ("sign", "signs"))
        yield named(Group.WORDS, f"{signs} of the typeface “{font}”, which others do not have")
    names = sorted(
        {found[1] for message in said if (found := UNKNOWN_STYLE.match(message))} - {"None"}
    )
    for name in names:
        if not USUAL.fullmatch(name):
            yield named(Group.REST, f"The look of “{name}” (its words are kept)")
