"""What stands on both sides of struck-out words stays two words."""

import pytest

from policy_drafts.desk import readers
from policy_drafts.text import blocks, markup
from tests.policy_drafts.cases.documents import PARTS, STRUCK, packed
from tests.policy_drafts.cases.texts import make

LINES = [  # the words in [ ] are struck out
    ("Call[ the ]police.", "Call police."),
    ("Call[ the][ old ]police.", "Call police."),
    ("Call[the ]police.", "Call police."),
    ("Call [the ]police.", "Call police."),
    ("Call the police[ now ].", "Call the police."),
    ("Call ([ or ring ]us).", "Call (us)."),
    ("Re[mem]ring.", "Rering."),
    ("[ Do ]call.", "call."),
]


@pytest.mark.parametrize(("line", "left"), LINES)
def test_struck_words_of_a_page_never_glue_their_neighbours(line, left):
    html = line.replace("[", "<b><s>").replace("]", "</s></b>")

    assert [row.text for row in blocks.read(markup.cleaned(f"<p>{html}</p>"))] == [left]


@pytest.mark.parametrize(("line", "left"), LINES)
def test_struck_words_of_a_word_file_never_glue_their_neighbours(line, left):
    pieces = [piece.rpartition("[")[::2] for piece in line.split("]")]
    runs = [make.run(kept) + make.run(struck, STRUCK) for kept, struck in pieces[:-1]]
    body = make.para(*runs, make.run(line.split("]")[-1]))

    found = readers.read("x.docx", packed(body, {part: "" for part, _, _ in PARTS.values()}))

    assert [row.text for row in blocks.read(found.sections[0].html)] == [left]


def test_neighbours_of_struck_words_are_not_told_as_lost():
    found = readers.read("x.html", b"<h1>One</h1><p>Call<s> the </s>police.</p>")

    assert [row["words"] for row in found.named] == ["Struck out in the file: \u201cthe\u201d"]


def test_hidden_words_leave_no_space():
    html = markup.cleaned("<p>Call<span hidden> the </span>police and <s>x</s>wait.</p>")

    assert html == "<p>Callpolice and wait.</p>"


def test_struck_paragraph_leaves_the_others_as_they_are():
    html = '<p>Ring</p><div style="text-decoration:line-through"> it </div><p>bell</p>'

    assert markup.cleaned(html) == "<p>Ring</p><p>bell</p>"


@pytest.mark.parametrize("tag", ["s", "strike", "del"])
def test_struck_words_never_come_where_the_mark_is_around_paragraphs(tag):
    html = f"<p>Ring</p><{tag}>told<p>told</p><ul><li>told</li></ul></{tag}><p>bell</p>"

    assert markup.cleaned(html) == "<p>Ring</p><p>bell</p>"
