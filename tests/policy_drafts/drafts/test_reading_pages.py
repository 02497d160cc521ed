"""Reading: the newest draft one may see, permanent links, what changed, follow and stop."""

import pytest

from collective.messages import mail
from collective.safety.link_keys import key_for
from policy_drafts.desk import writing
from policy_drafts.drafts import publishing
from policy_drafts.models import Audience, DraftFollow, PolicyRole, Section
from tests.factories import (
    CallFactory,
    PersonFactory,
    PolicyFactory,
    published,
    role_in,
    section_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("community")]


@pytest.fixture
def policy():
    return PolicyFactory(slug="safe", title="Safety policy")


def test_each_block_has_a_permanent_link(policy, client):
    section = section_in(policy)
    published(policy)

    page = client.get("/policies/safe/drafts/1/").content.decode()

    assert f'id="b-{section.blocks[0].uid}"' in page


def test_newest_draft_that_one_may_read_is_shown(policy, client):
    section = section_in(policy, "<p>For everybody.</p>")
    published(policy, audience=Audience.PUBLIC)
    writing.save(
        section,
        PersonFactory(),
        1,
        title="Why",
        html="<p>For the group: umbrella.</p>",
        state=Section.State.READY,
    )
    published(policy, audience=Audience.WORKING_GROUP)

    visitor = client.get("/policies/safe/").content.decode()
    client.force_login(role_in(policy, kind=PolicyRole.Kind.WORKING_GROUP))
    group = client.get("/policies/safe/").content.decode()

    assert "For everybody." in visitor and "umbrella" not in visitor
    assert "umbrella" in group


def test_draft_for_the_working_group_is_nowhere_for_others(policy, client, member):
    call = CallFactory()
    policy.rounds.create(call=call)
    published(policy, audience=Audience.WORKING_GROUP)

    found = [
        client.get(f"/policies/safe/{path}").status_code
        for path in ("", "drafts/", "drafts/1/", "follow/")
    ]

    assert found == [404] * 4
    assert "Safety policy" not in client.get(call.get_absolute_url()).content.decode()


def test_policy_that_one_may_read_is_linked_from_its_call(policy, client):
    call = CallFactory()
    policy.rounds.create(call=call)
    published(policy)

    assert "/policies/safe/" in client.get(call.get_absolute_url()).content.decode()


def test_changes_between_any_two_drafts(policy, client):
    section = section_in(policy, "<p>We answer within five days.</p>")
    published(policy)
    for number, words in ((1, "four"), (2, "two")):
        html = f"<p>We answer within {words} days.</p>"
        writing.save(
            section, PersonFactory(), number, title="Why", html=html, state=Section.State.READY
        )
        published(policy)

    near = client.get("/policies/safe/drafts/3/changes/").content.decode()
    far = client.get("/policies/safe/drafts/3/changes/?from=1").content.decode()

    assert "One paragraph changed." in near
    assert [">four</span>" in page for page in (near, far)] == [True, False]
    assert [">five</span>" in page for page in (near, far)] == [False, True]


@pytest.mark.parametrize("query", ["from=0", "from=9", "from=x", "from=" + "9" * 50])
def test_changes_from_a_draft_that_is_not_there_is_not_found(policy, client, query):
    published(policy)

    assert client.get(f"/policies/safe/drafts/1/changes/?{query}").status_code == 404


def test_changes_of_a_withdrawn_draft_say_that_it_was_withdrawn(policy, client):
    published(policy)
    publishing.withdraw(published(policy), PersonFactory(), "It named somebody.")

    page = client.get("/policies/safe/drafts/2/changes/", follow=True).content.decode()

    assert "It named somebody." in page


def test_first_draft_has_nothing_to_compare_with(policy, client):
    published(policy)

    assert "no earlier draft" in client.get("/policies/safe/drafts/1/changes/").content.decode()


def test_follower_is_told_once_and_can_stop_from_the_mail(policy, client, member, outbox):
    published(policy)
    client.post("/policies/safe/follow/")
    published(policy)
    mail.send_due()
    follow = DraftFollow.objects.get()
    stop = f"/policies/news/{follow.pk}/stop/?key={key_for('draft-news', follow.pk)}"

    assert [row.to for row in outbox] == [[member.email]]
    assert stop in outbox[0].alternatives[0].content.replace("&amp;", "&")
    client.get(stop)
    assert DraftFollow.objects.count() == 1
    client.post(stop)
    assert not DraftFollow.objects.exists()


