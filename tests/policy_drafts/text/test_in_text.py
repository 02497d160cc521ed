"""The whole text with its changes: whole sentences, and every passage in its place."""

import re

import pytest

from policy_drafts.text import blocks, diffs, in_text

GONE = "<b>Taken out:</b> Quite another thing."
CASES = {
    "a reworded paragraph is whole, now and before, and its bold and links stay": (
        '<p>We <strong>answer</strong> in five <a href="/x">days</a>.</p>',
        '<p>We <strong>answer</strong> in two <a href="/x">days</a>.</p>',
        '<p><b>Now:</b> We <strong>answer</strong> in <span class="put-in">two</span> '
        '<a href="/x">days</a>.</p><p><b>Before:</b> We answer in '
        '<span class="taken-out">five</span> days.</p>',
    ),
    "an accent that stands alone in bold leaves the words without marks": (
        "<p>The cafe<strong>\u0301</strong> is open.</p>",
        "<p>The cafe<strong>\u0301</strong> is shut.</p>",
        "<p><b>Now:</b> The cafe<strong>\u0301</strong> is shut.</p>"
        '<p><b>Before:</b> The caf\u00e9 is <span class="taken-out">open</span>.</p>',
    ),
    "a heading stays a heading": (
        "<h3>How we answer you</h3>",
        "<h3>How we all answer you</h3>",
        '<h3>How we <span class="put-in">all</span> answer you</h3>'
        "<p>Changed. <b>Before:</b> How we answer you</p>",
    ),
    "what was taken out stands where it stood": (
        "<p>It stays here.</p><p>Quite another thing.</p><p>The end of it.</p>",
        "<p>It stays here.</p><p>The end of it.</p>",
        f"<p>It stays here.</p><p>{GONE}</p><p>The end of it.</p>",
    ),
    "what began the text and went stands before it": (
        "<p>Quite another thing.</p><p>The end of it.</p>",
        "<p>The end of it.</p>",
        f"<p>{GONE}</p><p>The end of it.</p>",
    ),
    "a point that went stands in its list": (
        "<ul><li><p>It stays.</p></li><li><p>Quite another thing.</p></li></ul>",
        "<ul><li><p>It stays.</p></li></ul>",
        f"<ul><li><p>It stays.</p></li><li>{GONE}</li></ul>",
    ),
    "what is new says so and has no mark": (
        "<p>It stays.</p>",
        "<p>It stays.</p><p>Quite another thing.</p>",
        "<p>It stays.</p><p><b>New:</b> Quite another thing.</p>",
    ),
    "markup in the words is shown and never run": (
        "<p>It is &lt;b&gt; five.</p>",
        "<p>It is &lt;b&gt; two.</p>",
        '<p><b>Now:</b> It is &lt;b&gt; <span class="put-in">two</span>.</p>'
        '<p><b>Before:</b> It is &lt;b&gt; <span class="taken-out">five</span>.</p>',
    ),
    "an accent of two code points is one sign": (
        "<p>The cafe\u0301 opens.</p>",
        "<p>The cafe\u0301 opens today.</p>",
        '<p><b>Now:</b> The caf\u00e9 opens <span class="put-in">today</span>.</p>'
        "<p><b>Before:</b> The caf\u00e9 opens.</p>",
    ),
}


def shown(old, new):
    """The page of the new text with its changes, without addresses and styles of paragraphs."""
    before = blocks.with_uids(old)
    after = blocks.with_uids(new, before)
    rows = diffs.compare(blocks.read(before), blocks.read(after))
    return re.sub(r' (id="b-|class="told)[^"]*"', "", in_text.with_changes(after, rows))


@pytest.mark.parametrize(("old", "new", "page"), CASES.values(), ids=CASES)
def test_in_the_whole_text(old, new, page):
    assert shown(old, new) == page


def test_what_went_from_a_table_is_told_behind_it():
    old = "<table><tbody><tr><td><p>Monday</p></td><td><p>Zebra</p></td></tr></tbody></table>"
    new = "<table><tbody><tr><td><p>Monday</p></td></tr></tbody></table>"

    assert shown(old, new).endswith("</div><p><b>Taken out: a box in a table.</b> Zebra</p>")
