"""Lists of files: which of them are tables of contents, and the numbers of their items."""

import pytest

from policy_drafts.desk import readers
from policy_drafts.desk.readers.word_numbers import LETTERS_CHANGE
from policy_drafts.text import markup

LINKS = "- [Two](#two)\n- [Three](#three)"
LISTS_OF_LINKS = [
    (f"{LINKS}\n\n# One\n\nx\n\n# Two\n\ny\n\n# Three\n\nz", "Two Three"),
    (f"# All\n\n{LINKS}\n\n## One\n\nx\n\n## Two\n\ny\n\n## Three\n\nz", "Two Three"),
    (f"# One\n\nx\n\n# Two\n\ny\n\n# Contents\n\n{LINKS}\n\n# Three\n\nz", "Contents Two Three"),
    (f"# One\n\n{LINKS}\n\n# Two\n\ny\n\n# Three\n\nz", ""),
    (f"# One\n\nx\n\n# Two\n\nSee:\n\n{LINKS}\n\n# Three\n\nz", ""),
]


@pytest.mark.parametrize(("text", "taken"), LISTS_OF_LINKS)
def test_list_of_links_is_a_table_of_contents_only_where_one_stands(text, taken):
    found = readers.read("x.md", text.encode())

    assert [row["more"] for row in found.named] == ([taken] if taken else [])
    assert any('<a href="#row-' in part.html for part in found.sections) is not bool(taken)


def test_list_of_links_in_a_file_that_bears_our_marks_stays():
    marks = [f"<h2><a id='s_{number * 32}_v1'></a>{number}</h2><p>x</p>" for number in "12"]
    page = "<ul><li><a href='#a'>1</a><li><a href='#b'>2</a></ul>" + "".join(marks)

    assert "<li>" in readers.read("x.html", page.encode()).sections[0].html


NUMBERS = [
    ("x.txt", "3. a\n2. b\n1. c", "3 2 1"),
    ("x.txt", "1. a\n2. b\n1. c\n2. d", "1 2 1 2"),
    ("x.html", "<ol><li>a<li value=7>b<li>c</ol>", "1 7 8"),
    ("x.html", "<ol reversed><li>a<li>b<li>c</ol>", "3 2 1"),
    ("x.html", "<ol start=5 reversed><li>a<li>b</ol>", "5 4"),
    ("x.html", "<ol start=x><li>a<li hidden>b<li>c</ol>", "1 2"),
    ("x.html", "<ol start=0><li>a<li>b</ol>", "1 2"),
    ("x.html", "<ol><li value=1986>a</ol>", "1986."),
]


@pytest.mark.parametrize(("name", "text", "numbers"), NUMBERS)
def test_items_of_lists_keep_their_numbers(name, text, numbers):
    found = readers.read(name, text.encode())

    root = markup.tree(found.sections[0].html)
    lists = [(int(row.get("start") or 1), len(row)) for row in root.iter("ol")]
    shown = [str(start + place) for start, length in lists for place in range(length)]
    assert " ".join(shown) == numbers or root.text_content().startswith(numbers)
    assert any("0, 1" in row["words"] for row in found.named) is ("start=0" in text)


LETTERED = [
    "<ol type=a><li>x</ol>",
    "<ol><li type=I>x</ol>",
    "<ol style='list-style-type: lower-roman'><li>x</ol>",
    "<style>.abc { list-style: upper-alpha }</style><ol class=abc><li>x</ol>",
    "<p style='mso-list:l0 level1'><span style='mso-list:Ignore'>b)</span>x</p>",
]


@pytest.mark.parametrize("page", LETTERED)
def test_letters_of_lists_that_become_numbers_are_named(page):
    rows = [row for row in readers.read("x.html", page.encode()).named if row["group"] == "form"]

    assert [row["words"] for row in rows] == [LETTERS_CHANGE]


def test_lists_of_a_google_document_keep_their_levels():
    name = "lst-kix_x1"
    page = (
        f"<h1>One</h1><ol class='{name}-0 start' start=1><li>Ring.</li></ol>"
        f"<ul class='{name}-1 start'><li>Twice.</li></ul>"
        f"<ul class='{name}-1'><li>Or more.</li></ul>"
        f"<ol class='{name}-0' start=2><li>Wait.</li></ol>"
        "<ol class='lst-kix_y2-0 start' start=1><li>Come in.</li></ol>"
    )

    html = readers.read("x.html", page.encode()).sections[0].html

    assert html == (
        "<ol><li><p>Ring.</p><ul><li><p>Twice.</p></li><li><p>Or more.</p></li></ul></li>"
        "<li><p>Wait.</p></li></ol><ol><li><p>Come in.</p></li></ol>"
    )
