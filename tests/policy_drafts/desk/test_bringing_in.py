"""Bringing a text in: split by headings, nothing lost in silence, nothing saved before the yes."""

import zipfile
from io import BytesIO

import docx
import docx.enum.style
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from collective.errors import RuleError
from policy_drafts.desk import bringing_in, incoming, outline, readers, writing
from policy_drafts.drafts.exports import markdown, web_page, word
from policy_drafts.drafts.exports.edition import Edition
from policy_drafts.models import Import, Section
from policy_drafts.text import blocks
from tests.factories import PersonFactory, brought_in, published, role_in, section_in
from tests.policy_drafts.text.test_markup import PAYLOADS

pytestmark = pytest.mark.django_db
MARKDOWN = (
    b"Before.\n\n# 1. Why\n\nWe *look* after\n\n- each\n- other\n\n## Small\n\n"
    b"# How\n\n|a|b|\n|-|-|\n|1|2|\n"
)


def bytes_of(document):
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def change(paragraph, tag, text, author="Noor"):
    """A tracked insertion ("w:ins") or deletion ("w:del") at the end of a paragraph."""
    mark = OxmlElement(tag)
    mark.set(qn("w:author"), author)
    run, words = OxmlElement("w:r"), OxmlElement("w:t" if tag == "w:ins" else "w:delText")
    words.text = text
    words.set(qn("xml:space"), "preserve")
    run.append(words)
    mark.append(run)
    paragraph._p.append(mark)


def test_markdown_is_split_by_its_largest_headings(policy):
    found = readers.read("x.md", MARKDOWN).sections

    assert [row.title for row in found] == ["Without a heading", "Why", "How"]
    assert found[1].html == (
        "<p>We <em>look</em> "
        "after</p><ul><li><p>each</p></li><li><p>other</p></li></ul><h3>Small</h3>"
    )
    assert "<th><p>a</p></th>" in found[2].html


def test_web_page_says_what_is_left_out():
    page = (
        b"<html><body><main><h1>One</h1><h2>A</h2><p>x</p><h2>B</h2>"
        b"<iframe></iframe><img src=x></main></body></html>"
    )

    found = readers.read("x.html", page)

    assert [row.title for row in found.sections] == ["Without a heading", "A", "B"]
    assert [row["words"] for row in found.named] == [
        "1 page of another site",
        "1 picture: add them in the editor, with words for people who cannot see them",
    ]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("name", ["x.html", "x.md"])
def test_nothing_that_runs_comes_in(payload, name, policy, lead, client):
    brought = brought_in(policy, lead, name, f"# One\n\n<h1>One</h1><p>x</p>{payload}".encode())
    page = client.get(f"/policies/safe/write/import/{brought.pk}/").content.decode()

    stored = "".join(part["html"] for part in brought.held["sections"])
    for text in (stored, page):
        assert not [
            words
            for words in ("<iframe", "<svg", "<math", "<object", "alert(1)>")
            if words in text.lower()
        ]
    assert "<script" not in stored.lower() and " on" not in "".join(
        stored.split(">")[::2]
    ).lower().replace(" one", "")


def test_tracked_changes_become_suggestions_of_their_authors_and_the_text_is_as_before():
    document = docx.Document()
    document.add_heading("Why", 1)
    paragraph = document.add_paragraph("We answer ")
    change(paragraph, "w:del", "soon.")
    change(paragraph, "w:ins", "within two days.")
    document.add_heading("How", 1)

    found = readers.read("x.docx", bytes_of(document))

    assert found.sections[0].html == "<p>We answer soon.</p>"
    assert found.notes == [
        {
            "channel": "word_change",
            "author": "Noor",
            "title": "Why",
            "words": "Instead of: We answer soon.\n\nSuggested: We answer within two days.",
        }
    ]


def test_comments_become_notes_of_their_authors():
    document = docx.Document()
    document.add_heading("Why", 1)
    run = document.add_paragraph("We answer soon.").runs[0]
    document.add_comment(run, text="How soon?", author="Casey", initials="C")
    document.add_heading("How", 1)

    notes = readers.read("x.docx", bytes_of(document)).notes

    assert [(row["author"], row["title"], row["words"]) for row in notes] == [
        ("Casey", "Why", "How soon?\n\nAbout: We answer soon.")
    ]


