"""`python -m dev.signs`: writes down anew which signs our PDF files can draw.

It asks the fonts themselves, also those that typst brings along: they lie in its library as they
are.
Run it when a typeface, or typst, is changed for another.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from itertools import groupby
from pathlib import Path

import typst
from fontTools.ttLib import TTFont
from fontTools.ttLib.ttCollection import TTCollection

from policy_drafts.text import printable

FONT_FILES = ("*.ttf", "*.otf", "*.ttc")
LARGEST = 3_000_000  # bytes of a font of typst's
BEGINNINGS = re.compile(b"\x00\x01\x00\x00\x00[\x08-\x20]|OTTO\x00[\x08-\x20]")


def drawn() -> set[int]:
    """Each code point that some typeface of ours, or of typst's, can draw."""
    return {
        code for font in [*_our_fonts(), *_fonts_of_typst()] for code in font.getBestCmap() or {}
    }


def _our_fonts() -> Iterator[TTFont]:
    paths = (
        path
        for folder in printable.TYPEFACES
        for kind in FONT_FILES
        for path in Path(folder).glob(kind)
    )
    for path in paths:
        if path.suffix == ".ttc":
            yield from TTCollection(str(path), lazy=True).fonts
        else:
            yield TTFont(str(path), lazy=True)


def _fonts_of_typst() -> Iterator[TTFont]:
    """The fonts in typst's library: a table of contents that can be read as one is one."""
    library = next(Path(typst.__file__).parent.glob("*.so")).read_bytes()
    for found in BEGINNINGS.finditer(library):
        with suppress(Exception):  # other bytes that begin in the same way
            font = TTFont(BytesIO(library[found.start() : found.start() + LARGEST]), lazy=True)
            if font.getBestCmap():
                yield font


def ranges(codes: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The code points as ranges, first and last."""
    for _, group in groupby(enumerate(sorted(codes)), lambda row: row[1] - row[0]):
        rows = [code for _, code in group]
        yield rows[0], rows[-1]


if __name__ == "__main__":
    lines = [f"{first:X}-{last:X}" for first, last in ranges(drawn())]
    printable.TABLE.write_text("\n".join(lines) + "\n")
    sys.stdout.write(f"{len(lines)} ranges are written to {printable.TABLE.name}.\n")
