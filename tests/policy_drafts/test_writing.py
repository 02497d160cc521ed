"""Writing a section: the optimistic lock, the versions, what was typed and not saved."""

from datetime import timedelta

import pytest

from collective import clock
from collective.errors import RuleError
from policy_drafts import combining, writing
from policy_drafts.blocks import of, with_uids
from policy_drafts.models import Section, SectionSave, Unsaved
from tests.factories import PersonFactory, PolicyFactory, role_in, section_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy():
    return PolicyFactory(slug="safe")


@pytest.fixture
def lead(policy, client):
    person = role_in(policy, PersonFactory(name="Richard"))
    client.force_login(person)
    return person


@pytest.fixture
def section(policy, lead):
    return section_in(policy, "<p>We look after each other.</p>", by=lead)


def save(section, person, html="<p>We look after one another.</p>", *, started_from=1, title="Why", **more):
    return writing.save(section, person, started_from, **{"title": title, "html": html, "state": "writing", **more})


def test_each_save_is_a_version_for_ever(section, lead):
    save(section, lead)

    kept = section.saves.values_list("number", "how", "saved_by")
    assert list(kept) == [(2, "edited", lead.pk), (1, "added", lead.pk)]


def test_save_that_started_from_an_older_version_is_a_clash_and_changes_nothing(section, lead):
    save(section, lead)

    with pytest.raises(writing.Clash):
        save(section, PersonFactory(), "<p>Something else.</p>")

    assert [block.text for block in Section.objects.get(pk=section.pk).blocks] == ["We look after one another."]


def test_same_text_sent_twice_is_accepted_once(section, lead):
    save(section, lead)
    save(section, lead)

    assert section.saves.count() == 2


def test_notes_to_self_are_encrypted_and_in_no_version(section, lead, django_assert_num_queries):
    save(section, lead, notes="zebra")

    assert Section.objects.get(pk=section.pk).notes == "zebra"
    assert "zebra" not in str(list(SectionSave.objects.values()))


def test_removed_section_is_not_saved(section, lead):
    Section.objects.filter(pk=section.pk).update(removed_at=clock.now(), position=None)

    with pytest.raises(RuleError, match="removed"):
        save(section, lead)


def test_what_is_typed_is_kept_for_its_writer_alone(section, lead, client):
    typed = {"title": "Why", "html": "<p>Half a sen", "state": "writing", "notes": "", "started_from": "1"}
    client.post(f"/policies/safe/write/{section.pk}/keep/", typed)

    assert writing.unsaved_of(section, lead).typed["html"] == "<p>Half a sen"
    assert writing.unsaved_of(section, PersonFactory()) is None
    assert [block.text for block in Section.objects.get(pk=section.pk).blocks] == ["We look after each other."]


def test_what_was_typed_is_offered_back_with_what_is_different(section, lead, client):
    writing.keep_typed(section, lead, 1, {"title": "Why", "html": "<p>We look after zebras.</p>", "state": "writing"})

    editor = client.get(section.get_absolute_url()).content.decode()
    page = client.get(f"/policies/safe/write/{section.pk}/unsaved/").content.decode()

    assert "You have typed something here that is not saved" in editor
    assert "zebras</ins>" in page.replace('<span class="vh">]</span>', "")


def test_going_on_shows_what_was_typed_and_where_it_started(section, lead, client):
    writing.keep_typed(section, lead, 1, {"title": "Mine", "html": "<p>Typed.</p>", "state": "writing", "notes": ""})
    save(section, PersonFactory())

    page = client.post(f"/policies/safe/write/{section.pk}/unsaved/", {"go_on": "1"}).content.decode()

    assert "&lt;p&gt;Typed.&lt;/p&gt;" in page
    assert 'name="started_from" value="1"' in page


def test_saving_lets_go_of_what_was_typed(section, lead):
    writing.keep_typed(section, lead, 1, {"title": "Why", "html": "x", "state": "writing"})

    save(section, lead)

    assert not Unsaved.objects.exists()


def test_clash_page_shows_all_three_texts_and_keeps_the_writers_own(section, lead, client):
    save(section, PersonFactory(name="Noor"), "<p>We look after each other, always.</p>")

    mine = {"title": "Why", "html": "<p>We care for each other.</p>", "state": "writing", "started_from": "1"}
    answer = client.post(section.get_absolute_url(), {**mine, "notes": ""})
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "Noor saved" in page
    assert "You both changed 1 passage" in page
    assert Unsaved.objects.get().typed["html"] == mine["html"]


