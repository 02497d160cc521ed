"""Which signs the typefaces of our PDF files can draw, and what stands for one that none can.

The compiler of PDF/UA refuses a text with a sign that it cannot draw. So another one stands there
for each such sign, and whoever publishes the text reads of it before.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE / "printable.txt"  # written by `python -m dev.signs`
# The site's typeface, as one without serifs is easier to read; then Noto's, for every other script.
TYPEFACES = [
    str(HERE.parent / "drafts" / "exports" / "paper" / "fonts"),
    *(str(files(package)) for package in ("manimgx_fonts", "manimgx_fonts_cjk")),
]
STAND_IN = "\ufffd"  # Unicode, Replacement Character
LATIN = 0x17F  # up to it our typefaces draw each letter
FORMAT = "Cf"  # joiners, marks of direction: nothing is drawn for them
PRIVATE = "Co"  # each typeface draws what it likes there, or nothing


def lacking(text: str) -> list[str]:
    """The signs of a text that cannot be printed, each once, in their order."""
    return [sign for sign in dict.fromkeys(text) if not _is_drawn(sign)]


def with_stand_ins(text: str, signs: Iterable[str] = ()) -> str:
    """The text with a stand-in for each sign that cannot be printed, and for these."""
    if text.isascii():
        return text
    for sign in [*signs, *lacking(text)]:
        text = text.replace(sign, STAND_IN)
    return text


def described(sign: str) -> str:
    """What a sign is called, as the people who look for it would: "U+12000, cuneiform sign a"."""
    name = "a sign of one typeface alone" if unicodedata.category(sign) == PRIVATE else ""
    name = name or unicodedata.name(sign, "").lower()
    return f"U+{ord(sign):04X}, {name}" if name else f"U+{ord(sign):04X}"


def _is_drawn(sign: str) -> bool:
    code = ord(sign)
    if code <= LATIN:
        return True
    category = unicodedata.category(sign)
    if category in (FORMAT, PRIVATE):
        return category == FORMAT
    firsts, lasts = _ranges()
    place = bisect_right(firsts, code) - 1
    return place >= 0 and code <= lasts[place]


@cache
def _ranges() -> tuple[list[int], list[int]]:
    """The first and the last code points of what is drawn."""
    rows = [line.split("-") for line in TABLE.read_text().split()]
    return [int(first, 16) for first, _ in rows], [int(last, 16) for _, last in rows]
