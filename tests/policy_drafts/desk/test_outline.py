"""The order of sections, and what changes it."""

import uuid

import pytest

from collective.errors import RuleError
from policy_drafts.desk import outline, presence, unsaved, writing
from policy_drafts.models import Section
from tests.factories import PersonFactory, PolicyFactory, published, section_in

pytestmark = pytest.mark.django_db


def titles(policy):
    return list(policy.sections.live().order_by("position").values_list("title", flat=True))


def test_section_moves_up_and_down_and_stays_at_the_ends(policy):
    a, b = section_in(policy, title="A"), section_in(policy, title="B")

    assert outline.move(b, -1)
    assert not outline.move(b, -1)
    assert titles(policy) == ["B", "A"]
    assert outline.move(a, -1)
    assert titles(policy) == ["A", "B"]


def test_split_keeps_the_uids_of_both_parts(policy, lead):
    section = section_in(policy, "<p>First part.</p><p>Second part.</p>", title="A")
    section_in(policy, title="C")
    first, second = section.blocks

    made = outline.split(section, lead, second.uid, "B")

    section.refresh_from_db(), made.refresh_from_db()
    assert titles(policy) == ["A", "B", "C"]
    assert ([block.uid for block in section.blocks], [block.uid for block in made.blocks]) == (
        [first.uid],
        [second.uid],
    )


def test_desk_says_where_the_passages_of_a_section_went_since_the_draft(policy, lead, client):
    section_in(policy, "<p>One of them stands here.</p>", title="A")
    second = section_in(policy, "<p>Two of them stand here.</p>", title="B")
    published(policy, lead)

    merged = outline.merge(second, lead)

    page = client.get(f"/policies/{policy.slug}/write/").content.decode()
    beside = client.get(f"/policies/{policy.slug}/write/{merged.pk}/compare/").content.decode()
    assert "“B”: This section is part of section 1 now" in page
    assert "from section 2, word for word" in beside or "section “B”, word for word" in beside


def test_split_at_the_first_paragraph_is_refused(policy, lead):
    section = section_in(policy, "<p>First.</p><p>Second.</p>")

    with pytest.raises(RuleError):
        outline.split(section, lead, section.blocks[0].uid, "B")


def test_merge_puts_the_text_behind_under_a_heading_and_the_section_can_be_put_back(policy, lead):
    section_in(policy, "<p>One of them.</p>", title="A")
    second = section_in(policy, "<p>Two of them.</p>", title="B")

    merged = outline.merge(second, lead)

    assert [block.text for block in merged.blocks] == ["One of them.", "B", "Two of them."]
    outline.put_back(second, lead)
    assert titles(policy) == ["A", "B"]


def test_uid_is_never_in_two_sections_when_what_was_merged_is_put_back(policy, lead, client):
    first = section_in(policy, "<p>One of them here.</p>", title="A")
    second = section_in(policy, "<p>Two of them there.</p>", title="B")
    outline.merge(second, lead)
    outline.put_back(second, lead)

    uids = [block.uid for row in Section.objects.live() for block in row.blocks]

    assert len(uids) == len(set(uids)) == 4
    assert published(policy, lead).blocks.count() == 4
    assert Section.objects.get(pk=second.pk).blocks[0].carried_from in {
        row.uid for row in first_blocks(first)
    }


def first_blocks(section):
    return Section.objects.get(pk=section.pk).blocks


def test_removed_section_leaves_the_outline_and_comes_back_at_the_end(policy, lead, client):
    section = section_in(policy, title="A")
    section_in(policy, title="B")

    client.post(f"/policies/safe/write/{section.pk}/remove/")
    assert titles(policy) == ["B"]
    client.post(f"/policies/safe/write/{section.pk}/put-back/")
    assert titles(policy) == ["B", "A"]


def test_section_that_was_put_back_unchanged_keeps_its_version(policy, lead):
    section = section_in(policy)
    outline.remove(section)

    outline.put_back(section, lead)

    assert section.saves.count() == Section.objects.get(pk=section.pk).lock_version == 1


@pytest.mark.parametrize("act", ["merge", "split", "move", "remove"])
def test_act_on_a_section_that_was_taken_out_meanwhile_says_so(policy, lead, client, act):
    section_in(policy, title="First")
    section = section_in(policy, "<p>One of two.</p><p>Two of two.</p>", title="B")
    form = {"title": "C", "block": section.blocks[1].uid, "to": "up"}
    outline.remove(section)

    answer = client.post(f"/policies/safe/write/{section.pk}/{act}/", form, follow=True)

    assert answer.status_code == 200
    assert titles(policy) == ["First"]


