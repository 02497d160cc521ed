"""What changed between two plain texts, word by word; shown escaped, never HTML against HTML."""

import re

from diff_match_patch import diff_match_patch
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

LONGEST = 1.0  # seconds for one block; after it the difference is coarser, and still exact
TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
FIRST_SURROGATE, SURROGATES = 0xD800, 0x800
TAKEN_OUT, STAYED, PUT_IN = -1, 0, 1
SHOWN = {
    STAYED: "{}",
    TAKEN_OUT: '<del><span class="vh">[taken out: </span>{}<span class="vh">]</span></del>',
    PUT_IN: '<ins><span class="vh">[put in: </span>{}<span class="vh">]</span></ins>',
}


class _Alphabet:
    """Writes each word as one character, so that letters are compared and whole words come out."""

    def __init__(self) -> None:
        self.signs: dict[str, str] = {}

    def encode(self, text: str) -> str:
        return "".join(self._sign(token) for token in TOKEN.findall(text))

    def _sign(self, token: str) -> str:
        if token not in self.signs:
            code = len(self.signs) + 1
            self.signs[token] = chr(code if code < FIRST_SURROGATE else code + SURROGATES)
        return self.signs[token]

    def decode(self, found: list[tuple[int, str]]) -> list[tuple[int, str]]:
        tokens = {sign: token for token, sign in self.signs.items()}
        return [(what, "".join(tokens[sign] for sign in text)) for what, text in found]


def pieces(old: str, new: str) -> list[tuple[int, str]]:
    """[(TAKEN_OUT, STAYED or PUT_IN, text)] from an old to a new text.

    Without what was put in it is the old text, without what was taken out the new one.
    """
    alphabet = _Alphabet()
    differ = diff_match_patch()
    differ.Diff_Timeout = LONGEST
    found = differ.diff_main(alphabet.encode(old), alphabet.encode(new), False)
    differ.diff_cleanupSemantic(found)
    return alphabet.decode(found)


def words_html(old: str, new: str) -> SafeString:
    """Both texts in one, escaped: <del> and <ins>, with words that a screen reader hears."""
    shown = [
        SHOWN[what].format(escape(text).replace("\n", "<br>")) for what, text in pieces(old, new)
    ]
    return mark_safe("".join(shown))
