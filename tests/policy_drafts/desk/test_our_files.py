"""What our own files say of a draft goes; what somebody wrote there, or a file like them, stays."""

from io import BytesIO

import docx
import pytest

from policy_drafts.desk import bringing_in, readers, work
from policy_drafts.desk.readers.our_files import REMARK
from policy_drafts.drafts.exports import markdown, web_page, word
from policy_drafts.drafts.exports.edition import Edition
from policy_drafts.text.notices import CHECK_SUM_IS_FOR
from tests.factories import published, section_in

SUM = f"SHA-256: {'a1' * 32}"
NOT_OURS = [
    f"Intro words.\n\n{SUM}",
    f"Published: 3 May 2026\n\nIntro words.\n\n{SUM}",
    f"{SUM}\n\nPublished: 3 May 2026",
]


@pytest.mark.parametrize("text", NOT_OURS)
def test_check_sum_in_a_text_takes_nothing_out(text):
    found = readers.read("x.md", f"# Downloads\n\n{text}\n\n# Next\n\ny".encode())

    assert [part.title for part in found.sections] == ["Downloads", "Next"]
    assert "SHA-256" in found.sections[0].html and found.named == []


def test_check_sum_of_ours_goes_without_a_first_page():
    text = f"# Doors\n\nRing.\n\n# The check sum of this draft\n\n{CHECK_SUM_IS_FOR} {SUM}\n"

    found = readers.read("x.md", text.encode())

    assert [(part.title, part.html) for part in found.sections] == [("Doors", "<p>Ring.</p>")]


@pytest.mark.parametrize("facts", ["{}\n{}\n{}\n{}", "{}\n\n{}\n\n{}\n\n{}"])
def test_first_page_of_an_older_file_goes_with_the_check_sum_on_it(facts):
    page = facts.format("- Draft: 3", "- Published: 3 May 2026", "- For: Everybody", f"- {SUM}")
    text = f"# Doors\n\n{page}\n\n## What is new\n\nAll.\n\n## 1. Ring\n\nx"

    found = readers.read("x.md", text.encode())

    assert [part.title for part in found.sections] == ["Ring"]
    assert [row["more"] for row in found.named] == ["", "All."]


def with_remark(content):
    document = docx.Document(BytesIO(content))
    news = next(row for row in document.paragraphs if row.text == "It is new.")
    news.add_run().add_break()
    news.insert_paragraph_before("My remark: ask Noor.")
    out = BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.django_db
def test_remark_on_the_first_page_is_told_as_words_that_are_missing(policy, lead):
    section_in(policy, "<p>Ring.</p>", "Doors", lead)
    edition = Edition.of(published(policy, lead), "public")
    page = web_page.write(edition).replace(b"It is new.", b"It is new. My remark")
    files = {
        "a.docx": word.write(edition),
        "b.md": markdown.write(edition),
        "c.html": web_page.write(edition),
        "d.docx": with_remark(word.write(edition)),
        "e.html": page,
        "f.md": markdown.write(edition).replace(b": Everybody", b": Everybody. My remark"),
    }
    rows = [bringing_in.bring(policy, lead, *file) for file in files.items()]
    work.do_due()

    told = {}
    for row in rows:
        row.refresh_from_db()
        told[row.name] = [said["more"] for said in row.held["named"] if said["words"] == REMARK]
    assert [bool(told[name]) for name in files] == [False] * 3 + [True] * 3
    assert "My remark: ask Noor. … It is new." in told["d.docx"]