def test_who_still_writes_in_a_merged_section_is_told_where_its_text_is(policy, lead, client):
    section_in(policy, "<p>One.</p>", title="The first one")
    section = section_in(policy, "<p>Two.</p>", title="B")
    outline.merge(section, lead)
    typed = {"title": "B", "html": "<p>Two and more.</p>", "state": "writing", "started_from": "1"}

    page = client.post(section.get_absolute_url(), typed).content.decode()

    assert "Its text was merged into" in page and "“The first one”" in page


@pytest.mark.parametrize("act", ["merge", "remove"])
def test_confirmation_says_who_has_the_section_open(policy, lead, client, act):
    section_in(policy, title="A")
    section = section_in(policy, title="B")
    presence.enter(section, PersonFactory(name="Noor"))

    assert (
        "Noor has this section open now."
        in client.get(f"/policies/safe/write/{section.pk}/{act}/").content.decode()
    )


def test_what_was_typed_and_undone_is_nowhere_in_the_outline(policy, lead, client):
    section = section_in(policy)
    typed = {"title": "Why", "html": "<p>Other.</p>", "state": "writing", "notes": ""}
    unsaved.keep_typed(section, lead, uuid.uuid4(), 1, typed)
    writing.save(section, lead, 1, title="Why", html="<p>Other.</p>", state=Section.State.WRITING)

    assert "that is not saved" not in client.get("/policies/safe/write/").content.decode()


def test_doubled_merge_merges_once(policy, lead, client):
    first, second = (
        section_in(policy, "<p>One.</p>", title="A"),
        section_in(policy, "<p>Two.</p>", title="B"),
    )

    for _ in range(2):
        client.post(f"/policies/safe/write/{second.pk}/merge/")

    assert [block.text for block in first_blocks(first)] == ["One.", "B", "Two."]


def test_doubled_click_adds_one_section_and_one_note(policy, lead, client):
    for _ in range(2):
        client.post("/policies/safe/write/add/", {"title": "A", "key": KEY})
        client.post(
            "/policies/safe/write/heard/", {"channel": "letter", "words": "Soon.", "key": KEY}
        )

    assert titles(policy) == ["A"]
    assert policy.heard.count() == 1


KEY = "7e58a3a0-43c1-4b24-8a0c-3f8f5b1f3f11"


def test_key_of_another_policys_section_adds_a_new_one(policy, lead):
    other = section_in(PolicyFactory(), title="Theirs")

    made = outline.add(policy, lead, "Mine", key=other.pk)

    assert (made.policy, made.pk == other.pk) == (policy, False)


def test_doubled_click_moves_one_place(policy, lead, client):
    for title in "ABC":
        last = section_in(policy, title=title)

    for _ in range(2):
        client.post(f"/policies/safe/write/{last.pk}/move/", {"to": "up", "position": "3"})

    assert titles(policy) == ["A", "C", "B"]


@pytest.mark.parametrize(
    ("title", "place", "expected"),
    [("D", 1, "DABC"), ("A", 4, "BCDA"), ("B", 3, "ACBD"), ("C", 3, "ABCD")],
)
def test_section_goes_to_a_place_at_once_and_back_again(
    policy, lead, client, title, place, expected
):
    rows = {name: section_in(policy, title=name) for name in "ABCD"}
    outline.remove(rows.pop("B")), outline.put_back(section_of(policy, "B"), lead)
    outline.move_to(section_of(policy, "B"), 2)

    page = place_at(client, section_of(policy, title), place)

    assert "".join(titles(policy)) == expected
    assert f"“{title}” is number {place} now." in page
    outline.move_to(section_of(policy, title), "ABCD".index(title) + 1)
    assert "".join(titles(policy)) == "ABCD"


@pytest.mark.parametrize("place", ["0", "3", "-1", "x", "", "9" * 5000])
def test_place_that_there_is_not_is_refused_with_what_to_say(policy, lead, client, place):
    section_in(policy, title="A"), section_in(policy, title="B")

    page = place_at(client, section_of(policy, "A"), place)

    assert "“A” is not moved. Say to which place: a number from 1 to 2." in page
    assert titles(policy) == ["A", "B"]


