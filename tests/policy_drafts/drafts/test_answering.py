"""How a draft ends: with the ways to answer it that there are for this reader, and a check sum."""

import pytest

from collective.models import Activity
from policy_drafts.drafts import answering
from policy_drafts.models import PolicyRole
from tests.factories import (
    CallFactory,
    PersonFactory,
    PolicyFactory,
    SeriesFactory,
    published,
    role_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("community")]


@pytest.fixture
def policy():
    made = PolicyFactory(slug="safe", title="Safety policy")
    made.rounds.create(call=CallFactory(slug="about-it"))
    return made


@pytest.fixture
def richard(policy):
    return role_in(policy, PersonFactory(name="Richard"))


@pytest.fixture
def talks(policy, richard):
    call = policy.rounds.get().call
    return SeriesFactory(call=call, host=richard, slug="talk")


def page_of(client):
    return " ".join(client.get("/policies/safe/").content.decode().split())


def test_draft_ends_with_the_ways_to_answer_it(policy, talks, client, community):
    published(policy)

    page = page_of(client)
    end = page[page.index("What do you think of it?") :]

    assert f"mailto:{community.reply_to}" in end
    assert "Call <a href=" in end and "/conversations/talk/" in end
    assert "Talk with <bdi>Richard</bdi>" in end and "/policies/safe/follow/" in end
    assert "anybody who notes it down can see later that nothing was changed" in end


@pytest.mark.parametrize(
    "changed",
    [
        {"state": Activity.State.CLOSED},
        {"host": "another"},
        {"call": "another"},
        {"by_invitation": 1},
    ],
)
def test_conversation_that_this_reader_cannot_book_is_not_offered(policy, talks, client, changed):
    others = {"host": PersonFactory, "call": CallFactory}
    for name, value in changed.items():
        setattr(talks, name, others[name]() if name in others else value)
    talks.save()

    assert answering.talks_about(policy, PersonFactory()) == []


def test_conversation_with_somebody_who_no_longer_leads_is_not_offered(policy, richard, talks):
    policy.roles.update(state=PolicyRole.State.LEFT)

    assert answering.talks_about(policy, PersonFactory()) == []


def test_withdrawn_draft_asks_nobody_what_they_think(policy, richard, client):
    draft = published(policy)
    type(draft).objects.update(withdrawn_at=draft.published_at, withdrawn_because="Wrong.")
    client.force_login(richard)

    assert "What do you think of it?" not in client.get(draft.get_absolute_url()).content.decode()


def test_only_the_newest_draft_asks_what_its_readers_think(policy, client):
    published(policy)
    published(policy)
    pages = [client.get(f"/policies/safe/drafts/{number}/").content.decode() for number in (1, 2)]

    assert ["What do you think of it?" in page for page in pages] == [False, True]
