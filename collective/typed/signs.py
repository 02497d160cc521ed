"""Which signs of a text nobody sees, and a text without them.

Names and titles are read out, printed, and made into Word, PDF and calendar files. A sign that
nobody sees makes two names that look alike, a link without words, or a file that cannot be opened
(XML 1.0, 2.2, has no control characters and no U+FFFF). The joiners that Persian, Hindi, emoji and
flags need stay: without them a name is spelt wrong.
"""

import re
import unicodedata

BREAKS = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029\u2800]")  # and the empty Braille cell
LINE_ENDS = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")
SPACES = re.compile(r"\s{2,}")
OVERRIDES = re.compile("[\u202d\u202e]")
# Unicode, Default_Ignorable_Code_Point: what is drawn as nothing and is no Cf.
FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0\U00016fe4\U0001d159")
RESERVED = re.compile("[\ufff0-\ufff8]")
# Unicode, Prepended_Concatenation_Mark: they are Cf, and seen.
SEEN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
JOINERS = frozenset("\u180e\u200c\u200d")
RIGHT_TO_LEFT = frozenset(("R", "AL", "AN"))  # Unicode, Bidi_Class
KEYCAP = "\u20e3"
VIRAMA = 9  # its combining class: a joiner behind it changes how the letter before is drawn
# Scripts whose letters never need a joiner or another shape.
PLAIN_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "FULLWIDTH", "COMBINING")
# Unicode Technical Standard 51, ED-14a: England, Scotland and Wales are a black flag and tags.
TAGS = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)|[\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)


# Signs that only Word's own typefaces draw (Symbol, Wingdings), by what they look like there.
OF_WORDS_TYPEFACES = {
    0xF0B7: "•",
    0xF0A7: "▪",
    0xF0D8: "➢",
    0xF0E0: "→",
    0xF0FC: "✓",
    0xF0FB: "✗",
    0xF0FE: "☒",
    0xF06F: "☐",
    0xF0A8: "☐",
    0xF02D: "-",
}


def clean_line(text: str) -> str:
    """The text in one line, without what nobody sees; "" where nothing of it can be seen.

    A line break or a run of white space is one space. What can be seen stays as it was typed.
    """
    line = TAGS.sub(lambda found: found[1] or "", BREAKS.sub(" ", text))
    line = line.translate(OF_WORDS_TYPEFACES)
    kept = _without_idle("".join(sign for sign in line if not _is_hidden(sign)))
    line = SPACES.sub(" ", kept).strip()
    return line if has_sign(line) else ""


def clean_text(text: str) -> str:
    """The text with its lines, each break as one character, and nothing that breaks a file.

    So the server counts characters as the box on the page does: a browser sends a break as two.
    """
    lines = OVERRIDES.sub("", LINE_ENDS.sub("\n", text)).translate(OF_WORDS_TYPEFACES)
    return "".join(sign for sign in lines if sign in "\n\t" or not _breaks_files(sign))


def isolated(name: str) -> str:
    """The name so that it turns no word beside it, in a sentence without markup.

    Between the isolates of Unicode Standard Annex 9, as `<bdi>` does it in a page.
    """
    if any(unicodedata.bidirectional(sign) in RIGHT_TO_LEFT for sign in name):
        return f"\u2068{name}\u2069"
    return name


def without_hidden(text: str) -> str:
    """The text without any sign that nobody sees, joiners too; its line breaks stay."""
    plain = TAGS.sub("", text)
    return "".join(
        sign for sign in plain if not (_is_hidden(sign) or sign in JOINERS or _is_variant(sign))
    )


def has_sign(text: str) -> bool:
    """Can at least one letter, digit or sign of it be seen?"""
    return any(unicodedata.category(sign)[0] in "LNPS" or _is_private(sign) for sign in text)


def _is_private(sign: str) -> bool:
    return unicodedata.category(sign) == "Co"


def _breaks_files(sign: str) -> bool:
    """Is it a control character, half of a sign, or none at all (Unicode, Noncharacter)?"""
    number = ord(sign)
    is_none = 0xFDD0 <= number <= 0xFDEF or number & 0xFFFE == 0xFFFE
    return is_none or unicodedata.category(sign) in {"Cc", "Cs"}


def _is_hidden(sign: str) -> bool:
    """Is nothing drawn for it, wherever it stands? White space is no such sign."""
    if sign.isspace() or (sign.isascii() and sign.isprintable()):
        return False
    if sign in FILLERS or RESERVED.match(sign) or _breaks_files(sign):
        return True
    is_format = unicodedata.category(sign) == "Cf" and sign not in JOINERS
    is_tag = "\U000e0020" <= sign <= "\U000e007f"  # TAGS has taken those that make no flag
    return is_format and sign not in SEEN_FORMATS and not is_tag


def _is_variant(sign: str) -> bool:
    """Does it choose another shape of the sign before it? (Unicode, Variation_Selector)"""
    return (
        "\ufe00" <= sign <= "\ufe0f"
        or "\U000e0100" <= sign <= "\U000e01ef"
        or sign in "\u180b\u180c\u180d\u180f"
    )


def _without_idle(text: str) -> str:
    """Without joiners that join nothing, and choices of a shape where there is no other."""
    kept: list[str] = []
    for number, sign in enumerate(text):
        after = text[number + 1 : number + 2]
        if sign in JOINERS and not _joins(kept, after):
            continue
        if _is_variant(sign) and not _varies(kept, after):
            continue
        kept.append(sign)
    return "".join(kept)


def _joins(before: list[str], after: str) -> bool:
    """Do the signs beside it look different with a joiner between? (RFC 5892, appendix A.1)"""
    if before and unicodedata.combining(before[-1]) == VIRAMA:
        return True
    base = next((sign for sign in reversed(before) if not _belongs_to_base(sign)), "")
    return _takes_joiners(base) and _takes_joiners(after)


def _belongs_to_base(sign: str) -> bool:
    """Is it an accent, a shape or a colour of skin, drawn with the sign before it?"""
    return unicodedata.category(sign) in {"Mn", "Mc", "Me", "Sk"}


def _takes_joiners(sign: str) -> bool:
    if not sign or sign.isascii():
        return False
    if unicodedata.category(sign) in {"So", "Sm"}:  # emoji
        return True
    is_letter = unicodedata.category(sign)[0] in "LM"
    return is_letter and not unicodedata.name(sign, "").startswith(PLAIN_SCRIPTS)


def _varies(before: list[str], after: str) -> bool:
    """Is there a sign before it that has other shapes?"""
    base = before[-1] if before else " "
    if base.isascii():  # 1 in a box is the digit, this, and the box
        return after == KEYCAP and (base.isdigit() or base in "#*")
    kind = unicodedata.category(base)[0]
    if kind == "L":
        return base == "\u2139" or not unicodedata.name(base, "").startswith(PLAIN_SCRIPTS)
    return kind in "SPN"