def test_section_that_was_moved_meanwhile_stays_where_it_is(policy, lead, client):
    for title in "ABC":
        section_in(policy, title=title)

    pages = [place_at(client, section_of(policy, "C"), 1, position=3) for _ in range(2)]

    assert titles(policy) == ["C", "A", "B"]
    assert "It was number 3." in pages[0] and "It was number" not in pages[1]


def section_of(policy, title):
    return policy.sections.get(title=title)


def place_at(client, section, place, **more):
    address = f"/policies/safe/write/{section.pk}/place/"
    answer = client.post(address, {"place": place, **more}, follow=True)
    return " ".join(answer.content.decode().split())


def test_moving_nowhere_moves_nothing(policy, lead, client):
    first = section_in(policy, title="A")
    section_in(policy, title="B")

    client.post(f"/policies/safe/write/{first.pk}/move/", {"to": "sideways"})

    assert titles(policy) == ["A", "B"]


def test_no_section_is_put_back_beyond_the_most(policy, lead, client, monkeypatch):
    section = section_in(policy, title="A")
    outline.remove(section)
    section_in(policy, title="B")
    monkeypatch.setattr(outline, "MOST_SECTIONS", 1)

    page = client.post(f"/policies/safe/write/{section.pk}/put-back/", follow=True).content.decode()

    assert "at most 1 sections" in page
    assert titles(policy) == ["B"]


def test_version_of_a_section_that_was_taken_out_can_be_read(policy, lead, client):
    section = section_in(policy, "<p>An earlier thought.</p>")
    outline.remove(section)

    page = client.get(f"/policies/safe/write/{section.pk}/versions/1/").content.decode()

    assert "An earlier thought." in page and "Make this the text again" not in page


def test_address_of_a_section_that_was_taken_out_leads_to_where_it_can_be_put_back(
    policy, lead, client
):
    section = section_in(policy)
    outline.remove(section)

    page = client.get(section.get_absolute_url(), follow=True).content.decode()

    assert "Removed sections" in page and "Put it back" in page


def test_note_for_a_section_that_was_taken_out_is_kept_for_the_policy(policy, lead, client):
    section = section_in(policy)
    outline.remove(section)

    client.post(
        "/policies/safe/write/heard/",
        {"channel": "letter", "words": "Soon.", "section": section.pk},
    )

    assert policy.heard.get().section is None


def test_section_needs_a_title(policy, lead, client):
    page = client.post("/policies/safe/write/add/", {"title": " "}).content.decode()

    assert "Give the new section a title." in page
    assert titles(policy) == []


def test_what_was_said_stands_beside_its_section_and_is_encrypted(policy, lead, client):
    section = section_in(policy)
    client.post(
        "/policies/safe/write/heard/",
        {"channel": "letter", "words": "narwhal", "section": section.pk},
    )

    assert "narwhal" in client.get(section.get_absolute_url()).content.decode()
    assert section.heard.get().words == "narwhal"


def test_each_form_of_the_desk_has_its_token(policy, lead, client):
    client.post("/policies/safe/write/heard/", {"channel": "letter", "words": "Soon."})

    page = client.get("/policies/safe/write/").content.decode()

    assert "Remove this note" in page
    assert page.count('method="post"') == page.count('name="csrfmiddlewaretoken"')


@pytest.mark.parametrize("number", [1, 12])
def test_queries_of_the_outline_do_not_grow_with_sections(
    policy, lead, client, number, django_assert_num_queries
):
    for _ in range(number):
        section_in(policy)
    client.get("/policies/safe/write/")

    with django_assert_num_queries(OUTLINE_QUERIES):
        client.get("/policies/safe/write/")


OUTLINE_QUERIES = 10


@pytest.mark.parametrize("others", [0, 3])
def test_comparing_a_section_reads_that_section_alone(
    policy, lead, client, others, django_assert_num_queries
):
    section = section_in(policy)
    for _ in range(others):
        section_in(policy)
    published(policy, lead)
    client.get(section.get_absolute_url() + "compare/")

    with django_assert_num_queries(COMPARE_QUERIES) as queries:
        client.get(section.get_absolute_url() + "compare/")

    blocks = [row["sql"] for row in queries if '"policy_drafts_draftblock"' in row["sql"]]
    assert [str(section.pk) in sql for sql in blocks] == [True]


COMPARE_QUERIES = 7
