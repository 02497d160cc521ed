"""Writing a section: the optimistic lock, the versions, what was typed and not saved."""

import re
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import InternalError, connection, transaction
from django.test import Client

from collective import clock
from policy_drafts.desk import outline, presence, unsaved, writing
from policy_drafts.models import Section, SectionSave, Unsaved
from policy_drafts.text import combining
from policy_drafts.text.blocks import read, with_uids
from tests.factories import PersonFactory, section_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def section(policy, lead):
    return section_in(policy, "<p>We look after each other.</p>", by=lead)


def save(
    section,
    person,
    html="<p>We look after one another.</p>",
    *,
    started_from=1,
    title="Why",
    **more,
):
    return writing.save(
        section, person, started_from, **{"title": title, "html": html, "state": "writing", **more}
    )


def typed(html, *, title="Why", state=Section.State.WRITING, notes=""):
    return {"title": title, "html": html, "state": state, "notes": notes}


def keep(section, person, html, **more):
    """Keep what was typed in a new editor page; returns its key."""
    page = uuid.uuid4()
    assert unsaved.keep_typed(section, person, page, 1, typed(html, **more))
    return page


def sent(page, name):
    """What the form of a page would send under a name."""
    return re.search(f'name="{name}" value="([^"]*)"', page)[1]


def test_each_save_is_a_version_for_ever(section, lead):
    save(section, lead)

    kept = section.saves.values_list("number", "how", "saved_by")
    assert list(kept) == [(2, "edited", lead.pk), (1, "added", lead.pk)]


def test_save_that_started_from_an_older_version_is_a_clash_and_changes_nothing(section, lead):
    save(section, lead)

    with pytest.raises(writing.Clash):
        save(section, PersonFactory(), "<p>Something else.</p>")

    assert [block.text for block in Section.objects.get(pk=section.pk).blocks] == [
        "We look after one another."
    ]


def test_same_text_sent_twice_is_accepted_once(section, lead):
    save(section, lead)
    save(section, lead)

    assert section.saves.count() == 2


def test_notes_to_self_are_encrypted_here_and_in_the_versions(section, lead):
    save(section, lead, notes="zebra")

    assert Section.objects.get(pk=section.pk).notes == SectionSave.objects.first().notes == "zebra"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT notes FROM policy_drafts_section UNION ALL SELECT notes FROM "
            "policy_drafts_sectionsave"
        )
        assert "zebra" not in str(cursor.fetchall())


def test_version_never_changes_but_its_notes_can_be_encrypted_anew(section, lead):
    save(section, lead, notes="zebra")

    call_command("rotate_field_keys", stdout=StringIO())

    assert section.saves.first().notes == "zebra"
    with pytest.raises(InternalError), transaction.atomic():
        section.saves.update(html="Never said.")


def test_removed_section_is_not_saved(section, lead):
    Section.objects.filter(pk=section.pk).update(removed_at=clock.now(), position=None)

    with pytest.raises(writing.Removed):
        save(section, lead)


def test_what_is_typed_is_kept_for_its_writer_alone(section, lead, client):
    typed = {
        "title": "Why",
        "html": "<p>Half a sen",
        "state": "writing",
        "notes": "",
        "started_from": "1",
    }
    client.post(f"/policies/safe/write/{section.pk}/keep/", typed)

    assert [row.typed["html"] for row in unsaved.find(section, lead)] == ["<p>Half a sen"]
    assert unsaved.find(section, PersonFactory()) == []
    assert [block.text for block in Section.objects.get(pk=section.pk).blocks] == [
        "We look after each other."
    ]


def test_what_was_typed_is_offered_back_with_what_is_different(section, lead, client):
    keep(section, lead, "<p>We look after zebras.</p>", notes="Ask Noor.")

    editor = client.get(section.get_absolute_url()).content.decode()
    page = client.get(f"/policies/safe/write/{section.pk}/unsaved/").content.decode()

    assert "You have typed something here that is not saved" in editor
    assert ">zebras</span>" in page
    assert "Ask Noor." in page


