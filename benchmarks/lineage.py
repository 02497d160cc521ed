"""Passages: which is which after 20 drafts, where that is known, beside other ways to tell.

    python -m benchmarks.lineage              12,000 passages and more of five made policies
    python -m benchmarks.lineage FOLDER       the revisions of one real text, a file each, by name

For each 1,000 passages of a draft: those that were found, those that were found at a wrong place
("kept though gone" is wrong), and those of which a person is asked, though they stand or as they
are gone. None is lost without a question. Beside the alignment: the uids that likeness in one
section gives, character offsets, and a fuzzy search for the quote. The check sum of all answers is
the same however busy the machine is.
"""

import hashlib
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random

from rapidfuzz import fuzz, process

from benchmarks import setting  # noqa: F401 sets Django up for the models
from benchmarks.made_policies import MadePolicy
from policy_drafts.desk import readers
from policy_drafts.text import blocks, lineage
from policy_drafts.text.around import Around
from policy_drafts.text.blocks import Block
from policy_drafts.text.diffs import OneText
from policy_drafts.text.same_sections import Titled, same_sections

POLICIES, DRAFTS, SAVES, SECTIONS, PASSAGES = 5, 20, 60, 20, 6
ALIKE = 60  # of 100: what a fuzzy search takes for the quote

Text = list[tuple[OneText, list[Block]]]
Places = list[int | None]  # for each passage of the old text its place in the new one


@dataclass
class WorkingCopy:
    """The stored text of a policy, kept as the product keeps it."""

    asks_elsewhere: bool
    keys: list[uuid.UUID] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)  # each section one version ago
    draft: list[tuple[str, str]] = field(default_factory=list)

    def save(self, number: int, html: str) -> None:
        """Save a section; one that is new stands behind the others."""
        if number == len(self.stored):
            self.keys.append(uuid.uuid4())
            self.stored.append("")
            self.before.append("")
        was = self.stored[number]
        origins = self._around(number).origins if self.asks_elsewhere else nowhere
        self.stored[number] = blocks.with_uids(html, was, origins)
        if self.stored[number] != was:
            self.before[number] = was

    def _around(self, number: int) -> Around:
        others = [html for place, html in enumerate(self.stored) if place != number]
        before = [html for place, html in enumerate(self.before) if place != number]
        return Around(self.stored[number], others, before, self.draft)

    def publish(self) -> Text:
        """The text as a draft holds it: no uid stands in it twice."""
        taken: set[str] = set()
        found = []
        for number, (key, html) in enumerate(zip(self.keys, self.stored, strict=True), 1):
            once = blocks.with_fresh_uids(html, taken, partial(uuid.uuid5, key))
            found.append((OneText(key, number), blocks.read(once)))
        self.draft = [(block.text, block.uid) for block in flat(found)]
        return found


def nowhere(texts: Collection[str]) -> dict[str, str]:
    """Of no block are these words, as far as anybody asks."""
    return {}


def flat(text: Text) -> list[Block]:
    return [block for _, rows in text for block in rows]


def aligned(old: Text, new: Text) -> Places:
    """As the product tells it."""
    found = lineage.align(old, new)
    goes_on = {uid: row.new.position for uid, row in found.by_old.items()}
    goes_on |= {uid: place.position for uid, place in found.merged.items()}
    return [goes_on.get(block.uid) for block in flat(old)]


def by_uid(old: Text, new: Text) -> Places:
    """By the uids that likeness within each section gives."""
    places = {block.uid: place for place, block in enumerate(flat(new))}
    return [places.get(block.uid) for block in flat(old)]


def by_offset(old: Text, new: Text) -> Places:
    """What stands now where the middle of the passage stood."""
    ends = list(accumulate(len(block.text) + 1 for block in flat(new)))
    found: Places = []
    start = 0
    for block in flat(old):
        middle = start + len(block.text) // 2
        found.append(next((place for place, end in enumerate(ends) if middle < end), None))
        start += len(block.text) + 1
    return found


def by_quote(old: Text, new: Text) -> Places:
    """What is most like it now; of equals the nearest."""
    texts = [block.text for block in flat(new)]
    found: Places = []
    for place, block in enumerate(flat(old)):
        likest = process.extract(
            block.text, texts, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None
        )
        best = min(likest, key=lambda row: (-row[1], abs(row[2] - place)), default=None)
        found.append(best and best[2])
    return found


@dataclass(frozen=True)
class Way:
    """A way to tell which passage is which, and how the text was kept that it is told from."""

    tell: Callable[[Text, Text], Places]
    asks_elsewhere: bool = True


