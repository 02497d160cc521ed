"""Where some words of a text stand in the text that it became."""

import pytest

from policy_drafts.text.ranges import carry

OLD = "We answer within five days. You decide what is told."
ROWS = {
    "it stands as it was": (OLD, "You decide", 1.0),
    "words before it": (f"In short: {OLD}", "You decide", 1.0),
    "a word inside it": (OLD.replace("You decide", "You alone decide"), "You alone decide", 1.0),
    "its last word": (OLD.replace("You decide", "You choose"), "You choose", 1 / 3),
    "what follows it": (OLD.replace("what is told", "it all"), "You decide", 1.0),
    "words beside it": (OLD.replace("You decide", "You decide freely"), "You decide", 1.0),
}


@pytest.mark.parametrize(("new", "words", "kept"), ROWS.values(), ids=ROWS)
def test_range_is_carried_by_words(new, words, kept):
    start = OLD.index("You decide")

    found = carry(OLD, new, start, start + len("You decide"))

    assert (new[found.start : found.end], round(found.kept, 3)) == (words, round(kept, 3))


def test_range_whose_words_are_all_gone_has_no_place():
    assert carry(OLD, "Something else is written here", 0, 9) is None


def test_range_of_space_has_no_place():
    assert carry(OLD, OLD, 2, 3) is None
