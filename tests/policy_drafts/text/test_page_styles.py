"""What a page's styles hide, by an attribute or by a simple rule."""

import pytest

from policy_drafts.desk import readers
from policy_drafts.text import markup

HIDDEN = [
    "display:none",
    "display : none !important",
    "visibility:hidden",
    "content-visibility:hidden",
    "mso-hide:all",
    "opacity:0",
    "opacity: 0.0",
    "font-size:0px",
    "font:0/0 a",
    "color:transparent",
    "color:rgba(0,0,0,0)",
    "position:absolute;left:-9999px",
    "position:absolute;clip:rect(0 0 0 0)",
    "position:absolute;clip-path:inset(50%)",
    "text-indent:-999em",
    "text-indent:-120px;margin-left:8px",
    "position:relative;top:-500px",
]
SHOWN = [
    "margin-left:108.0pt;text-indent:-108.0pt",
    "margin:0cm 0cm 8pt 144px;text-indent:-108.0pt",
    "padding-left:1.5in;text-indent:-108pt",
    "text-indent:-18.0pt",
    "left:-9999px",
    "position:sticky;top:-120px",
    "display:block",
    "opacity:0.5",
    "font-size:0.8em",
    "left:-3px",
    "color:rgba(0,0,0,0.9)",
    "clip:rect(0 0 0 0)",
]
SELECTORS = ["#k", ".b.a", "span", "span.a", "h4, span#k.a"]
NO_RULE_FOR_IT = ["p", "#other", ".a.c", "div span", "span:hover", ".a > span", "@media print"]
ATTRIBUTES = ["span hidden", "dialog", "div popover"]


@pytest.mark.parametrize("style", HIDDEN)
def test_words_that_a_style_hides_never_come_into_the_text(style):
    html = markup.cleaned(f'<p>Ring <span style="{style}">secret</span>the bell.</p>')

    assert html == "<p>Ring the bell.</p>"


@pytest.mark.parametrize("style", SHOWN)
def test_words_that_a_style_shows_come(style):
    assert "bell" in markup.cleaned(f'<p>Ring the <span style="{style}">bell</span>.</p>')


def test_letters_of_no_size_hide_nothing_that_has_its_own():
    html = '<ul style="font-size:0"><li style="font-size:16px">Ring.</li></ul>'

    assert "Ring." in markup.cleaned(html)


def read(selector):
    style = f"<style>/* a */ {selector} {{display:none}}</style>"
    page = f"{style}<h1>One</h1><p>Ring <span id=k class='a b'>secret</span></p>"
    return readers.read("x.html", page.encode())


@pytest.mark.parametrize("selector", SELECTORS)
def test_simple_rule_of_a_page_hides_and_is_named(selector):
    found = read(selector)

    assert "secret" not in found.sections[0].html
    assert found.named[0]["more"] == "secret"


@pytest.mark.parametrize("selector", NO_RULE_FOR_IT)
def test_other_rules_hide_nothing(selector):
    assert "secret" in str(read(selector))


@pytest.mark.parametrize("tag", ATTRIBUTES)
def test_what_is_closed_on_its_page_is_named(tag):
    page = f"<h1>One</h1><p>Ring.</p><{tag}>secret</{tag.split()[0]}>"

    found = readers.read("x.html", page.encode())

    assert "secret" not in found.sections[0].html
    assert found.named[0]["more"] == "secret"
