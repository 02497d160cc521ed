"""Policies that nobody wrote, and how they are rewritten: which passage is which is known.

The wording repeats itself as that of rules does. A passage is reworded, moved, cut out, split in
two, made one with the next or said a second time; and at each save one in 200 is cut in one
section and pasted into another, half of them pasted before they are cut.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import count
from random import Random

WHO = ["The Associate", "The safeguarding lead", "A coordinator", "The person", "Staff", "The team"]
WHO += ["A facilitator", "The host organisation", "Any member", "A volunteer"]
MUST = ["must", "should", "may", "will", "shall"]
DO = ["record", "tell", "report", "listen to", "pass on", "review", "keep", "share", "write down"]
DO += ["ask about", "explain", "check"]
WHAT = ["each concern", "what was said", "the plan", "the record", "every report", "the decision"]
WHAT += ["the reason", "any change", "the consent", "the notes"]
WHEN = ["within two working days", "before the session", "after the session", "at once"]
WHEN += ["each quarter", "in writing", "by phone", "where it is safe", "without delay"]
AGAIN = [
    "This holds for every session.",
    "Nobody is treated worse for it.",
    "A record is kept for six years.",
    "The person is told first.",
    "If in doubt, ask the safeguarding lead.",
]
ONE_IN = 200  # passages that are moved to another section at each save
ACTS = {
    "reword": 55,
    "add": 7,
    "cut": 4,
    "move": 6,
    "split": 5,
    "merge": 4,
    "repeat": 3,
    "none": 16,
}


@dataclass
class Passage:
    """One paragraph; its key is what it is, whatever it says by now."""

    key: int
    text: str


@dataclass
class MadePolicy:
    """Sections of passages, and into which passage one went that was made one with another."""

    rng: Random
    sections: list[list[Passage]] = field(default_factory=list)
    into: dict[int, int] = field(default_factory=dict)
    keys: Iterator[int] = field(default_factory=count)

    @classmethod
    def of_size(cls, rng: Random, sections: int, passages: int) -> "MadePolicy":
        """A policy with so many sections of so many passages each."""
        made = cls(rng)
        made.sections = [
            [made.new(made.paragraph()) for _ in range(passages)] for _ in range(sections)
        ]
        return made

    def new(self, text: str) -> Passage:
        return Passage(next(self.keys), text)

    def sentence(self) -> str:
        return " ".join(self.rng.choice(words) for words in (WHO, MUST, DO, WHAT, WHEN)) + "."

    def paragraph(self) -> str:
        sentences = [self.sentence() for _ in range(self.rng.randint(1, 3))]
        if self.rng.random() < 0.4:
            sentences.append(self.rng.choice(AGAIN))
        return " ".join(sentences)

    def html(self, number: int) -> str:
        """The text of a section as a writer sends it."""
        return "".join(f"<p>{escape(passage.text)}</p>" for passage in self.sections[number])

    def passages(self) -> list[Passage]:
        """All of them, in order."""
        return [passage for section in self.sections for passage in section]

    def stands_in(self, key: int) -> int:
        """The key of the passage in which this one stands now, or stood when it was cut out."""
        while key in self.into:
            key = self.into[key]
        return key

    def edit(self) -> Iterator[int]:
        """One sitting of a writer: the numbers of the sections that are saved, one by one."""
        number = self.rng.randrange(len(self.sections))
        act = self.rng.choices(list(ACTS), list(ACTS.values()))[0]
        if act == "add":
            self._put(number, self.new(self.paragraph()))
        elif act != "none" and self.sections[number]:
            getattr(self, f"_{act}")(number)
        if self.rng.random() < len(self.passages()) / ONE_IN:
            yield from self._cut_and_paste()
        yield number

    def _put(self, number: int, passage: Passage) -> None:
        section = self.sections[number]
        section.insert(self.rng.randrange(len(section) + 1), passage)

    def _take(self, number: int) -> Passage:
        section = self.sections[number]
        return section.pop(self.rng.randrange(len(section)))

    def _reword(self, number: int) -> None:
        passage = self.rng.choice(self.sections[number])
        words = passage.text.split()
        share = self.rng.choice([0.05, 0.1, 0.2, 0.3])
        for _ in range(max(1, int(len(words) * share))):
            at, word = self.rng.randrange(len(words)), self.rng.choice(self.sentence().split())
            cut = self.rng.choice([0, 1, 1, 1])
            words[at : at + cut] = [] if len(words) > 3 and self.rng.random() < 0.25 else [word]
        passage.text = " ".join(words)

    def _cut(self, number: int) -> None:
        self._take(number)

    def _move(self, number: int) -> None:
        self._put(number, self._take(number))

    def _split(self, number: int) -> None:
        section = self.sections[number]
        at = self.rng.randrange(len(section))
        sentences = section[at].text.split(". ")
        if len(sentences) > 1:
            first = self.rng.randint(1, len(sentences) - 1)
            section[at].text = ". ".join(sentences[:first]) + "."
            section.insert(at + 1, self.new(". ".join(sentences[first:])))

    def _merge(self, number: int) -> None:
        section = self.sections[number]
        if len(section) > 1:
            at = self.rng.randrange(len(section) - 1)
            gone = section.pop(at + 1)
            section[at].text += f" {gone.text}"
            self.into[gone.key] = section[at].key

    def _repeat(self, number: int) -> None:
        self._put(number, self.new(self.rng.choice(self.sections[number]).text))

    def _cut_and_paste(self) -> Iterator[int]:
        source, target = self.rng.sample(range(len(self.sections)), 2)
        if not self.sections[source]:
            return
        passage, is_pasted_first = self._take(source), self.rng.random() < 0.5
        if is_pasted_first:
            self._put(target, passage)
            yield target
            yield source
        else:
            yield source
            self._put(target, passage)
            yield target
