"""Of which block some exact words are that stand elsewhere in a policy, or stood in its last draft.

Asked only for words that a save brings in and that were not in its section before.
"""

import html
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from policy_drafts.text import blocks
from policy_drafts.text.blocks import Block

TAG = re.compile(r"<[^>]*>")
UID = re.compile(r'data-block="([0-9a-f-]{36})"')


@dataclass(frozen=True)
class Around:
    """What there is besides one section: stored HTML, and the (text, uid) of the last draft.

    `before` are the other sections as they were one version ago: what was cut there stood there.
    """

    mine: str
    others: Sequence[str]
    before: Sequence[str]
    draft: Sequence[tuple[str, str]]

    def origins(self, texts: Collection[str]) -> Mapping[str, str]:
        """{text: uid} of those that one knows; where the draft has it, of the draft."""
        return {
            **self._standing_in(self.before, texts),
            **self._standing_in(self.others, texts),
            **self._in_draft(texts),
        }

    def _standing_in(self, sections: Sequence[str], texts: Collection[str]) -> dict[str, str]:
        in_draft = {uid for _, uid in self.draft}
        found = [
            (block.text, _root(block, in_draft))
            for other in sections
            if _may_hold(other, texts)
            for block in blocks.read(other)
            if block.text in texts
        ]
        return _standing_once(found)

    def _in_draft(self, texts: Collection[str]) -> dict[str, str]:
        """Of several with the same words the only one that is gone since."""
        stood = [(text, uid) for text, uid in self.draft if text in texts]
        alive = set(UID.findall(" ".join([self.mine, *self.others]))) if stood else set()
        gone = [(text, uid) for text, uid in stood if uid not in alive]
        return {**_standing_once(stood), **_standing_once(gone)}


def _may_hold(stored: str, texts: Collection[str]) -> bool:
    """A quick look before all of it is parsed: do the words stand there, whatever is bold?"""
    plain = "".join(html.unescape(TAG.sub("", stored)).split())
    return any("".join(text.split()) in plain for text in texts)


def _root(block: Block, in_draft: Collection[str]) -> str:
    """A copy that was made since the last draft leads on to what it is a copy of."""
    return block.uid if block.uid in in_draft else block.carried_from or block.uid


def _standing_once(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    rows = list(found)
    counts = Counter(text for text, _ in rows)
    return {text: uid for text, uid in rows if counts[text] == 1}
