"""Differences: block by block, word by word, and always both texts exactly."""

import re
from dataclasses import dataclass
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_drafts.text import blocks, change_words, diffs, word_diffs

TEXT = st.text(alphabet=st.sampled_from("ab c.,<>&\"'é🙂\n"), max_size=60)


@dataclass
class Part:
    uid: str
    title: str
    number: int = 1
    html: str = ""


def plain(html):
    return unescape(re.sub(r"<[^>]+>", "", html.replace("<br>", "\n")))


@settings(max_examples=300, deadline=None)
@given(TEXT, TEXT)
def test_each_of_two_texts_is_shown_whole(old, new):
    shown = word_diffs.both(old, new)

    assert (plain(shown.before), plain(shown.now)) == (old, new)


def test_words_that_differ_are_marked_for_the_eyes_alone():
    before, now = word_diffs.both("In five days.", "In two days.")

    assert before == 'In <span class="taken-out">five</span> days.'
    assert now == 'In <span class="put-in">two</span> days.'


def test_text_of_which_no_word_stayed_has_no_mark():
    assert word_diffs.both("Zebra quagga", "Something else") == ("Zebra quagga", "Something else")


def test_words_that_changed_are_told_in_words():
    said = word_diffs.said("We answer in five days, always, by post.", "So we answer in two days.")

    assert said == [
        "“We” is now “So we”",
        "“five” is now “two”",
        "“, always, by post” is taken out",
    ]


def test_markup_in_a_text_is_shown_and_never_run():
    assert "<script>" not in word_diffs.both("a", "a <script>alert(1)</script>").now


def rows(old, new):
    before = blocks.with_uids(old)
    found = diffs.compare(blocks.read(before), blocks.read(blocks.with_uids(new, before)))
    return [(row.what, row.block.text) for row in found]


def test_blocks_are_reworded_new_and_taken_out():
    old = "<p>We answer within five days.</p><p>Zebra.</p><p>It stays.</p>"
    new = "<p>We answer within two days.</p><p>It stays.</p><p>Quite new and other.</p>"

    assert rows(old, new) == [
        ("reworded", "We answer within two days."),
        ("removed", "Zebra."),
        ("same", "It stays."),
        ("added", "Quite new and other."),
    ]


def test_moved_block_is_said_to_have_moved():
    assert rows(
        "<p>First one.</p><p>Second two.</p><p>Third three.</p>",
        "<p>Third three.</p><p>First one.</p><p>Second two.</p>",
    )[0] == ("moved", "Third three.")


def test_other_form_of_the_same_words_is_named():
    assert rows("<p>Same words.</p>", "<p>Same <strong>words</strong>.</p>") == [
        ("restyled", "Same words.")
    ]


def test_summary_is_plain_language():
    old = blocks.with_uids("<p>We answer within five days.</p><p>You decide about it all.</p>")
    new = blocks.with_uids(
        "<p>We answer within two days.</p><p>You decide about it.</p><p>Zebra quagga.</p>", old
    )

    assert change_words.summary(diffs.compare(blocks.read(old), blocks.read(new))) == [
        "2 paragraphs changed and one is new"
    ]


def test_sections_are_new_taken_out_renamed_and_moved():
    a, b, c = Part("a", "A"), Part("b", "B", 2), Part("c", "C", 3)

    found = diffs.compare_sections(
        [(a, []), (b, []), (c, [])],
        [(Part("c", "C"), []), (Part("a", "Aa", 2), []), (Part("d", "D"), [])],
    )

    assert [(row.section.title, change_words.of_section(row)) for row in found] == [
        ("C", "It was section 3 before"),
        ("Aa", "Its title was “A”"),
        ("D", "This section is new"),
        ("B", "This section was taken out"),
    ]


LIST = "<ol><li><p>First of them.</p></li><li><p>Second of them.</p>{}</li>{}</ol>"
INNER = "<p>A point below it.</p>"
LISTS = {
    "another level": (
        LIST.format(f"<ul><li>{INNER}</li></ul>", ""),
        LIST.format("", f"<li>{INNER}</li>"),
        ["The same words, at another level of its list"],
    ),
    "no number": (
        "<ol><li><p>One of them.</p></li></ol>",
        "<ul><li><p>One of them.</p></li></ul>",
        ["The same words, with no number now"],
    ),
    "another number": (
        "<ol start='5'><li><p>One of them.</p></li><li><p>Next of them.</p></li></ol>",
        "<ol><li><p>One of them.</p></li><li><p>Next of them.</p></li></ol>",
        ["The same words, with another number"],
    ),
    "the same": (LIST.format("", ""), LIST.format("", ""), []),
}


@pytest.mark.parametrize(("before", "now", "told"), LISTS.values(), ids=LISTS)
def test_point_that_stands_otherwise_in_its_list_is_told(before, now, told):
    old = blocks.with_uids(before)
    new = blocks.with_uids(now, before=old)
    sections = [Part(uid="a", title="A", number=1, html=html) for html in (old, new)]

    (change,) = diffs.compare_sections(
        [(sections[0], blocks.read(old))], [(sections[1], blocks.read(new))]
    )

    changed = [change_words.happened(row) for row in change.rows if row.what != diffs.What.SAME]
    assert (changed, change.is_changed) == (told, bool(told))


def test_link_within_the_text_is_told_without_its_uid():
    before = blocks.with_uids("<p>One.</p><p>See it.</p>")
    first = blocks.read(before)[0].uid
    old = before.replace("See it", f'See <a href="#b-{first}">it</a>')
    new = before.replace("See it", 'See <a href="https://x.org">it</a>')

    row = diffs.compare(blocks.read(old), blocks.read(new))[1]

    assert row.addresses == [
        ("A link no longer leads to", "another place in this text"),
        ("A link now leads to", "https://x.org"),
    ]