def test_going_on_shows_what_was_typed_and_where_it_started(section, lead, client):
    page = keep(section, lead, "<p>Typed.</p>", title="Mine")
    save(section, PersonFactory())

    page = client.post(
        f"/policies/safe/write/{section.pk}/unsaved/", {"go_on": "1", "page": page}
    ).content.decode()

    assert "&lt;p&gt;Typed.&lt;/p&gt;" in page
    assert 'name="started_from" value="1"' in page


def test_saving_lets_go_of_what_was_typed(section, lead):
    page = keep(section, lead, "<p>x</p>")

    save(section, lead, pages=[page])

    assert unsaved.find(section, lead) == []


def test_saving_leaves_what_another_tab_holds(section, lead):
    page, other = (
        keep(section, lead, "<p>In this tab.</p>"),
        keep(section, lead, "<p>In the other tab.</p>"),
    )

    save(section, lead, pages=[page])

    assert [row.page for row in unsaved.find(section, lead)] == [other]


def test_what_comes_late_from_a_page_that_was_saved_or_let_go_is_ignored(section, lead):
    page = uuid.uuid4()
    unsaved.let_go(section, lead, page)

    assert not unsaved.keep_typed(section, lead, page, 1, typed("<p>Late.</p>"))
    assert unsaved.find(section, lead) == []


def test_what_was_typed_and_undone_is_no_unsaved_text(section, lead):
    page = keep(section, lead, "<p>Something else.</p>")

    unsaved.keep_typed(section, lead, page, 1, typed("<p>We look after each other.</p>"))

    assert not Unsaved.objects.exists()


def test_going_on_and_saving_lets_go_of_the_page_that_was_gone_on_with(section, lead, client):
    old = keep(section, lead, "<p>Typed.</p>")
    page = client.post(
        f"/policies/safe/write/{section.pk}/unsaved/", {"go_on": "1", "page": old}
    ).content.decode()

    client.post(
        section.get_absolute_url(),
        {**typed("<p>Typed.</p>"), "started_from": "1", "also": sent(page, "also")},
    )

    assert unsaved.find(section, lead) == []


def test_text_that_is_too_long_is_refused_in_words_and_never_cut(section, lead, client):
    answer = client.post(f"/policies/safe/write/{section.pk}/keep/", typed("x" * 1_000_001))

    assert answer.status_code == 413
    assert "too long" in answer.json()["error"]


def test_section_of_200_kb_saves_in_one_request(section, lead, client):
    html = "".join(
        f"<p>Paragraph {number}: {'we look after each other ü ' * 20}</p>" for number in range(400)
    )
    assert len(html.encode()) > 200_000

    answer = client.post(section.get_absolute_url(), {**typed(html), "started_from": "1"})

    assert answer.status_code == 302
    assert len(Section.objects.get(pk=section.pk).blocks) == 400


def test_saving_a_section_that_was_taken_out_keeps_what_was_typed_and_offers_to_put_it_back(
    section, lead, client
):
    outline.remove(section)

    answer = client.post(
        section.get_absolute_url(), {**typed("<p>A long afternoon.</p>"), "started_from": "1"}
    )
    client.post(f"/policies/safe/write/{section.pk}/put-back/")

    assert (
        "A long afternoon." in answer.content.decode() and "Put it back" in answer.content.decode()
    )
    assert (
        "You have typed something here" in client.get(section.get_absolute_url()).content.decode()
    )


def test_clash_page_shows_all_three_texts_and_keeps_the_writers_own(section, lead, client):
    save(section, PersonFactory(name="Noor"), "<p>We look after each other, always.</p>")

    mine = {
        "title": "Why",
        "html": "<p>We care for each other.</p>",
        "state": "writing",
        "started_from": "1",
    }
    answer = client.post(section.get_absolute_url(), {**mine, "notes": ""})
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "<bdi>Noor</bdi> saved" in page
    assert "You both changed 1 passage" in page
    assert Unsaved.objects.get().typed["html"] == mine["html"]


