"""Which passage of one text is which of another, anywhere in the policy."""

from dataclasses import dataclass

import pytest

from policy_drafts.text import change_words, diffs, lineage

LONG = "We answer every report within two working days."
OTHER = "Nobody is treated worse for speaking up in a session."
THIRD = "A record of what was said is kept for six years."


@dataclass
class Block:
    uid: str
    text: str
    carried_from: str = ""
    kind: str = "paragraph"
    html: str = ""


@dataclass
class Part:
    uid: str
    number: int = 1
    title: str = "Aims"
    html: str = ""


def text(**sections):
    """A text from {uid of a section: its blocks}."""
    rows = enumerate(sections.items(), 1)
    return [(Part(uid, number, f"Title {uid}"), blocks) for number, (uid, blocks) in rows]


def told(old, new):
    """What is said of each section that changed."""
    changes = diffs.compare_sections(old, new)
    return {row.section.uid: change_words.of_section(row) for row in changes if row.is_changed}


A, B, C = Block("a", LONG), Block("b", OTHER), Block("c", THIRD)
GOES_ON = {
    "by its uid": (Block("a", "Quite other words."), "uid"),
    "by what carries it on": (Block("z", "Other words, too.", carried_from="a"), "carried_from"),
    "by words that stand once": (Block("z", LONG), "equal_text"),
}


@pytest.mark.parametrize(("now", "how"), GOES_ON.values(), ids=GOES_ON)
def test_passage_goes_on_in_another_section(now, how):
    found = lineage.align(text(one=[A, B], two=[C]), text(one=[B], two=[C, now]))

    assert (found.by_old["a"].new.uid, found.by_old["a"].how) == (now.uid, how)
    assert found.by_old["a"].new.section.number == 2


def test_words_that_stand_twice_decide_nothing():
    twice = [Block("y", LONG), Block("z", LONG)]

    found = lineage.align(text(one=[A, B]), text(one=[B, *twice]))

    assert "a" not in found.by_old


def test_of_two_that_carry_it_on_the_likest_does():
    now = [Block("y", "Something.", carried_from="a"), Block("z", f"{LONG} And.", carried_from="a")]

    assert lineage.align(text(one=[A]), text(one=now)).by_old["a"].new.uid == "z"


def test_copy_of_what_stays_is_new():
    found = lineage.align(text(one=[A]), text(one=[A, Block("z", LONG, carried_from="a")]))

    assert (list(found.by_new), found.part_of) == (["a"], {})


def test_passage_that_went_whole_into_another_is_merged():
    found = lineage.align(text(one=[A, B]), text(one=[Block("b", f"{OTHER} {LONG}")]))

    assert found.merged["a"].uid == "b"


def test_words_that_stood_there_before_merge_nothing():
    both = Block("b", f"{OTHER} {LONG}")

    assert lineage.align(text(one=[A, both]), text(one=[both])).merged == {}


def test_half_of_a_word_is_no_place():
    found = lineage.align(text(one=[A, B]), text(one=[Block("b", f"{OTHER} Re{LONG[:-1]}able.")]))

    assert found.merged == {}


def test_split_section_says_where_its_paragraphs_went():
    assert told(text(one=[A, B, C]), text(one=[A], two=[B, C])) == {
        "one": "2 paragraphs moved to section 2, word for word",
        "two": "This section was split off from section 1. "
        "2 paragraphs moved here from section 1, word for word",
    }


def test_section_that_was_merged_says_so():
    assert told(text(one=[A], two=[B]), text(one=[A, B])) == {
        "one": "One paragraph moved here from the former section “Title two”, word for word",
        "two": "This section is part of section 1 now. "
        "One paragraph moved to section 1, word for word",
    }


def test_paragraph_that_moved_and_was_reworded_says_both():
    now = text(one=[B], two=[C, Block("a", "We answer reports within a day.")])

    assert told(text(one=[A, B], two=[C]), now) == {
        "one": "One paragraph moved to section 2, and changed",
        "two": "One paragraph moved here from section 1, and changed",
    }


def test_two_paragraphs_made_one_leave_a_trace_of_the_second():
    now = text(one=[Block("a", f"{LONG} {OTHER}")])

    assert told(text(one=[A, B]), now) == {
        "one": "One paragraph changed. One paragraph is now part of another one"
    }


def test_piece_of_a_paragraph_says_that_it_was_split_off():
    whole = Block("a", f"{LONG} {OTHER}")
    now = text(one=[Block("a", LONG), Block("z", OTHER, carried_from="a")])

    assert told(text(one=[whole]), now) == {
        "one": "One paragraph changed. One paragraph was split off from a longer one"
    }


def test_passage_that_stands_in_a_new_one_with_some_words_more_goes_on_there():
    longer = Block("z", f"{LONG} Ask for help early.")

    found = lineage.align(text(one=[A, B], two=[C]), text(one=[B], two=[C, longer]))

    assert (found.by_old["a"].new.uid, found.merged) == ("z", {})
