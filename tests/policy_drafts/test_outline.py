"""The order of sections, and what changes it."""

import pytest

from collective.errors import RuleError
from policy_drafts import outline
from policy_drafts.models import Section
from tests.factories import PolicyFactory, published, role_in, section_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy():
    return PolicyFactory(slug="safe")


@pytest.fixture
def lead(policy, client):
    person = role_in(policy)
    client.force_login(person)
    return person


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
        [first.uid], [second.uid],
    )  # fmt: skip


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
    assert Section.objects.get(pk=second.pk).blocks[0].carried_from in {row.uid for row in first_blocks(first)}


def first_blocks(section):
    return Section.objects.get(pk=section.pk).blocks


def test_removed_section_leaves_the_outline_and_comes_back_at_the_end(policy, lead, client):
    section = section_in(policy, title="A")
    section_in(policy, title="B")

    client.post(f"/policies/safe/write/{section.pk}/remove/")
    assert titles(policy) == ["B"]
    client.post(f"/policies/safe/write/{section.pk}/put-back/")
    assert titles(policy) == ["B", "A"]


def test_section_needs_a_title(policy, lead, client):
    page = client.post("/policies/safe/write/add/", {"title": " "}).content.decode()

    assert "Give the new section a title." in page
    assert titles(policy) == []


def test_what_was_said_stands_beside_its_section_and_is_encrypted(policy, lead, client):
    section = section_in(policy)
    client.post("/policies/safe/write/heard/", {"channel": "letter", "words": "narwhal", "section": section.pk})

    assert "narwhal" in client.get(section.get_absolute_url()).content.decode()
    assert section.heard.get().words == "narwhal"


@pytest.mark.parametrize("number", [1, 12])
def test_queries_of_the_outline_do_not_grow_with_sections(policy, lead, client, number, django_assert_num_queries):
    for _ in range(number):
        section_in(policy)
    client.get("/policies/safe/write/")

    with django_assert_num_queries(OUTLINE_QUERIES):
        client.get("/policies/safe/write/")


OUTLINE_QUERIES = 9