def test_mail_about_a_withdrawn_draft_is_not_sent(policy, client, outbox):
    lead = role_in(policy)
    draft = published(policy, lead)
    type(draft).objects.filter(pk=draft.pk).update(
        withdrawn_at=draft.published_at, withdrawn_because="Wrong."
    )

    mail.send_due()

    assert outbox == []


@pytest.mark.parametrize("sections", [1, 8])
def test_queries_of_the_reading_page_do_not_grow(
    policy, client, sections, django_assert_num_queries
):
    for number in range(sections):
        section_in(policy, f"<p>Paragraph {number}.</p>" * 3)
    published(policy)
    client.get("/policies/safe/drafts/1/")

    with django_assert_num_queries(7):
        client.get("/policies/safe/drafts/1/")


@pytest.mark.parametrize("sections", [1, 8])
def test_queries_of_the_changes_page_do_not_grow(
    policy, client, sections, django_assert_num_queries
):
    for number in range(sections):
        section_in(policy, f"<p>Paragraph {number}.</p>" * 3)
    published(policy)
    published(policy)
    client.get("/policies/safe/drafts/2/changes/")

    with django_assert_num_queries(9):
        client.get("/policies/safe/drafts/2/changes/")


def test_link_of_each_paragraph_is_shown_on_request(policy, client):
    draft = published(policy)
    block = draft.blocks.get()

    page = client.get("/policies/safe/?links=1").content.decode()

    assert (
        f'<a href="?links=1#b-{block.uid}" class="permalink" aria-label="Link to: '
        f'{block.text}">#</a>'
    ) in page
    assert "permalink" not in client.get("/policies/safe/").content.decode()


def test_newest_draft_that_was_withdrawn_is_named_above_the_one_before(policy, client):
    published(policy)
    publishing.withdraw(published(policy), PersonFactory(), "It named somebody.")

    page = client.get("/policies/safe/").content.decode()

    assert "Draft 2</a> was withdrawn" in page and "It named somebody." in page


def test_policy_whose_only_draft_was_withdrawn_says_why(policy, client):
    publishing.withdraw(published(policy), PersonFactory(), "It named somebody.")

    assert "It named somebody." in client.get("/policies/safe/").content.decode()


def test_changes_over_several_drafts_hold_what_was_new_in_each(policy, client):
    for news in ("First.", "Second.", "Third."):
        published(policy, news=news)

    page = client.get("/policies/safe/drafts/3/changes/?from=1").content.decode()

    assert "Second." in page and "Third." in page and "First." not in page


def test_link_that_leads_elsewhere_now_is_named(policy, client):
    section = section_in(policy, '<p>Ask <a href="https://example.org/help">here</a>.</p>')
    published(policy)
    html = '<p>Ask <a href="https://example.com/other">here</a>.</p>'
    writing.save(section, section.edited_by, 1, title="Why", html=html, state=Section.State.READY)
    published(policy)

    page = client.get("/policies/safe/drafts/2/changes/").content.decode()

    assert "A link no longer leads to <code>https://example.org/help</code>" in page
    assert "A link now leads to <code>https://example.com/other</code>" in page


def test_first_draft_that_one_may_read_offers_no_changes(policy, client):
    published(policy, audience=Audience.WORKING_GROUP)
    published(policy)

    assert "See every change" not in client.get("/policies/safe/").content.decode()


def test_who_has_a_role_is_told_why_they_are_written_to(policy, client):
    client.force_login(role_in(policy, kind=PolicyRole.Kind.WORKING_GROUP))
    published(policy)

    page = " ".join(client.get("/policies/safe/").content.decode().split())

    assert "because you are in the working group" in page and "Tell me when" not in page


def test_visitor_who_finds_nothing_is_offered_to_sign_in_and_look_again(policy, client):
    published(policy, audience=Audience.MEMBERS)

    page = client.get("/policies/safe/drafts/1/")

    assert page.status_code == 404
    assert "/accounts/login/?next=/policies/safe/drafts/1/" in page.content.decode()
