"""Comparing drafts: the whole text with its changes, and one section through all drafts."""

import pytest

from policy_drafts.desk import outline, writing
from policy_drafts.drafts.views import comparing
from policy_drafts.models import Audience, PolicyRole, Section
from tests.factories import PersonFactory, PolicyFactory, published, role_in, section_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("community")]
FIVE = "<p>We answer within five days.</p><p>It stays.</p>"
TWO = "<p>We answer within two days.</p><p>It stays.</p>"
LONG = "<p>We look after each other here.</p><p>Somebody answers each letter soon.</p>"


@pytest.fixture
def policy():
    return PolicyFactory(slug="safe", title="Safety policy")


def save(section, html, title="Why"):
    section.refresh_from_db()
    version = section.lock_version
    state = Section.State.READY
    writing.save(section, PersonFactory(), version, title=title, html=html, state=state)


def words(client, address):
    return " ".join(client.get(f"/policies/safe/{address}").content.decode().split())


def history(client, section):
    return words(client, f"sections/{section.pk}/")


def test_whole_text_shows_what_changed_in_its_place(policy, client):
    section = section_in(policy, FIVE)
    published(policy)
    save(section, TWO)
    published(policy)
    published(policy)

    near = words(client, "drafts/3/changes/whole/")
    far = words(client, "drafts/3/changes/whole/?from=1")

    assert "As in draft 2." in near and "Now:" not in near
    assert "<b>Before:</b> We answer within" in far and "It stays." in far


def test_long_text_with_its_changes_comes_in_parts(policy, client, monkeypatch):
    monkeypatch.setattr(comparing, "SECTIONS", 1)
    for title in ("First title", "Second title"):
        section_in(policy, title=title)
    published(policy)
    published(policy)

    one = words(client, "drafts/2/changes/whole/")
    two = words(client, "drafts/2/changes/whole/?page=2")

    assert ["1. First title </h2>" in page for page in (one, two)] == [True, False]
    assert ["2. Second title </h2>" in page for page in (one, two)] == [False, True]


def test_changes_over_many_drafts_fold_what_stands_before_them(policy, client):
    for news in ("First.", "Second.", "Third."):
        published(policy, news=news)

    page = words(client, "drafts/3/changes/?from=1")

    assert "<details> <summary>What was new in each draft, in plain words</summary>" in page


def test_which_words_changed_is_said_on_request(policy, client):
    section = section_in(policy, FIVE)
    published(policy)
    save(section, TWO)
    published(policy)

    assert "“five” is now “two”." in words(client, "drafts/2/changes/?words=1")
    assert "“five” is now “two”." not in words(client, "drafts/2/changes/")


def test_section_through_all_drafts_the_newest_first(policy, client):
    section = section_in(policy, FIVE)
    published(policy)
    published(policy)
    save(section, TWO)
    published(policy)

    page = history(client, section)

    assert page.index("One paragraph changed.") < page.index(
        "This is the first draft with it that you can read."
    )
    assert "Draft 1, and the same up to draft 2" in page
    assert "<b>Before:</b> We answer within" in page


def test_history_holds_only_drafts_that_its_reader_may_read(policy, client):
    section = section_in(policy, FIVE)
    published(policy)
    save(section, f"<p>Umbrella.</p>{FIVE}")
    published(policy, audience=Audience.WORKING_GROUP)
    save(section, TWO)
    published(policy)

    visitor = history(client, section)
    client.force_login(role_in(policy, kind=PolicyRole.Kind.WORKING_GROUP))
    group = history(client, section)

    assert ["Umbrella" in page for page in (visitor, group)] == [False, True]
    assert "Draft 2" not in visitor and "One paragraph changed." in visitor


def test_history_of_a_section_that_nobody_may_read_is_nowhere(policy, client):
    section = section_in(policy, FIVE)
    published(policy, audience=Audience.WORKING_GROUP)
    published(PolicyFactory())

    assert client.get(f"/policies/safe/sections/{section.pk}/").status_code == 404


def test_section_that_was_split_leads_to_the_other(policy, client):
    section = section_in(policy, LONG)
    published(policy)
    half = outline.split(section, PersonFactory(), section.blocks[1].uid, "Half")
    published(policy)

    of_half, of_whole = history(client, half), history(client, section)

    assert "This section was split off from section 1." in of_half
    assert f"/policies/safe/sections/{section.pk}/" in of_half
    assert "One paragraph moved to section 2, word for word." in of_whole
    assert f"/policies/safe/sections/{half.pk}/" in of_whole


def test_section_that_was_merged_says_where_it_is(policy, client):
    section_in(policy, FIVE)
    second = section_in(policy, LONG, title="Half")
    published(policy)
    outline.merge(second, PersonFactory())
    published(policy)

    assert "This section is part of section 1 now." in history(client, second)


def test_section_that_only_changed_its_place_says_so(policy, client):
    first, second = section_in(policy, FIVE), section_in(policy, LONG, title="Half")
    published(policy)
    outline.move(first, outline.DOWN)
    published(policy)

    told = [history(client, section) for section in (first, second)]

    assert ["It was section 1 before." in told[0], "It was section 2 before." in told[1]] == [
        True
    ] * 2


@pytest.mark.parametrize("many", [1, 5])
@pytest.mark.parametrize(
    ("address", "queries"), [("drafts/2/changes/whole/", 9), ("sections/{}/", 10)]
)
def test_queries_of_comparing_do_not_grow(
    policy, client, many, address, queries, django_assert_num_queries
):
    sections = [section_in(policy, FIVE, title=f"Title {number}") for number in range(many)]
    published(policy)
    for number in range(many):
        save(sections[0], f"<p>Number {number}.</p>{TWO}")
        published(policy)
    address = address.format(sections[0].pk)
    words(client, address)

    with django_assert_num_queries(queries):
        words(client, address)