def test_head_lines_of_a_word_file_are_said_to_be_left_out():
    document = docx.Document()
    document.add_paragraph("Text.")
    document.sections[0].header.paragraphs[0].text = "Confidential"

    assert "Confidential" in readers.read("x.docx", bytes_of(document)).named[0]["words"]


def test_style_that_is_not_known_is_named_and_its_words_are_kept():
    document = docx.Document()
    document.styles.add_style("Fancy", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("Words.", style="Fancy")

    found = readers.read("x.docx", bytes_of(document))

    assert (found.sections[0].html, found.named[0]["words"]) == (
        "<p>Words.</p>",
        "The look of “Fancy” (its words are kept)",
    )


def bomb():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (160 * 1024 * 1024))
    return out.getvalue()


def with_entities():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    return out.getvalue()


@pytest.mark.parametrize(
    "name, content",
    [
        ("x.docx", b"no zip"),
        ("x.docx", b"PK\x03\x04broken"),
        ("x.docx", bomb),
        ("x.docx", with_entities),
        ("x.exe", b"x"),
        ("x.md", b"x" * (21 * 1024 * 1024)),
        ("x.md", b""),
        ("x.html", b""),
        ("x.html", b"<!-- nothing -->"),
        ("x.txt", b"\x00\x01"),
    ],
    ids=[
        "no zip",
        "broken",
        "bomb",
        "entities",
        "other kind",
        "too large",
        "empty",
        "empty page",
        "page of a comment",
        "no text",
    ],
)
def test_what_cannot_be_read_gets_a_clear_error(name, content):
    with pytest.raises(RuleError):
        readers.read(name, content() if callable(content) else content)


def test_nothing_is_saved_before_the_yes_and_a_doubled_yes_saves_once(policy, lead, client):
    client.post("/policies/safe/write/import/", {"text": "# One\n\nx\n\n# Two\n\ny"})
    brought = Import.objects.get()
    page = client.get(f"/policies/safe/write/import/{brought.pk}/").content.decode()
    assert "Add it as a new section" in page and not Section.objects.exists()

    for _ in range(2):
        client.post(
            f"/policies/safe/write/import/{brought.pk}/",
            {"row-0": "add", "row-1": "leave", "shown": ""},
        )

    assert [row.title for row in Section.objects.all()] == ["One"]


def test_file_stays_until_its_writer_is_done_with_it(policy, lead, client):
    brought = brought_in(policy, lead, "x.md", b"# One\n\nx\n\n# Two\n\ny")
    address = f"/policies/safe/write/import/{brought.pk}/"

    page = client.post(address, {"row-0": "add", "row-1": "leave"}, follow=True).content.decode()
    client.post(f"{address}done/")

    brought.refresh_from_db()
    assert "Left as they were: “Two”." in page
    assert (brought.held, brought.confirmed_at is None) == (None, False)


def test_before_a_file_goes_its_writer_is_asked_and_told_what_goes_with_it(policy, lead, client):
    document = docx.Document()
    document.add_heading("One", 1)
    change(document.add_paragraph("Before. "), "w:ins", "And after.")
    document.add_paragraph().add_run("Gone").font.strike = True
    brought = brought_in(policy, lead, "x.docx", bytes_of(document))

    page = client.get(f"/policies/safe/write/import/{brought.pk}/done/").content.decode()

    brought.refresh_from_db()
    assert brought.held
    for words in ("“One”", "1 comment or suggestion", "the words that did not come along"):
        assert words in page


def test_outcome_says_how_many_notes_were_kept(policy, lead, client):
    section_in(policy, "<p>Before.</p>", "One", lead)
    document = docx.Document()
    document.add_heading("One", 1)
    change(document.add_paragraph("Before. "), "w:ins", "And after.")
    brought = brought_in(policy, lead, "x.docx", bytes_of(document))
    shown = incoming.fingerprint(incoming.sections_in(brought))

    page = client.post(
        f"/policies/safe/write/import/{brought.pk}/",
        {"row-0": "leave", "shown": shown},
        follow=True,
    ).content.decode()

    assert "No sections are brought in. 1 comment or suggestion is kept as a note" in page


def test_list_of_missing_words_stays_where_a_writer_finds_it(policy, lead, client):
    brought = brought_in(policy, lead, "x.html", b"<h1>One</h1><p>New <s>old</s></p>")
    address = f"/policies/safe/write/import/{brought.pk}/"

    client.post(address, {"row-0": "add"})

    assert address in client.get("/policies/safe/write/import/").content.decode()
    assert "Struck out in the file: “old”" in client.get(address).content.decode()


