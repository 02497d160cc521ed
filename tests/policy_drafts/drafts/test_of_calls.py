"""A call's page says that a draft exists, for whom, and how to come to read it, and no more."""

import pytest

from policy_drafts.drafts import publishing
from policy_drafts.drafts.of_calls import drafts_of
from policy_drafts.models import Audience, PolicyRole
from tests.factories import CallFactory, PersonFactory, PolicyFactory, published, role_in
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("community")]
GROUP, MEMBERS, PUBLIC = Audience.WORKING_GROUP, Audience.MEMBERS, Audience.PUBLIC
READ, SIGN_IN, ASK = "Read the draft", "Sign in to read it", "Would you like to be in"


@pytest.fixture
def policy():
    made = PolicyFactory(slug="hush", title="Secret title", summary="Secret summary.")
    made.rounds.create(call=CallFactory(slug="about-it"))
    return made


@pytest.fixture
def seen_by(policy):
    """What a visitor, a member and somebody of the working group are told."""
    group = role_in(policy, kind=PolicyRole.Kind.WORKING_GROUP)

    def found():
        pages = [browser_of(row).get("/calls/about-it/") for row in (None, PersonFactory(), group)]
        return [
            [words for words in (READ, SIGN_IN, ASK) if words in page.content.decode()]
            for page in pages
        ]

    return found


@pytest.mark.parametrize(
    ("audiences", "told"),
    [
        ([], [[], [], []]),
        ([GROUP], [[ASK], [ASK], [READ]]),
        ([MEMBERS], [[SIGN_IN], [READ], [READ]]),
        ([PUBLIC], [[READ], [READ], [READ]]),
        ([PUBLIC, GROUP], [[READ, ASK], [READ, ASK], [READ]]),
        ([GROUP, PUBLIC], [[READ], [READ], [READ]]),
        ([MEMBERS, GROUP], [[SIGN_IN], [READ, ASK], [READ]]),
    ],
)
def test_call_says_for_whom_the_newest_draft_is(policy, seen_by, audiences, told):
    for audience in audiences:
        published(policy, audience=audience)

    assert seen_by() == told


@pytest.mark.parametrize("audience", [GROUP, MEMBERS])
def test_nothing_of_a_draft_that_is_not_theirs_is_told(policy, client, audience):
    published(policy, audience=audience, news="Secret news.")

    page = client.get("/calls/about-it/").content.decode()

    assert "Secret" not in page and "hush" not in page


def test_withdrawn_draft_is_told_of_only_to_those_whose_it_was(policy, client, member):
    draft = publishing.withdraw(published(policy, audience=GROUP), PersonFactory(), "Wrong.")

    assert "raft of the policy" not in client.get("/calls/about-it/").content.decode()
    assert drafts_of(policy.rounds.get().call, role_in(draft.policy)).withdrawn == [policy]


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_a_call_do_not_grow_with_its_drafts(policy, number, django_assert_num_queries):
    for _ in range(number):
        published(policy)
    call, member = policy.rounds.get().call, PersonFactory()

    with django_assert_num_queries(2):
        drafts_of(call, member)


@pytest.mark.parametrize(
    ("others", "heading"),
    [
        ((), "A draft of the policy"),
        ((PUBLIC,), "A draft of another"),
        ((PUBLIC, GROUP), "A draft"),
    ],
)
def test_first_draft_of_a_policy_is_not_called_a_newer_one(policy, client, others, heading):
    published(policy, audience=GROUP)
    second = PolicyFactory()
    second.rounds.create(call=policy.rounds.get().call)
    for audience in others:
        published(second, audience=audience)

    page = client.get("/calls/about-it/").content.decode()

    assert heading in page and "A newer draft" not in page


def test_who_works_on_a_policy_without_a_draft_finds_it_on_the_call(policy):
    group = role_in(policy, kind=PolicyRole.Kind.WORKING_GROUP)

    pages = [browser_of(row).get("/calls/about-it/") for row in (group, PersonFactory(), None)]

    assert ["/policies/hush/" in page.content.decode() for page in pages] == [True, False, False]
