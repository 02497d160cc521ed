"""What changed between two plain texts, word by word; shown escaped, never HTML against HTML.

Each text is shown whole. The words that differ stand in plain spans, which eyes see and ears pass.
"""

from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from policy_drafts.text.tokens import runs_of_words, words_of

TAKEN_OUT, STAYED, PUT_IN = -1, 0, 1
MARKS = {
    TAKEN_OUT: '<span class="taken-out">{}</span>',
    PUT_IN: '<span class="put-in">{}</span>',
}


@dataclass
class Change:
    """Words that stay, and behind them words that were taken out and put in."""

    stayed: str = ""
    taken_out: str = ""
    put_in: str = ""

    @property
    def size(self) -> int:
        return max(len(self.taken_out), len(self.put_in))

    @property
    def is_one(self) -> bool:
        """Is there anything that goes or comes?"""
        return bool(self.taken_out or self.put_in)


class Both(NamedTuple):
    """Two texts, each whole and escaped, with marks for the eyes on the words that differ."""

    before: SafeString
    now: SafeString


Pieces = list[tuple[int, str]]


def changes(old: str, new: str) -> list[Change]:
    """What goes and comes, in order, as a reader would see it."""
    return _readable(_fewest(old, new))


def pieces(old: str, new: str) -> Pieces:
    """[(TAKEN_OUT, STAYED or PUT_IN, text)] from an old to a new text.

    Without what was put in it is the old text, without what was taken out the new one.
    """
    found: Pieces = []
    for change in changes(old, new):
        said = ((STAYED, change.stayed), (TAKEN_OUT, change.taken_out), (PUT_IN, change.put_in))
        found += [(what, text) for what, text in said if text]
    return found


def _fewest(old: str, new: str) -> list[Change]:
    """What the fewest words taken out and put in make of it."""
    before, after = words_of(old), words_of(new)
    found = [Change()]
    for is_same, was, now in runs_of_words(before, after):
        if is_same:
            if found[-1].is_one:
                found.append(Change())
            found[-1].stayed += "".join(before[was.start : was.stop])
        else:
            found[-1].taken_out += "".join(before[was.start : was.stop])
            found[-1].put_in += "".join(after[now.start : now.stop])
    return found


def _readable(changes: list[Change]) -> list[Change]:
    """Few words that stay between two longer changes read better as a part of one change."""
    found: list[Change] = []
    for change in changes:
        found.append(change)
        while len(found) > 1 and _is_between(found[-2], found[-1]):
            after, before = found.pop(), found[-1]
            before.taken_out += after.stayed + after.taken_out
            before.put_in += after.stayed + after.put_in
    return found


def _is_between(before: Change, after: Change) -> bool:
    if not (before.is_one and after.is_one):
        return False
    return not after.stayed.strip() or len(after.stayed) <= min(before.size, after.size)


def both(old: str, new: str) -> Both:
    """Each text whole, with its words that differ marked; without a mark where no word stayed."""
    found = pieces(old, new)
    if not any(what == STAYED and text.strip() for what, text in found):
        return Both(mark_safe(shown(old)), mark_safe(shown(new)))
    return Both(_marked(found, but=PUT_IN), _marked(found, but=TAKEN_OUT))


def _marked(found: Pieces, *, but: int) -> SafeString:
    """One of the two texts: the pieces without those of the other."""
    return mark_safe("".join(_piece(what, text) for what, text in found if what != but))


def _piece(what: int, text: str) -> str:
    """Marked, but for the space at its ends."""
    words = text.strip()
    if what == STAYED or not words:
        return shown(text)
    start, _, end = text.partition(words)
    return shown(start) + MARKS[what].format(shown(words)) + shown(end)


def shown(text: str) -> str:
    """A plain text, escaped, with its line breaks."""
    return escape(text).replace("\n", "<br>")


def said(old: str, new: str) -> list[str]:
    """The words that changed, in plain words: "“five” is now “two”"."""
    return [words for change in changes(old, new) if (words := _said(change))]


def _said(change: Change) -> str:
    gone, came = " ".join(change.taken_out.split()), " ".join(change.put_in.split())
    if gone and came:
        return f"“{gone}” is now “{came}”"
    if gone:
        return f"“{gone}” is taken out"
    return f"“{came}” is put in" if came else ""