def test_notes_are_kept_once_however_often_a_file_is_looked_at(policy, lead):
    document = docx.Document()
    for title in ("One", "Two"):
        document.add_heading(title, 1)
        change(document.add_paragraph("Before. "), "w:ins", "And after.")
    brought = brought_in(policy, lead, "x.docx", bytes_of(document))

    for chosen in ({0: "add"}, {1: "add"}):
        shown = incoming.fingerprint(incoming.sections_in(brought))
        bringing_in.confirm(brought, lead, chosen, shown)
        brought.refresh_from_db()

    assert (policy.heard.count(), brought.held) == (2, None)


def test_one_choice_takes_all_that_is_different(policy, lead, client):
    for title in ("One", "Two"):
        section_in(policy, "<p>Old.</p>", title, lead)
    brought = brought_in(policy, lead, "x.md", b"# One\n\nOld.\n\n# Two\n\nNew.")
    shown = incoming.fingerprint(incoming.sections_in(brought))

    client.post(f"/policies/safe/write/import/{brought.pk}/", {"all": "take", "shown": shown})

    assert [row.lock_version for row in policy.sections.order_by("title")] == [1, 2]


def test_one_choice_leaves_out_a_new_section_that_is_to_be_left_out(
    policy, lead, client, two_that_differ
):
    content = b"# One\n\nNew.\n\n# Two\n\nNew.\n\n# Three\n\nNew."
    brought = brought_in(policy, lead, "x.md", content)
    form = {"all": "take", "row-2": "leave", "shown": two_that_differ[1]}

    client.post(f"/policies/safe/write/import/{brought.pk}/", form)

    assert [row.title for row in policy.sections.live()] == ["One", "Two"]


def test_page_warns_of_what_was_saved_here_after_the_newest_draft(policy, lead, client):
    section = section_in(policy, "<p>Old.</p>", "One", lead)
    brought = brought_in(policy, lead, "x.md", b"# One\n\nNew.")
    published(policy, lead)
    address = f"/policies/safe/write/import/{brought.pk}/"
    before = client.get(address).content.decode()
    writing.save(section, lead, 1, title="One", html="<p>Newer.</p>", state=Section.State.READY)

    pages = [before, client.get(address).content.decode()]

    assert ["saved here after draft 1" in " ".join(page.split()) for page in pages] == [False, True]


def test_bold_lines_can_be_taken_for_headings(policy, lead, client):
    page = b"<p><b>One</b></p><p>x</p><p><b>Two</b></p><p>y</p>"
    brought = brought_in(policy, lead, "x.html", page)
    address = f"/policies/safe/write/import/{brought.pk}/"

    offer = client.get(address).content.decode()
    client.post(f"{address}?headings=bold", {"row-0": "add", "row-1": "add", "shown": ""})

    assert "There are no headings in this file" in offer
    assert [row.title for row in policy.sections.live()] == ["One", "Two"]


def test_bold_lines_that_were_taken_for_headings_stay_so(policy, lead, client):
    page = b"<p><b>One</b></p><p>x</p><p><b>Two</b></p><p>y</p>"
    brought = brought_in(policy, lead, "x.html", page)
    address = f"/policies/safe/write/import/{brought.pk}/"
    client.post(f"{address}?headings=bold", {"row-0": "add"})
    shown = incoming.fingerprint(incoming.sections_in(Import.objects.get()))

    again, done = (client.get(row).content.decode() for row in (address, f"{address}done/"))
    stale = {"row-0": "add", "headings": "all", "shown": shown}
    refused = client.post(address, stale, follow=True).content.decode()

    assert ["Without a heading" in row or "Make a section" in row for row in (again, done)] == [
        False,
        False,
    ]
    assert "“Two”" in done and "brought in meanwhile" in refused
    client.post(address, {"row-1": "add", "headings": "bold", "shown": shown})
    assert [row.title for row in policy.sections.live()] == ["One", "Two"]


def test_link_between_sections_of_a_file_leads_to_the_new_section(policy, lead):
    brought = brought_in(policy, lead, "x.md", b"# One\n\nSee [two](#two).\n\n# Two\n\ny")

    bringing_in.confirm(brought, lead, {0: "add", 1: "add"}, "")

    one, two = policy.sections.live()
    assert f'<a href="#s-{two.pk}">two</a>' in one.html


