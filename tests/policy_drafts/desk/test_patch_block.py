"""Other words for one block of the working copy."""

import pytest

from collective.errors import RuleError
from policy_drafts.desk import writing
from policy_drafts.models import Section
from tests.factories import PersonFactory, section_in

pytestmark = pytest.mark.django_db
HTML = "<p>We <strong>must answer</strong> soon.</p><p>We ask each year.</p>"
SEEN = "We must answer soon."
WANTED = "Whoever reports a zebra hears from us."


@pytest.fixture
def section(policy, lead):
    return section_in(policy, HTML, by=lead)


def patch(section, lead, words=WANTED, *, seen=SEEN):
    return writing.patch_block(section, lead, section.blocks[0].uid, seen=seen, words=words)


def texts(section):
    return [block.text for block in Section.objects.get(pk=section.pk).blocks]


def test_wholly_rewritten_block_keeps_its_uid_and_is_a_version(section, lead):
    first, second = section.blocks

    patched = patch(section, lead)

    assert [block.uid for block in patched.blocks] == [first.uid, second.uid]
    assert texts(section) == [WANTED, "We ask each year."]
    newest = section.saves.order_by("number").last()
    assert (newest.number, newest.html, newest.saved_by) == (2, patched.html, lead)


def test_uid_and_bold_of_words_that_stay_outlive_the_next_save_in_the_editor(section, lead):
    uid = section.blocks[0].uid
    patched = patch(section, lead, "We must always answer at once.")
    assert "<strong>must always answer</strong>" in patched.html

    text = {"title": patched.title, "html": patched.html, "state": "writing"}
    saved = writing.save(patched, lead, patched.lock_version, **text)

    assert saved.blocks[0].uid == uid


def test_same_words_sent_twice_are_one_version(section, lead):
    patch(section, lead)
    patch(section, lead)

    assert section.saves.count() == 2


def test_clash_has_all_three_texts_and_changes_nothing(section, lead):
    patch(section, PersonFactory(), "We answer at once.")

    with pytest.raises(writing.BlockClash) as clash:
        patch(section, lead)

    error = clash.value
    assert (error.seen, error.now, error.wanted) == (SEEN, "We answer at once.", WANTED)
    assert texts(section)[0] == "We answer at once."


def test_block_that_is_gone_is_a_clash_and_a_section_that_is_gone_is_said(section, lead):
    html = section.html.partition("</p>")[2]
    text = {"title": "Why", "html": html, "state": "writing"}
    now = writing.save(section, lead, 1, **text)

    with pytest.raises(writing.BlockClash) as clash:
        patch(section, lead)
    assert clash.value.now is None

    Section.objects.filter(pk=now.pk).update(removed_at=now.edited_at, position=None)
    with pytest.raises(writing.Removed):
        patch(section, lead)


def test_words_with_signs_that_no_file_has_are_the_same_words(section, lead):
    patch(section, lead, f"{WANTED}\x0b\ufffe")

    assert texts(section)[0] == WANTED
    assert patch(section, lead, f"{WANTED}\x0b").lock_version == 2


def test_no_words_and_pictures_are_refused_in_words(policy, lead):
    picture = "/policies/pictures/00000000-0000-4000-8000-000000000001/"
    section = section_in(
        policy, f'<p>One.</p><figure><img src="{picture}" alt="A"></figure>', by=lead
    )
    text, image = section.blocks

    for block, words in ((text, " \n"), (image, "A dog")):
        with pytest.raises(RuleError, match="words"):
            writing.patch_block(section, lead, block.uid, seen=block.text, words=words)


def test_writer_whose_page_was_open_meanwhile_gets_the_clash_page(section, lead):
    patch(section, PersonFactory())

    with pytest.raises(writing.Clash):
        writing.save(section, lead, 1, title="Why", html="<p>Mine.</p>", state="writing")