def test_bad_form_keeps_what_was_typed(section, lead, client):
    typed = {
        "title": "",
        "html": "<p>A long afternoon of work.</p>",
        "state": "writing",
        "started_from": "1",
    }

    page = client.post(section.get_absolute_url(), typed).content.decode()

    assert "Give this section a title." in page
    assert "A long afternoon of work." in page


def test_picture_without_words_is_refused_and_the_text_stays(section, lead, client):
    picture = f'<img src="/policies/pictures/{section.pk}/" alt="">'
    typed = {
        "title": "Why",
        "html": f"<p>Text.</p>{picture}",
        "state": "writing",
        "started_from": "1",
    }

    page = client.post(section.get_absolute_url(), typed).content.decode()

    assert "Say what the picture shows" in page
    assert "&lt;p&gt;Text.&lt;/p&gt;" in page


def test_picture_that_came_without_words_gets_them_in_the_form(section, lead, client):
    picture = f'<figure><img src="/policies/pictures/{section.pk}/" alt=""></figure>'
    typed_now = typed(f"<p>Text.</p>{picture}") | {
        f"picture-{section.pk}": " A blue door ",
        "started_from": "1",
    }

    client.post(section.get_absolute_url(), typed_now)
    page = client.get(section.get_absolute_url()).content.decode()

    assert [block.text for block in Section.objects.get(pk=section.pk).blocks] == [
        "Text.",
        "Picture: A blue door",
    ]
    assert 'value="A blue door"' in page


def test_words_typed_for_a_picture_are_kept_too(section, lead, client):
    picture = f'<figure><img src="/policies/pictures/{section.pk}/" alt=""></figure>'
    client.post(
        f"/policies/safe/write/{section.pk}/keep/",
        {**typed(picture), "started_from": "1", f"picture-{section.pk}": "A blue door"},
    )

    assert "A blue door" in unsaved.find(section, lead)[0].typed["html"]


def test_version_can_be_restored_as_the_newest(section, lead, client):
    save(section, lead)

    client.post(f"/policies/safe/write/{section.pk}/versions/1/", {"started_from": "2"})

    section.refresh_from_db()
    assert [block.text for block in section.blocks] == ["We look after each other."]
    assert section.lock_version == 3


def test_restored_version_has_its_uids_again_but_for_what_stands_elsewhere_now(
    section, lead, policy
):
    save(section, lead, "<p>We look after each other.</p><p>The second of them.</p>")
    first, second = Section.objects.get(pk=section.pk).blocks
    other = outline.split(section, lead, second.uid, "Other")
    section.refresh_from_db()

    restored = writing.restore_version(
        section, lead, section.saves.get(number=2), section.lock_version
    )

    assert restored.blocks[0].uid == first.uid
    assert restored.blocks[1].uid not in {first.uid, second.uid}
    assert (
        restored.blocks[1].carried_from == second.uid == other.saves.first().section.blocks[0].uid
    )


def test_presence_says_who_else_is_here_for_a_minute(section, lead, early):
    other = PersonFactory(name="Noor")
    presence.enter(section, other)
    assert presence.others_at(section, lead) == [other]

    early.shift(timedelta(seconds=61))
    assert presence.others_at(section, lead) == []


def test_unsaved_text_is_forgotten_after_90_days(section, lead, early):
    keep(section, lead, "<p>x</p>")
    early.shift(timedelta(days=91))

    assert unsaved.forget_old() == (1, 1)


BASE = with_uids("<p>One stays here.</p><p>Two is a sentence.</p><p>Three closes it.</p>")


def combined(mine, theirs):
    return combining.combine(BASE, with_uids(mine, BASE), with_uids(theirs, BASE))


def texts(result):
    return [block.text for block in read(with_uids(result.html))]