def test_file_with_nothing_but_suggestions_is_word_for_word_the_same(policy, lead):
    section_in(policy, "<p>We answer soon.</p>", "Why", lead)
    document = docx.Document(BytesIO(word.of_working_copy(policy)))
    change(document.paragraphs[-1], "w:ins", " Always.")

    brought = brought_in(policy, lead, "x.docx", bytes_of(document))

    assert [row.is_same for row in incoming.sections_in(brought)] == [True]
    assert "Always" in brought.held["notes"][0]["words"]


def test_empty_form_says_what_to_do(policy, lead, client):
    assert (
        "Choose a file, or paste"
        in client.post("/policies/safe/write/import/", {"text": " "}).content.decode()
    )


ROUND_TRIP = (
    "<p>One <strong>of</strong> 10² and <a href='https://example.org/'>a link</a>.<br>Next.</p>"
    "<h3>Part</h3><ul><li>a<ul><li>deep</li></ul></li><li>b</li></ul><ol><li>x</li></ol>"
    "<p>Then</p><ol start='3'><li>z</li></ol><dl><dt>Harm</dt><dd><p>It hurts.</p></dd></dl>"
    "<blockquote><p>Said.</p></blockquote><table><tr><th>Day</th></tr><tr><td>Mon</td></tr></table>"
)
RICH = (
    "<p>One <strong>of</strong> them.</p><dl><dt>Harm</dt><dd><p>It hurts.</p></dd></dl>"
    "<blockquote><p>Said.</p></blockquote>"
)


def test_working_copy_comes_back_from_word_as_it_went(policy, lead):
    section_in(policy, RICH, "Why", lead)
    section_in(policy, "<h3>Part</h3><ul><li>a</li></ul><ol><li>b</li></ol>", "How", lead)

    brought = brought_in(policy, lead, "x.docx", word.of_working_copy(policy))
    rows = incoming.sections_in(brought)

    assert [(row.section.title, row.exported.number, row.is_changed) for row in rows] == [
        ("Why", 1, False),
        ("How", 1, False),
    ]


def test_links_within_a_text_come_back_from_word_as_they_went(policy, lead):
    text = b"# One\n\nSee [two](#two), and a note[^1].\n\n# Two\n\ny\n\n[^1]: A note.\n"
    bringing_in.confirm(brought_in(policy, lead, "x.md", text), lead, {0: "add", 1: "add"}, "")

    brought = brought_in(policy, lead, "x.docx", word.of_working_copy(policy))
    rows = incoming.sections_in(brought)

    assert [row.is_same for row in rows] == [True, True]
    assert blocks.with_uids(rows[0].html, policy.sections.live()[0].html).count('href="#') == 2


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("x.docx", word.write),
        ("x.md", markdown.write),
        ("x.html", web_page.write),
    ],
)
def test_published_file_comes_back_word_for_word(policy, lead, name, write):
    section_in(policy, ROUND_TRIP, "Why", lead)
    section_in(policy, ROUND_TRIP, "How", lead)
    draft = published(policy, lead)

    brought = brought_in(policy, lead, name, write(Edition.of(draft, "public")))

    rows = incoming.sections_in(brought)
    assert [(row.title, row.is_same) for row in rows] == [("Why", True), ("How", True)]
    assert [row["group"] for row in brought.held["named"]] in (["rest"], ["rest", "rest"])


def returned(policy, old, new):
    """The working copy after somebody has changed words in Word."""
    document = docx.Document(BytesIO(word.of_working_copy(policy)))
    for paragraph in document.paragraphs:
        if old in paragraph.text:
            paragraph.runs[0].text = paragraph.text.replace(old, new)
    return bytes_of(document)


def test_what_was_changed_in_word_and_here_is_combined(policy, lead):
    section = section_in(policy, "<p>We answer soon.</p><p>You decide.</p>", "Why", lead)
    content = returned(policy, "soon", "within two days")
    writing.save(
        section,
        lead,
        1,
        title="Why",
        html="<p>We answer soon.</p><p>You always decide.</p>",
        state=Section.State.READY,
    )

    brought = brought_in(policy, lead, "x.docx", content)
    rows = incoming.sections_in(brought)
    bringing_in.confirm(brought, lead, {0: "combine"}, incoming.fingerprint(rows))

    section.refresh_from_db()
    assert rows[0].choices[0][0] == "combine"
    assert [block.text for block in section.blocks] == [
        "We answer within two days.",
        "You always decide.",
    ]


