"""Ten policies that differ in what they hold: for files that go out and come back."""

LISTS = (
    "<p>Do this:</p><ul><li><p>One</p><ul><li><p>Deeper</p><ul><li><p>Deepest</p></li></ul></li>"
    "</ul></li><li><p>Two</p><p>Two goes on.</p></li></ul><ol><li><p>First</p><ol><li><p>Inner</p>"
    "</li><li><p>Inner two</p></li></ol></li><li><p>Second</p></li></ol><p>Then:</p>"
    "<ol start='3'><li><p>Third</p></li><li><p>Fourth</p></li></ol>"
)
LETTERS = (
    "<p>a) Ring the bell.</p><p>b) Wait for us.</p><p>(i) Say your name.</p><p>1. Not a list.</p>"
    "<p>1986. A year.</p><p>24 hours to answer</p><p>* A star</p><p># A sign</p><p>- A line</p>"
)
TABLES = (
    "<table><tr><th><p>Day</p></th><th><p>Time</p></th><th><p>Who</p></th></tr><tr><td colspan='2'>"
    "<p>Monday, all day</p></td><td><p>Mei</p></td></tr><tr><td><p>Tuesday</p></td><td><p>ten</p>"
    "</td><td><p>Kit | Jo</p></td></tr></table><p>After it.</p>"
    "<table><tr><th><p>Day</p></th><th><p>Time</p></th><th><p>Who</p></th></tr><tr><td rowspan='2'>"
    "<p>Monday</p></td><td><p>ten</p></td><td><p>Mei</p></td></tr><tr><td><p>noon</p></td><td><p>Kit</p>"
    "</td></tr></table><p>Between.</p>"
    "<table><tr><td><p>No head</p></td><td><p>two</p></td></tr></table>"
)
LINKS = (
    "<p>See <a href='https://example.org/a_b?x=1&amp;y=2#z'>our page</a> and <a "
    "href='https://example.org/'>an<strong>other</strong></a>, write to "
    "<a href='mailto:us@example.org'>us@example.org</a> or ring <a href='tel:+441'>+44 1</a>.</p>"
    "<p>https://example.org/ stands alone. <strong>Bold</strong>, <em>slanted</em>, "
    "<strong><em>both</em></strong>, in<strong>side</strong>.</p>"
)
HEADINGS = (
    "<p>Before.</p><h3>First part</h3><p>Text.</p><h4>Smaller</h4><p>More.</p><h3>Second part</h3>"
    "<h4>At once</h4><p>End.</p>"
)
QUOTES = (
    "<blockquote><p>Nothing about us</p><p>without us.</p></blockquote><p>So it is.</p><dl><dt>Harm"
    "</dt><dd><p>It hurts.</p><p>Or may.</p></dd><dt>Safe</dt><dd><p>It does not.</p></dd></dl>"
)
FROM_RIGHT = (
    "<p>مرحبا بكم في مجموعتنا.</p><ul><li><p>واحد</p></li></ul><p>שלום to all.</p>"
    "<table><tr><td><p>ערב</p></td><td><p>12</p></td></tr></table>"
)
RAISED = (
    "<p>A room of 10² squares, H₂O, 1ˢᵗ, ½, 5 × 3 − 2 ≠ 1, “quotes” ‘single’ – and — so…</p>"
    "<p>A&nbsp;space, a soft\u00adhyphen, 3 &lt; 4 &amp; 5 &gt; 2, "
    "C:\\files\\*.txt, `code`, ~ and ^.</p>"
    "<p>One line<br>and the next<br>and a third.</p>"
)
NOTES = "<p>Ring first[1].</p><p>Then come in_once_ or 2*3*4.</p><p>[1] Before six.</p>"
LONG = f"We look after each other {'and everybody ' * 9}here"[:150].strip()
TITLES = ("1984", "24 hours to answer", "Part 1. Why", "What’s “this”?", "A & B <c>", "*Star* #1")

POLICIES = {
    "lists": [("Lists", LISTS), ("More lists", LISTS)],
    "letters and signs": [("Letters", LETTERS), ("After", "<p>x</p>")],
    "tables": [("Tables", TABLES), ("After", "<p>x</p>")],
    "links and marks": [("Links", LINKS), ("After", "<p>x</p>")],
    "headings": [("Headings", HEADINGS), ("After", HEADINGS)],
    "quotes and definitions": [("Quotes", QUOTES), ("After", "<p>x</p>")],
    "from right to left": [("من اليمين", FROM_RIGHT), ("After", "<p>x</p>")],
    "raised and odd signs": [("Signs", RAISED), ("After", "<p>x</p>")],
    "footnotes": [("Notes", NOTES), ("After", "<p>x</p>")],
    "titles": [
        *((title, f"<p>Of {at}.</p>") for at, title in enumerate(TITLES)),
        (LONG, "<p>x</p>"),
    ],
}