def test_bad_form_keeps_what_was_typed(section, lead, client):
    typed = {"title": "", "html": "<p>A long afternoon of work.</p>", "state": "writing", "started_from": "1"}

    page = client.post(section.get_absolute_url(), typed).content.decode()

    assert "Give this section a title." in page
    assert "A long afternoon of work." in page


def test_picture_without_words_is_refused_and_the_text_stays(section, lead, client):
    picture = f'<img src="/policies/pictures/{section.pk}/" alt="">'
    typed = {"title": "Why", "html": f"<p>Text.</p>{picture}", "state": "writing", "started_from": "1"}

    page = client.post(section.get_absolute_url(), typed).content.decode()

    assert "Describe each picture" in page
    assert "&lt;p&gt;Text.&lt;/p&gt;" in page


def test_version_can_be_restored_as_the_newest(section, lead, client):
    save(section, lead)

    client.post(f"/policies/safe/write/{section.pk}/versions/1/", {"started_from": "2"})

    section.refresh_from_db()
    assert [block.text for block in section.blocks] == ["We look after each other."]
    assert section.lock_version == 3


def test_presence_says_who_else_is_here_for_a_minute(section, lead, early):
    other = PersonFactory(name="Noor")
    writing.here(section, other)
    assert writing.others_at(section, lead) == [other]

    early.shift(timedelta(seconds=61))
    assert writing.others_at(section, lead) == []


def test_unsaved_text_is_forgotten_after_90_days(section, lead, early):
    writing.keep_typed(section, lead, 1, {"title": "Why", "html": "x", "state": "writing"})
    early.shift(timedelta(days=91))

    assert writing.forget_old_unsaved() == (1, 1)


BASE = with_uids("<p>One stays here.</p><p>Two is a sentence.</p><p>Three closes it.</p>")


def combined(mine, theirs):
    return combining.combine(BASE, with_uids(mine, BASE), with_uids(theirs, BASE))


def texts(result):
    return [block.text for block in of(with_uids(result.html))]


def test_changes_in_different_paragraphs_are_combined():
    result = combined(
        "<p>One stays here.</p><p>Two is my sentence.</p><p>Three closes it.</p><p>Mine at the end.</p>",
        "<p>One stays right here.</p><p>Two is a sentence.</p><p>Three closes it.</p>",
    )

    assert texts(result) == ["One stays right here.", "Two is my sentence.", "Three closes it.", "Mine at the end."]
    assert result.both == []


def test_paragraph_that_both_changed_stands_there_twice():
    result = combined(
        "<p>One stays here.</p><p>Two is my sentence.</p><p>Three closes it.</p>",
        "<p>One stays here.</p><p>Two is their sentence.</p><p>Three closes it.</p>",
    )

    assert texts(result)[1:3] == ["Two is their sentence.", "Two is my sentence."]
    assert result.both == [("Two is their sentence.", "Two is my sentence.")]


def test_what_one_took_out_and_the_other_changed_is_kept_and_named():
    result = combined(
        "<p>One stays here.</p><p>Three closes it.</p>",
        "<p>One stays here.</p><p>Two is their sentence.</p><p>Three closes it.</p>",
    )

    assert "Two is their sentence." in texts(result)
    assert result.both == [("Two is their sentence.", "")]


def test_save_after_the_sign_in_has_ended_shows_what_was_typed(section, client, community):
    client.logout()

    answer = client.post(section.get_absolute_url(), {"title": "Why", "html": "<p>Long work.</p>", "started_from": "1"})

    assert answer.status_code == 403
    assert "&lt;p&gt;Long work.&lt;/p&gt;" in answer.content.decode()


def test_what_is_kept_says_whether_it_differs_from_the_saved_text(section, lead, client):
    typed = {"title": "Why", "html": "<p>We look after each other.</p>\n", "state": "writing", "notes": ""}

    same = client.post(f"/policies/safe/write/{section.pk}/keep/", {**typed, "started_from": "1"}).json()
    other = client.post(f"/policies/safe/write/{section.pk}/keep/", {**typed, "html": "x", "started_from": "1"}).json()

    assert (same["differs"], other["differs"]) == (False, True)