def test_section_that_was_saved_after_the_look_is_not_overwritten(policy, lead):
    section = section_in(policy, "<p>We answer soon.</p>", "Why", lead)
    brought = brought_in(policy, lead, "x.docx", returned(policy, "soon", "at once"))
    shown = incoming.fingerprint(incoming.sections_in(brought))
    writing.save(section, lead, 1, title="Why", html="<p>Other.</p>", state=Section.State.READY)

    with pytest.raises(RuleError, match="look again"):
        bringing_in.confirm(brought, lead, {0: "take"}, shown)


def test_text_brought_in_is_its_writers_alone(policy, lead, client):
    brought = brought_in(policy, lead, "x.md", b"# One")
    client.force_login(role_in(policy, PersonFactory()))

    assert client.get(f"/policies/safe/write/import/{brought.pk}/").status_code == 404


@pytest.mark.parametrize("number", [1, 8])
def test_queries_of_looking_through_do_not_grow(policy, lead, number, django_assert_num_queries):
    for row in range(number):
        section_in(policy, title=f"Section {row}", by=lead)
    brought = brought_in(policy, lead, "x.docx", word.of_working_copy(policy))

    with django_assert_num_queries(2):
        assert all(row.exported for row in incoming.sections_in(brought))


def test_section_that_was_renamed_in_word_gets_its_new_title(policy, lead):
    section = section_in(policy, "<p>We answer soon.</p>", "Why", lead)
    brought = brought_in(policy, lead, "x.docx", returned(policy, "Why", "Why we do this"))
    rows = incoming.sections_in(brought)

    bringing_in.confirm(brought, lead, {0: rows[0].choices[0][0]}, incoming.fingerprint(rows))

    section.refresh_from_db()
    assert section.title == "Why we do this"


def test_section_of_which_only_the_title_is_known_is_left_as_it_is_unless_chosen(policy, lead):
    section_in(policy, "<p>We answer soon.</p>", "Why", lead)

    rows = incoming.sections_in(brought_in(policy, lead, "x.md", b"# Why\n\nSomething else.\n"))

    assert [value for value, _ in rows[0].choices] == ["leave", "take", "add"]


def test_comment_under_a_smaller_heading_stands_beside_its_section():
    document = docx.Document()
    for level, title in ((1, "One"), (2, "Sub"), (1, "Two")):
        document.add_heading(title, level)
        change(document.add_paragraph("Before. "), "w:ins", "And after.")

    found = readers.read("x.docx", bytes_of(document))

    assert [note["title"] for note in found.notes] == ["One", "One", "Two"]


def test_section_whose_title_was_changed_in_a_file_without_marks_is_found_by_its_words(
    policy, lead
):
    words = "We listen to each person first, and then we act together."
    section = section_in(policy, f"<p>{words}</p>", "Listening", lead)
    section_in(policy, "<p>It is paid within ten days.</p>", "Money", lead)
    file = f"# Being heard\n\n{words}\n\n# Money\n\nIt is paid within ten days.\n"

    heard, money = incoming.sections_in(brought_in(policy, lead, "x.md", file.encode()))

    assert (heard.section, heard.is_renamed, heard.is_same, money.is_same) == (
        section,
        True,
        False,
        True,
    )


@pytest.fixture
def two_that_differ(policy, lead):
    """A file of two sections that are other ones here, and what its page says of them."""
    for title in ("One", "Two"):
        section_in(policy, "<p>Old.</p>", title, lead)
    brought = brought_in(policy, lead, "x.md", b"# One\n\nNew.\n\n# Two\n\nSee [one](#one).")
    return brought, incoming.fingerprint(incoming.sections_in(brought))


def test_section_is_added_once_by_two_presses_and_again_once_it_was_taken_out(
    policy, lead, two_that_differ
):
    brought, shown = two_that_differ
    for _ in range(2):
        bringing_in.confirm(brought, lead, {0: "add"}, shown)
    added = policy.sections.live().last()
    assert policy.sections.count() == 3

    outline.remove(added)
    for _ in range(2):
        bringing_in.confirm(brought, lead, {0: "add"}, shown)

    assert [row.title for row in policy.sections.live()] == ["One", "Two", "One"]


def test_link_leads_to_the_section_that_is_added_beside_one_of_now(policy, lead, two_that_differ):
    bringing_in.confirm(two_that_differ[0], lead, {0: "add", 1: "take"}, two_that_differ[1])

    _, two, added = policy.sections.live()
    assert f'href="#s-{added.pk}"' in two.html