def test_changes_in_different_paragraphs_are_combined():
    result = combined(
        (
            "<p>One stays here.</p><p>Two is my sentence.</p><p>Three closes it.</p><p>Mine at the "
            "end.</p>"
        ),
        "<p>One stays right here.</p><p>Two is a sentence.</p><p>Three closes it.</p>",
    )

    assert texts(result) == [
        "One stays right here.",
        "Two is my sentence.",
        "Three closes it.",
        "Mine at the end.",
    ]
    assert result.both == []


def test_paragraph_that_both_changed_stands_there_twice():
    result = combined(
        "<p>One stays here.</p><p>Two is my sentence.</p><p>Three closes it.</p>",
        "<p>One stays here.</p><p>Two is their sentence.</p><p>Three closes it.</p>",
    )

    assert texts(result)[1:3] == ["Two is their sentence.", "Two is my sentence."]
    assert result.both == [("Two is their sentence.", "Two is my sentence.")]


def test_passages_that_i_moved_stay_where_i_put_them_with_their_change():
    result = combined(
        "<p>Three closes it.</p><p>One stays here.</p><p>Two is a sentence.</p>",
        "<p>One stays here.</p><p>Two is their sentence.</p><p>Three closes it.</p>",
    )

    assert texts(result) == ["Three closes it.", "One stays here.", "Two is their sentence."]
    assert not result.reordered


def test_where_both_moved_passages_it_says_so():
    result = combined(
        "<p>Three closes it.</p><p>One stays here.</p><p>Two is a sentence.</p>",
        "<p>Two is a sentence.</p><p>One stays here.</p><p>Three closes it.</p>",
    )

    assert result.reordered


def test_list_whose_first_item_was_replaced_comes_once():
    base = with_uids("<ul><li>First of all we listen</li><li>Second</li><li>Third</li></ul>")
    mine = with_uids(
        "<ul><li>Quite another thing to say</li><li>Second</li><li>Third</li></ul>", base
    )

    result = combining.combine(base, mine, base)

    assert texts(result) == ["Quite another thing to say", "Second", "Third"]


def test_two_lists_made_of_one_lose_no_item_in_the_combination():
    base = with_uids("<ul><li>One of these</li><li>Two of these</li></ul>")
    mine = with_uids(
        "<ul><li>Two of these</li></ul><p>Between the two.</p><ul><li>One of these</li></ul>", base
    )

    result = combining.combine(
        base, mine, with_uids("<ul><li>One of these</li><li>Two of those</li></ul>", base)
    )

    assert {"One of these", "Two of those", "Between the two."} == set(texts(result))


def test_list_of_which_each_changed_another_item_is_combined_item_by_item():
    base = with_uids(
        "<ul><li>First of all we listen</li><li>Second we talk</li><li>Third we write it "
        "down</li></ul>"
    )
    mine = with_uids(
        (
            "<ul><li>First of all we sit and listen</li><li>Second we talk</li><li>Third we write "
            "it down</li></ul>"
        ),
        base,
    )
    theirs = with_uids(
        (
            "<ul><li>First of all we listen</li><li>Second we talk</li><li>Third we write it all "
            "down</li></ul>"
        ),
        base,
    )

    result = combining.combine(base, mine, theirs)

    assert texts(result) == [
        "First of all we sit and listen",
        "Second we talk",
        "Third we write it all down",
    ]
    assert result.both == []


def test_definition_that_both_changed_doubles_itself_alone():
    def of_harm(words):
        return (
            f"<dl><dt>Harm</dt><dd>{words}</dd><dt>Care</dt><dd>Looking after each other</dd></dl>"
        )

    base = with_uids(of_harm("It hurts somebody"))
    mine, theirs = (
        with_uids(of_harm("It hurts somebody badly"), base),
        with_uids(of_harm("It may hurt somebody"), base),
    )

    result = combining.combine(base, mine, theirs)

    assert texts(result).count("Looking after each other") == 1
    assert result.both == [("It may hurt somebody", "It hurts somebody badly")]


