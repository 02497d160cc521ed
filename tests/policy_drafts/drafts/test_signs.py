"""Signs that a typeface lacks, and what breaks a file: told before, and never without a file."""

from io import BytesIO

import docx
import pytest
from pypdf import PdfReader

from collective import clock
from dev import signs
from policy_drafts.drafts import exports, files
from policy_drafts.drafts.exports.edition import Edition
from policy_drafts.drafts.rehearsing import rehearse
from policy_drafts.models import Audience, Draft, DraftFile, DraftSection, Section
from policy_drafts.text import printable
from tests.factories import PolicyFactory, published, section_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
MANY = "🙂 👨‍👩‍👧 👍🏽 美 日本語 한국어 مرحبا שלום हिन्दी বাংলা ไทย አማርኛ ქართული ✓ ☐ ☒ ➢ ▪ → ∑ ½ €"
CUNEIFORM, PRIVATE = "\U00012000", "\ue123"


def edition(title, html, *, of="Safety policy", news="It is new."):
    """What would go into the files, of a draft that is not written."""
    policy = PolicyFactory(title="Safety policy")
    draft = Draft(policy=policy, number=1, policy_title=of, news=news, published_at=clock.now())
    section = DraftSection(uid=policy.pk, number=1, title=title, html=html)
    return Edition.of(draft, Audience.PUBLIC, [section])


def words_of(made):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)


def test_scripts_and_emoji_are_printed_in_text_and_titles(settings):
    made = exports.MAKERS["pdf"](edition(MANY, f"<p>{MANY}</p><p><strong>{MANY}</strong></p>"))

    assert "Not shown here" not in words_of(made)
    assert printable.lacking(MANY) == []


def test_sign_that_no_typeface_draws_is_told_in_the_file_and_stands_as_another():
    html = f"<p>Old {CUNEIFORM} and {PRIVATE} here.</p>"
    made = exports.MAKERS["large-print"](edition("Old", html, of=f"Policy {CUNEIFORM}"))

    text = " ".join(words_of(made).split())
    assert "U+E123" in text and "U+12000, cuneiform sign a" in text


def test_what_the_table_does_not_know_stops_no_file(monkeypatch):
    monkeypatch.setattr(printable, "lacking", lambda text: [])

    made = exports.MAKERS["pdf"](edition("Old", f"<p>One {CUNEIFORM}, two {PRIVATE}ཀ\u0f71.</p>"))

    assert "One" in words_of(made)


def test_rehearsal_names_the_sign_and_its_section(policy):
    section_in(policy, f"<p>x {CUNEIFORM}</p>", "Signs")

    section, words = rehearse(policy, Audience.PUBLIC).warnings[-1]
    assert section.title == "Signs"
    assert f"has what cannot be printed: this sign: “{CUNEIFORM}” (U+12000" in words


@pytest.mark.thorough
def test_table_of_signs_says_what_the_typefaces_can_draw():
    lines = [f"{first:X}-{last:X}" for first, last in signs.ranges(signs.drawn())]

    assert printable.TABLE.read_text().split() == lines


@pytest.mark.parametrize("kind", DraftFile.Kind.values)
def test_each_file_of_what_was_stored_before_texts_were_cleaned_can_be_made(kind):
    bad = "a\x07b\x00\ufffe\uffff\u202ec\x0b\uf0b7"
    html = f"<p>{bad}</p><figure><img src='/x' alt='{bad}'></figure>"

    made = exports.MAKERS[kind](edition(bad, html, of=bad, news=bad))

    if kind == "word":
        titles = [row.text for row in docx.Document(BytesIO(made)).paragraphs]
        assert "1. abc •" in titles


@pytest.mark.usefixtures("lead")
def test_title_is_stored_clean(policy, lead):
    section = section_in(policy, "<p>x</p>", "Bell\x07 \ufffe\u202e\uf0b7 book", lead)

    assert Section.objects.get(pk=section.pk).title == "Bell • book"


def test_file_that_an_older_version_gave_up_is_made_after_an_upgrade(policy, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    published(policy, audience=Audience.MEMBERS)
    rows = DraftFile.objects.all()
    rows.update(state=DraftFile.State.FAILED, attempts=5, given_up_by=files.this_version())

    assert files.make_due() == (0, 0)
    settings.COMMIT = "newer"

    assert files.make_due() == (5, 5)
    assert set(rows.values_list("state", flat=True)) == {"ready"}