WAYS = {
    "alignment": Way(aligned),
    "uids alone": Way(by_uid, asks_elsewhere=False),
    "offsets": Way(by_offset),
    "fuzzy quotes": Way(by_quote),
}


@dataclass
class Answers:
    """What each way said, counted, and the check sum of all of it."""

    counts: dict[str, Counter[str]] = field(
        default_factory=lambda: {way: Counter() for way in WAYS}
    )
    check_sum: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    seconds: float = 0.0  # of CPU, that the alignment took

    def note(self, way: str, found: Places, right: Places) -> None:
        """Count how the answers compare with what is so."""
        self.check_sum.update(f"{way}: {found}".encode())
        for said, true in zip(found, right, strict=True):
            if said is None:
                self.counts[way]["gone" if true is None else "asked"] += 1
            else:
                self.counts[way]["right" if said == true else "wrong"] += 1


def truth(was: Sequence[int], policy: MadePolicy) -> Places:
    """Where each passage of the last draft stands now."""
    places = {passage.key: place for place, passage in enumerate(policy.passages())}
    return [places.get(policy.stands_in(key)) for key in was]


def follow(seed: int, answers: Answers) -> None:
    """Write one policy through all its drafts; note what each way says of each passage."""
    policy = MadePolicy.of_size(Random(seed), SECTIONS, PASSAGES)
    copies = {asks: WorkingCopy(asks) for asks in (True, False)}
    save_all(copies.values(), policy, range(SECTIONS))
    was = {asks: copy.publish() for asks, copy in copies.items()}
    keys = [passage.key for passage in policy.passages()]
    for _ in range(DRAFTS):
        for _ in range(SAVES):
            save_all(copies.values(), policy, policy.edit())
        now = {asks: copy.publish() for asks, copy in copies.items()}
        right = truth(keys, policy)
        for name, way in WAYS.items():
            start = time.process_time()
            found = way.tell(was[way.asks_elsewhere], now[way.asks_elsewhere])
            answers.seconds += time.process_time() - start if way.tell is aligned else 0
            answers.note(name, found, right)
        was, keys = now, [passage.key for passage in policy.passages()]


def save_all(copies: Iterable[WorkingCopy], policy: MadePolicy, sections: Iterable[int]) -> None:
    for number in sections:
        for copy in copies:
            copy.save(number, policy.html(number))


def tell_made() -> None:
    answers = Answers()
    for seed in range(POLICIES):
        follow(seed, answers)
    total = answers.counts["alignment"].total()
    print(f"{total} passages, {DRAFTS} drafts; of 1,000:")
    print(
        f"{'':14}{'right':>8}{'wrong':>8}{'asked though it stands':>24}{'asked as it is gone':>21}"
    )
    for way, counts in answers.counts.items():
        right, wrong, asked, gone = (
            1000 * counts[what] / total for what in ("right", "wrong", "asked", "gone")
        )
        print(f"{way:14}{right:8.1f}{wrong:8.1f}{asked:24.1f}{gone:21.1f}")
    print(f"alignment: {1000 * answers.seconds / POLICIES / DRAFTS:.1f} ms of CPU for two drafts")
    print(f"check sum of all answers: {answers.check_sum.hexdigest()[:16]}")


def revisions(folder: Path) -> Iterator[Text]:
    """Each file of the folder, brought in over the one before as a writer would do it."""
    copy, titles = WorkingCopy(asks_elsewhere=True), list[str]()
    for path in sorted(folder.iterdir()):
        parts = readers.read(path.name, path.read_bytes()).sections
        was = [Titled(*row) for row in zip(titles, copy.stored, strict=True)]
        found = same_sections(was, [Titled(part.title, part.html) for part in parts])
        gone = set(range(len(titles))) - set(found.values())
        for place, part in enumerate(parts):
            number = found.get(place, len(titles))
            titles[number : number + 1] = [part.title]
            copy.save(number, part.html)
        for number in gone:
            copy.save(number, "")
        yield copy.publish()


def tell_real(folder: Path) -> None:
    """How the passages of a real text go on, and each that is asked for: read these yourself."""
    counts: Counter[str] = Counter()
    for old, new in pairwise(revisions(folder)):
        found = lineage.align(old, new)
        for place in lineage.places(old):
            row = found.by_old.get(place.uid)
            merged = found.merged.get(place.uid)
            counts[row.how if row else "merged" if merged else "asked"] += 1
            if not row and not merged:
                print(f"asked: {place.block.text[:160]}")
    print(", ".join(f"{number} {how}" for how, number in counts.most_common()))


def main() -> None:
    folders = [Path(folder) for folder in sys.argv[1:]]
    for folder in folders:
        tell_real(folder)
    if not folders:
        tell_made()


if __name__ == "__main__":
    main()
