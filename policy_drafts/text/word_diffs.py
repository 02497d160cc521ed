"""What changed between two plain texts, word by word; shown escaped, never HTML against HTML."""

from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from policy_drafts.text.tokens import runs, tokens_of

TAKEN_OUT, STAYED, PUT_IN = -1, 0, 1
SHOWN = {
    STAYED: "{}",
    TAKEN_OUT: '<del><span class="vh">[taken out: </span>{}<span class="vh">]</span></del>',
    PUT_IN: '<ins><span class="vh">[put in: </span>{}<span class="vh">]</span></ins>',
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


def pieces(old: str, new: str) -> list[tuple[int, str]]:
    """[(TAKEN_OUT, STAYED or PUT_IN, text)] from an old to a new text.

    Without what was put in it is the old text, without what was taken out the new one.
    """
    found: list[tuple[int, str]] = []
    for change in _readable(_changes(old, new)):
        said = ((STAYED, change.stayed), (TAKEN_OUT, change.taken_out), (PUT_IN, change.put_in))
        found += [(what, text) for what, text in said if text]
    return found


def _changes(old: str, new: str) -> list[Change]:
    """What the fewest words taken out and put in make of it."""
    before, after = tokens_of(old), tokens_of(new)
    found = [Change()]
    for is_same, was, now in runs(before, after):
        if is_same:
            if found[-1].is_one:
                found.append(Change())
            found[-1].stayed += "".join(before[index].text for index in was)
        else:
            found[-1].taken_out += "".join(before[index].text for index in was)
            found[-1].put_in += "".join(after[index].text for index in now)
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


def words_html(old: str, new: str) -> SafeString:
    """Both texts in one, escaped: <del> and <ins>, with words that a screen reader hears."""
    shown = [
        SHOWN[what].format(escape(text).replace("\n", "<br>")) for what, text in pieces(old, new)
    ]
    return mark_safe("".join(shown))