def test_what_one_took_out_and_the_other_changed_is_kept_and_named():
    result = combined(
        "<p>One stays here.</p><p>Three closes it.</p>",
        "<p>One stays here.</p><p>Two is their sentence.</p><p>Three closes it.</p>",
    )

    assert "Two is their sentence." in texts(result)
    assert result.both == [("Two is their sentence.", "")]


def test_save_after_the_sign_in_has_ended_shows_what_was_typed(section, client, community):
    client.logout()

    answer = client.post(
        section.get_absolute_url(),
        {"title": "Why", "html": "<p>Long work.</p>", "started_from": "1"},
    )

    assert answer.status_code == 403
    assert "&lt;p&gt;Long work.&lt;/p&gt;" in answer.content.decode()


def test_save_with_a_token_from_before_a_sign_in_shows_everything_and_can_be_saved_from_there(
    section, lead, client
):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(lead)
    editor = strict.get(section.get_absolute_url()).content.decode()
    stale = {**typed("", notes="Notes too."), "started_from": "1", "owner": sent(editor, "owner")}

    answer = strict.post(section.get_absolute_url(), {**stale, "csrfmiddlewaretoken": "x" * 64})
    page = answer.content.decode()
    again = strict.post(
        section.get_absolute_url(),
        {**stale, "csrfmiddlewaretoken": sent(page, "csrfmiddlewaretoken")},
    )

    assert answer.status_code == 403 and "Notes too." in page
    assert again.status_code == 302
    assert Section.objects.get(pk=section.pk).notes == "Notes too."


def test_form_that_is_not_ours_cannot_be_saved_from_the_page_about_it(section, lead):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(lead)

    page = strict.post(section.get_absolute_url(), typed("<p>Planted.</p>")).content.decode()

    assert "Save it now" not in page


def test_clash_combines_title_state_and_notes_and_keeps_both_notes(section, lead, client):
    save(
        section,
        lead,
        "<p>We look after each other.</p>",
        title="Their title",
        notes="Their note.",
        state=Section.State.READY,
    )

    mine = typed("<p>We care.</p>", title="Why", state=Section.State.WRITING, notes="My note.")
    page = client.post(section.get_absolute_url(), {**mine, "started_from": "1"}).content.decode()
    form = page[page.index('id="write"') :]

    assert 'value="Their title"' in form and "My note." in form and "Their note." in form
    assert re.search(r'value="ready"[^>]*checked', form)


def test_what_is_kept_says_whether_it_differs_from_the_saved_text(section, lead, client):
    typed = {
        "title": "Why",
        "html": "<p>We look after each other.</p>\n",
        "state": "writing",
        "notes": "",
    }

    same = client.post(
        f"/policies/safe/write/{section.pk}/keep/", {**typed, "started_from": "1"}
    ).json()
    other = client.post(
        f"/policies/safe/write/{section.pk}/keep/", {**typed, "html": "x", "started_from": "1"}
    ).json()

    assert (same["differs"], other["differs"]) == (False, True)


def test_text_with_too_many_paragraphs_stays_in_the_form_with_what_to_do(section, lead, client):
    answer = client.post(
        section.get_absolute_url(), {**typed("<p>one</p>" * 2001), "started_from": "1"}
    )

    page = answer.content.decode()
    assert "more than 2,000 paragraphs" in page and "Split it in two" in page
    assert Section.objects.get(pk=section.pk).lock_version == 1


def test_what_is_too_much_to_save_is_kept_all_the_same(section, lead, client):
    answer = client.post(f"/policies/safe/write/{section.pk}/keep/", typed("<p>one</p>" * 2001))

    assert (answer.status_code, len(unsaved.find(section, lead))) == (200, 1)
    assert client.get(f"/policies/safe/write/{section.pk}/unsaved/").status_code == 200
