"""What readers make of files, beside the cases: numbers, links, lists, and words in and out."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collective.errors import RuleError
from policy_drafts.desk import readers
from policy_drafts.desk.readers.named import Group
from policy_drafts.desk.readers.numbers import without_numbers
from policy_drafts.desk.readers.parts import WORD
from policy_drafts.text import blocks, markup
from tests.policy_drafts.cases.documents import (
    PARTS,
    document,
    packed,
    paragraph,
    words_of_document,
)
from tests.policy_drafts.cases.texts import make

HEADINGS = [
    (["1. Scope", "2. People"], ["Scope", "People"]),
    (["Before", "1. Scope", "2. People", "After"], ["Before", "Scope", "People", "After"]),
    (["3) Scope", "4) People"], ["Scope", "People"]),
    (["1.9 Scope", "2.1 People"], ["Scope", "People"]),
    (["1986. A year", "Other"], ["1986. A year", "Other"]),
    (["24 hours to answer", "25 rules"], ["24 hours to answer", "25 rules"]),
    (["2. Scope", "7. People"], ["2. Scope", "7. People"]),
    (["1. Scope", "Other"], ["Scope", "Other"]),
]


@pytest.mark.parametrize(("typed", "titles"), HEADINGS)
def test_numbers_go_only_where_they_count_up(typed, titles):
    assert without_numbers(typed) == titles


def texts_of(name, content):
    return [
        [row.text for row in blocks.read(part.html)]
        for part in readers.read(name, content).sections
    ]


def test_bold_lines_are_offered_as_headings_where_there_are_none():
    page = b"<p><b>Arriving</b></p><p>Ring the bell.</p><p><b>Leaving</b></p><p>Wave.</p>"

    found = readers.read("x.html", page)

    assert [part.title for part in found.sections] == ["Without a heading"]
    assert [part.title for part in found.by_bold_lines] == ["Arriving", "Leaving"]


def test_file_with_more_sections_than_a_policy_may_have_is_refused():
    text = "# One\n\n" * 300

    assert len(readers.read("x.md", text.encode()).sections) == 300
    with pytest.raises(RuleError, match="more than 300 sections"):
        readers.read("x.md", f"Before.\n\n{text}".encode())


def test_bold_lines_that_would_make_too_many_sections_are_not_offered():
    found = readers.read("x.md", b"**One**\n\nx\n\n" * 301)

    assert (len(found.sections), found.by_bold_lines) == (1, [])


def test_footnote_is_linked_to_its_paragraph():
    html = readers.read("x.md", b"# One\n\nRing[^1].\n\n# Two\n\nx\n\n[^1]: Left.").sections[0].html

    saved = blocks.with_uids(html)

    root = markup.tree(saved)
    link, note = root.find(".//a"), root.findall(".//p")[-1]
    assert (link.get("href"), note.text_content()) == (f"#b-{note.get('data-block')}", "[1] Left.")


def test_letters_above_a_word_are_said_once_and_not_as_lost():
    found = readers.read(
        "x.html", "<h1>One</h1><p><ruby>東京<rt>とう<b>きょう</b></rt></ruby></p>".encode()
    )

    assert found.sections[0].html == "<p>東京 (とうきょう)</p>"
    assert found.named == []


def test_link_to_a_heading_leads_to_its_section():
    found = readers.read("x.md", b"# One\n\nSee [two](#two) and [none](#none).\n\n# Two\n\nx")

    assert found.sections[0].html == '<p>See <a href="#row-1">two</a> and none.</p>'


def test_contents_list_of_a_web_page_goes():
    page = (
        b"<ul><li><a href='#a'>One</a></li><li><a href='#b'>Two</a></li></ul>"
        b"<h2 id=a>One</h2><p>x</p><h2 id=b>Two</h2><p>y</p>"
    )

    assert texts_of("x.html", page) == [["x"], ["y"]]


WHITE = '<w:color w:val="FFFFFF"/>'
UNSEEN = [
    (make.para(make.run("told", WHITE)), False),
    (make.para(make.run("told", '<w:sz w:val="2"/>')), False),
    (make.para(make.run("told", WHITE), marks='<w:shd w:fill="000000"/>'), True),
    (make.para(make.run("told", f'{WHITE}<w:highlight w:val="black"/>')), True),
    (make.table(make.row(make.para(make.run("told", WHITE)))), True),
]


@pytest.mark.parametrize(("body", "comes"), UNSEEN)
def test_words_that_are_white_on_white_or_tiny_never_come_into_the_text(body, comes):
    parts = dict.fromkeys((part for part, _, _ in PARTS.values()), "")

    found = readers.read("x.docx", packed(make.line("Ring.") + body, parts))

    assert ("told" in found.sections[0].html, "told" in str(found.named)) == (comes, not comes)


TOLD = [
    "<form><select><option>told<option selected>here</select></form>",
    "<form><input placeholder=told></form>",
    "<form><input type=submit value=told></form>",
    "<img src=x alt=told>",
    "<map><area alt=told></map>",
    "<span role=img aria-label=told></span>",
    "<iframe title=told></iframe>",
    "<iframe srcdoc='<p>told</p>'></iframe>",
    "<template><p>told</p></template>",
    "<svg><text>told</text></svg>",
    "<noscript>told</noscript>",
]


@pytest.mark.parametrize("html", TOLD)
def test_words_of_a_page_that_are_no_text_are_told(html):
    found = readers.read("x.html", f"<h1>One</h1><p>Ring.</p>{html}".encode())

    assert "told" in " ".join(row["words"] + row["more"] for row in found.named)


NOT_SHOWN = ["![told](x.png)", "[^a]: told", "|a|\n|-|\n|b|told|", '![](x.png "told")']
TWICE = [
    ("[^a]: Ring.", "footnote to words that do not come along: “Ring.”"),
    ("Wait[^a].\n\n[^a]: Left.\n\n[^a]: Ring.", "do not come along: “Ring.”"),
    ("|a|b|\n|-|-|\n|c|d|Ring.|5|", "columns of its table: “Ring.”"),
    ("|a|b|\n|-|-|\n|c|d|Ring.|5|", "columns of its table: “5”"),
    ("> |a|\r\r> |a|\r> |-|\r> |b|Ring.|", "its table: “Ring.”"),
]
SHOWN = [
    "```\n[^a]: Ring.\n```",
    "|a|b|\n|-|-|\n|c|\n|d \\| e|f|\n\nfoo*bar*baz [x y](/%C3%A4 'x y') 1. 2.",
    "a\\_b_c **d**e [x][label] y[^note]\n\n[label]: https://x.org/a%20b\n\n[^note]: z",
    "R&amp;D &copy; <br> <https://example.org/x_y?z=1> `code`\n\n```python\nprint()\n```",
]


@pytest.mark.parametrize("text", NOT_SHOWN)
def test_words_that_markdown_shows_nowhere_are_told(text):
    found = readers.read("x.md", f"# One\n\nRing.\n\n{text}\n".encode())

    assert "told" in " ".join(row["words"] + row["more"] for row in found.named)


@pytest.mark.parametrize(("text", "said"), TWICE)
def test_words_that_markdown_shows_nowhere_are_told_where_they_show_elsewhere(text, said):
    found = readers.read("x.md", f"# One\n\nRing.\n\n{text}\n".encode())

    assert said in " ".join(row["words"] for row in found.named)


@pytest.mark.parametrize("text", SHOWN)
def test_words_that_markdown_shows_are_not_told(text):
    assert readers.read("x.md", f"# One\n\n{text}\n".encode()).named == []


@pytest.mark.parametrize(("page", "why"), [("<p hidden>x</p>", "hidden"), ("<p></p>", "no text")])
def test_page_without_words_that_show_says_why(page, why):
    with pytest.raises(RuleError, match=why):
        readers.read("x.html", page.encode())


def test_comment_of_google_docs_below_the_text_is_named():
    page = (
        b"<h1>One</h1><p>Ring.<sup><a href='#cmnt1' id='cmnt_ref1'>[a]</a></sup></p><div><p>"
        b"<a href='#cmnt_ref1' id='cmnt1'>[a]</a><span>Who?</span></p><p>Mei?</p></div>"
    )

    found = readers.read("x.html", page)

    assert found.sections[0].html == "<p>Ring.</p>"
    assert "A comment: \u201c[a]Who?Mei?\u201d" in [row["words"] for row in found.named]


def test_loose_words_behind_an_item_of_words_own_lists_come():
    item = "<p style='mso-list:l0 level1'><span style='mso-list:Ignore'>1.</span>Ring.</p>"

    assert texts_of("x.html", f"<h2>One</h2><div>{item} Loose <q>words</q></div>".encode()) == [
        ["Ring.", "Loose words"]
    ]


def test_text_read_twice_is_the_same():
    page = b"<h2>One</h2><div>a<div>b <b> c</b></div>d</div><ol start=3><li>x<br> y</ol>"
    once = readers.read("x.html", page).sections[0].html

    assert readers.read("x.html", f"<h2>One</h2>{once}".encode()).sections[0].html == once


def words_out(found):
    texts = [part.title for part in found.sections if part.title != "Without a heading"]
    texts += [block.text for part in found.sections for block in blocks.read(part.html)]
    texts += [note["words"] for note in found.notes]
    texts += [row["words"] + " " + row["more"] for row in found.named]
    return set(WORD.findall("\n".join(texts)))


def check_no_word_is_lost(paragraphs):
    found = readers.read("x.docx", document(paragraphs))

    assert words_of_document(paragraphs) - words_out(found) == set()
    assert not [row for row in found.named if row["words"].startswith("We found no place")]
    assert {row["group"] for row in found.named} <= set(Group)


@pytest.mark.parametrize("kind", PARTS)
def test_suggestion_in_each_part_of_a_word_file_is_a_note_that_says_where(kind):
    found = readers.read("x.docx", document([(kind, ["deleted", "inserted", "hidden"])]))

    where = "a comment" if kind == "comment" else "a footnote"
    where = "the line above or below each page" if kind in ("header", "footer") else where
    changed = [note["words"] for note in found.notes if note["channel"] == "word_change"]
    assert changed == [f"Instead of: word0\n\nSuggested: word1\n\nThis is in {where}."]
    assert "word2" in str(found.named) and "word2" not in str(found.sections)


def test_link_in_a_footnote_keeps_its_words():
    found = readers.read("x.docx", document([("footnote", ["link"]), ("paragraph", ["plain"])]))

    assert "[1] word0" in found.sections[0].html


@example([("row put in", ["deleted", "deleted"])])
@given(st.lists(paragraph, min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_each_word_of_a_word_file_comes_or_is_named(paragraphs):
    check_no_word_is_lost(paragraphs)


@pytest.mark.thorough
@given(st.lists(paragraph, min_size=1, max_size=30))
@settings(max_examples=800, deadline=None)
def test_each_word_of_many_word_files_comes_or_is_named(paragraphs):
    check_no_word_is_lost(paragraphs)


def test_list_in_markdown_may_be_as_deep_as_a_writer_likes():
    lines = "\n".join(f"{'  ' * depth}- Point {depth}" for depth in range(14))

    (rows,) = texts_of("x.md", f"# One\n\n{lines}\n".encode())

    assert rows == [f"Point {depth}" for depth in range(14)]
