"""Which words of two texts stay."""

import pytest

from policy_drafts.text import tokens
from policy_drafts.text.tokens import runs, runs_of_words, tokens_of, words_of

ROWS = {
    "a word outweighs many spaces": ("a b c d e keep z", "keep f g h i j z", "keep |z"),
    "a word in place of another": ("We must act.", "We should act.", "We | act."),
    "a word put in": ("We act.", "We always act.", "We |act."),
    "a word taken out": ("We always act.", "We act.", "We |act."),
    "a line break is no space": ("One\ntwo", "One two", "One|two"),
    "nothing": ("One", "Two", ""),
}


@pytest.mark.parametrize(("old", "new", "same"), ROWS.values(), ids=ROWS)
def test_words_stay_with_the_spaces_beside_them(old, new, same):
    before, after = tokens_of(old), tokens_of(new)

    found = list(runs(before, after))

    kept = [before[run.old.start : run.old.stop] for run in found if run.is_same]
    assert "|".join("".join(token.text for token in row) for row in kept) == same
    assert [index for run in found for index in run.old] == list(range(len(before)))
    assert [index for run in found for index in run.new] == list(range(len(after)))


def test_texts_too_long_to_be_compared_whole_keep_how_they_begin_and_end(monkeypatch):
    monkeypatch.setattr(tokens, "MOST_PAIRS", 10)
    old, new = words_of("We act at once here today."), words_of("We act not at once but today.")

    kept = [
        "".join(old[run.old.start : run.old.stop]) for run in runs_of_words(old, new) if run.is_same
    ]

    assert kept == ["We act ", " today."]
