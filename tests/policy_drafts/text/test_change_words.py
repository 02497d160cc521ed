"""What changed, in words that a person would use: read them aloud."""

from dataclasses import dataclass

import pytest

from policy_drafts.text import change_words
from policy_drafts.text.diffs import Row, SectionChange, What


@dataclass
class Block:
    kind: str = "paragraph"
    text: str = "a"
    html: str = "a"


@dataclass
class Part:
    number: int = 3
    title: str = "Why"
    uid: str = "s"


def row(what, kind="paragraph", other=None, **more):
    return Row(what, Block(kind), Block(kind), other, **more)


NEW, GONE, CHANGED = row(What.ADDED), row(What.REMOVED), row(What.REWORDED)
ITEM, WENT = row(What.REWORDED, "item"), row(What.WENT, other=Part(7))
LINK = Row(What.RESTYLED, Block(html='<a href="/x">'), Block())
SUMMARIES = [
    ([CHANGED], "One paragraph changed"),
    ([NEW, CHANGED, CHANGED, GONE], "2 paragraphs changed, one is new and one was taken out"),
    ([GONE] * 3, "3 paragraphs were taken out"),
    ([ITEM, NEW, ITEM], "One paragraph is new. 2 points in lists changed"),
    ([WENT] * 8 + [NEW], "One paragraph is new. 8 paragraphs moved to section 7, word for word"),
    ([row(What.MOVED, "cell")], "One box in a table moved within the section"),
    ([row(What.SAME)], ""),
    ([row(What.RESTYLED)] * 2, "2 paragraphs have the same words but look different"),
    ([row(What.RESTYLED, "picture")], "One picture was swapped for another"),
    ([LINK], "One paragraph has the same words but other links"),
    (
        [Row(What.RESTYLED, Block(), Block("definition"))],
        "One paragraph is now an explanation of a word",
    ),
    (
        [row(What.SPLIT_OFF, other=Part())],
        "One paragraph was split off from a longer one in section 3",
    ),
    (
        [row(What.CAME_REWORDED, "item", Part(), is_other_gone=True)],
        "One point in a list moved here from the former section “Why”, and changed",
    ),
]
LABELS = [
    (NEW, "New"),
    (ITEM, "Changed: a point in a list"),
    (WENT, "Moved to section 7, word for word"),
    (row(What.MERGED, "quote", Part()), "Now part of another passage in section 3: a quotation"),
    (row(What.MERGED), "Now part of another passage"),
    (Row(What.RESTYLED, Block(), Block("item")), "The same words, now as a point in a list"),
    (row(What.RESTYLED, "picture"), "Another picture with the same description"),
    (LINK, "The same words, but other links"),
    (row(What.RESTYLED), "The same words, but it looks different"),
]


@pytest.mark.parametrize(("rows", "words"), SUMMARIES, ids=[words for _, words in SUMMARIES])
def test_what_changed_in_a_section_is_told_in_sentences(rows, words):
    assert ". ".join(change_words.summary(rows)) == words


@pytest.mark.parametrize(("block", "words"), LABELS, ids=[words for _, words in LABELS])
def test_each_passage_says_what_happened_to_it(block, words):
    assert change_words.label(block) == words


def test_every_kind_of_change_of_every_kind_of_block_has_its_words():
    rows = [
        row(what, kind, Part() if what in change_words.WAYS else None)
        for what in What
        for kind in change_words.NAMES
    ]

    assert all(change_words.label(one) for one in rows)
    assert all(change_words.summary([one]) for one in rows if one.what != What.SAME)


def test_draft_is_told_in_short():
    old, new = Part(), Part(title="Why us")
    changes = [
        SectionChange(old, new),
        SectionChange(old, new),
        SectionChange(None, new),
        SectionChange(old, None),
        SectionChange(old, old),
    ]

    assert change_words.of_draft(changes) == (
        "2 sections changed, one is new and one was taken out. One section has not changed"
    )
