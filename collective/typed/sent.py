"""What a form sent, as far as a person typed it: to be shown back, and sent once more."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.http import QueryDict
from django.utils.html import strip_tags

from collective.typed import worded

A_LINE = 60  # characters
# What a form sends along by itself: it goes with "Send it again", but nobody has typed it.
BY_ITSELF = re.compile(
    r"^(csrfmiddlewaretoken|owner|next|page|also|started_from|shown|based_on|key|initial-.+|_.+)$"
    r"|-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$|-id$"
)
RICH = re.compile(r"\s*<(p|ul|ol|h\d|blockquote)\b[^>]*>")  # from an editor of ours
PARTS = re.compile(r"</(p|li|h\d)>")
TICKED = "on"  # what a browser sends of a box without a value


@dataclass(frozen=True)
class Row:
    """One value that was sent: the name of its field, and what a person would call it."""

    name: str
    value: str
    form: worded.Form | None = None

    @property
    def label(self) -> str:
        if called := worded.label(self.form, self.name):
            return called
        words = re.sub(r"[-_]+", " ", self.name).strip()
        return words[:1].upper() + words[1:]

    @property
    def in_words(self) -> str:
        if self.value == TICKED:
            return "Yes"
        if RICH.match(self.value):
            return strip_tags(PARTS.sub("\n\n", self.value)).strip()
        return worded.meaning(self.form, self.name, self.value) or self.value

    @property
    def is_short(self) -> bool:
        """Does it fit on one line?"""
        return len(self.value) <= A_LINE and not set("\r\n") & set(self.value)


@dataclass(frozen=True)
class Sent:
    """What was typed, and what the form sent along by itself or was left empty, in their order."""

    typed: list[Row]
    along: list[Row]

    @classmethod
    def of(cls, data: QueryDict, form: worded.Form | None = None) -> Self:
        """Of a form, field by field."""
        pairs = ((name, list(map(str, values))) for name, values in data.lists())
        return cls.of_pairs(pairs, form)

    @classmethod
    def of_pairs(
        cls, pairs: Iterable[tuple[str, list[str]]], form: worded.Form | None = None
    ) -> Self:
        """The same of names and their values; in the words of this form, where it is known."""
        sent = cls([], [])
        for name, values in pairs:
            for value in values:
                is_typed = bool(value.strip()) and not BY_ITSELF.search(name)
                (sent.typed if is_typed else sent.along).append(Row(name, value, form))
        return sent
