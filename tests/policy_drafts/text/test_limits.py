"""How much a section may hold, and tables whose spans say more than they mean."""

import time

import lxml.html
import pytest

from policy_drafts.text import limits, markup, tables

STAGGERED = "<tr>" + "".join(f"<td colspan={n} rowspan={n}>x</td>" for n in range(1, 51)) + "</tr>"
HOSTILE = "<table><tr>" + '<td colspan="999"><p>x</p></td>' * 50 + "</tr></table>"


def spans(html):
    """[[span of each cell] of each row] once the table is tidy."""
    root = markup.tree(html)
    tables.tidy(root)
    return [
        [[tables.span_of(cell) for cell in row] for row in tables.rows_of(table)]
        for table in root.iter("table")
    ]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (HOSTILE, [[[1] * 50]]),
        (
            "<table><tr><td colspan=3>a</td></tr><tr><td>b</td><td>c</td></tr></table>",
            [[[2], [1, 1]]],
        ),
        (
            "<table><tr><td colspan=2>a</td><td>b</td></tr>"
            "<tr><td>c</td><td colspan=2>d</td></tr></table>",
            [[[2, 1], [1, 2]]],
        ),
        (
            "<table><tr><td rowspan=2>a</td><td colspan=40>b</td></tr>"
            "<tr><td>c</td><td>d</td></tr></table>",
            [[[1, 2], [1, 1]]],
        ),
        ("<table><tr><td colspan=999>a</td></tr></table>", [[[1]]]),
        (
            "<table><tr><td colspan=100000>a</td></tr><tr><td>b</td><td>c</td></tr></table>",
            [[[2], [1, 1]]],
        ),
        ("<table>" + STAGGERED * 40 + "</table>", [[[1] * 50] * 40]),
        (
            "<table>" + "<tr><td colspan=99999 rowspan=99999>x</td></tr>" * 600 + "</table>",
            [[[1]] * 600],
        ),
    ],
)
def test_span_is_what_it_means(html, expected):
    assert spans(html) == expected


def test_span_down_ends_with_the_table():
    root = markup.tree(
        "<table><tr><td rowspan=999>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
    )
    tables.tidy(root)

    assert [cell.get("rowspan") for cell in root.iter("td")] == ["2", None, None]


def test_rows_of_a_table_in_a_cell_are_its_own():
    inner = "<table><tr><td>in</td></tr></table>"
    root = lxml.html.fragment_fromstring(f"<table><tr><td>{inner}</td></tr></table>")

    assert len(tables.rows_of(root)) == 1


def test_text_is_tidy_once_it_is_cleaned():
    assert "colspan" not in markup.cleaned(HOSTILE)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>x</p>" * 2000, ""),
        ("<p>x</p>" * 2001, "paragraphs"),
        ("<ul>" + "<li>x</li>" * 2001 + "</ul>", "paragraphs and list items"),
        ("<table>" + "<tr><td>x</td><td>y</td></tr>" * 1001 + "</table>", "table cells"),
        ("<table><tr>" + "<td>x</td>" * 51 + "</tr></table>", "columns"),
        (
            "<table><tr>" + "<td>x</td>" * 50 + "</tr>" + "<tr><td>y</td></tr>" * 100 + "</table>",
            "far longer",
        ),
        ("<ul><li>" * 51 + "x" + "</li></ul>" * 51, "fewer levels"),
        ("&lt;p&gt;" * 3000, ""),
        ("<p>" + "<br>" * 3000 + "</p>", ""),
    ],
)
def test_what_is_too_much_is_refused_with_what_to_do(html, words):
    assert words in limits.refusal(html) and bool(limits.refusal(html)) == bool(words)


@pytest.mark.parametrize("html", ["<p>" * 300_000, "<td>" * 250_000, "<tr>" * 250_000, "<" * 10**6])
def test_counting_a_million_characters_takes_no_time(html):
    began = time.process_time()

    limits.refusal(html)

    assert time.process_time() - began < 0.5
