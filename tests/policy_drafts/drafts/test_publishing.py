"""Publishing: once, whole, and never changed; told to those who may read it and to nobody else."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message
from policy_drafts import kinds
from policy_drafts.desk import outline, presence, unsaved, writing
from policy_drafts.drafts import check_sums, contents, publishing
from policy_drafts.drafts.recipients import newly_told
from policy_drafts.drafts.rehearsing import rehearse
from policy_drafts.models import Audience, Draft, DraftFollow, PolicyRole, Section
from tests.factories import PersonFactory, PolicyFactory, published, role_in, section_in

pytestmark = pytest.mark.django_db


def test_draft_holds_sections_blocks_and_a_check_sum(policy, lead):
    section = section_in(policy, "<p>One of them.</p><p>Two of them.</p>")

    draft = published(policy, lead)

    assert (draft.number, draft.sections.get().uid) == (1, section.pk)
    assert [str(row.uid) for row in draft.blocks.all()] == [block.uid for block in section.blocks]
    assert draft.sha256 == check_sums.sha256_now(draft)


def test_later_writing_leaves_the_draft_as_it_was(policy, lead):
    section = section_in(policy)
    draft = published(policy, lead)

    writing.save(section, lead, 1, title="Other", html="<p>Other.</p>", state=Section.State.READY)

    assert check_sums.sha256_now(draft) == draft.sha256
    assert published(policy, lead).number == 2


CHANGES = [
    "UPDATE policy_drafts_draft SET news = 'x'",
    "UPDATE policy_drafts_draft SET number = 9",
    "UPDATE policy_drafts_draft SET sha256 = 'x'",
    "UPDATE policy_drafts_draft SET audience = 'working_group'",
    "DELETE FROM policy_drafts_draft",
    "UPDATE policy_drafts_draftsection SET title = 'x'",
    "DELETE FROM policy_drafts_draftblock",
    "UPDATE policy_drafts_draftblock SET text = 'x'",
    "INSERT INTO policy_drafts_draftsection (draft_id, uid, number, title, html) "
    "SELECT id, gen_random_uuid(), 99, 'x', '' FROM policy_drafts_draft",
    "UPDATE policy_drafts_sectionsave SET html = 'x'",
    "DELETE FROM policy_drafts_sectionsave",
]


@pytest.mark.parametrize("sql", CHANGES)
def test_database_refuses_every_change_of_what_was_published(policy, lead, sql):
    published(policy, lead)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_doubled_click_publishes_once(policy, lead, client):
    section_in(policy)
    form = {
        "audience": "public",
        "news": "New.",
        "key": str(uuid.uuid4()),
        "publish": "1",
        "based_on": contents.of_working_copy(policy).fingerprint,
    }

    client.post("/policies/safe/write/publish/", form)
    client.post("/policies/safe/write/publish/", form)

    assert Draft.objects.count() == 1


def test_page_that_has_published_says_so_and_never_publishes_again(policy, lead, client):
    section = section_in(policy)
    form = {
        "audience": "public",
        "news": "New.",
        "key": str(uuid.uuid4()),
        "publish": "1",
        "based_on": contents.of_working_copy(policy).fingerprint,
    }
    client.post("/policies/safe/write/publish/", form)
    writing.save(section, lead, 1, title="Why", html="<p>Changed.</p>", state=Section.State.READY)

    page = client.post(
        "/policies/safe/write/publish/", {**form, "news": "Newer."}, follow=True
    ).content.decode()

    assert "It was not published again." in page
    assert Draft.objects.count() == 1


def test_page_from_before_another_draft_publishes_nothing(policy, lead, client):
    section_in(policy)
    shown = contents.of_working_copy(policy).fingerprint
    published(policy, lead)

    with pytest.raises(RuleError, match="look again"):
        publishing.publish(
            policy,
            lead,
            audience=Audience.PUBLIC,
            news="x",
            confirmed=publishing.Confirmed(uuid.uuid4(), shown),
        )


def test_rehearsal_says_what_is_not_saved_who_writes_now_and_that_nothing_has_changed(
    policy, lead, client
):
    section = section_in(policy)
    published(policy, lead)
    typed = {"title": "Why", "html": "<p>Unsaved.</p>", "state": "writing", "notes": ""}
    unsaved.keep_typed(section, lead, uuid.uuid4(), 1, typed)
    presence.enter(section, PersonFactory(name="Noor"))

    page = client.get("/policies/safe/write/publish/").content.decode()

    assert "You have typed something in “Why” that is not saved" in page
    assert "Noor is writing now" in page
    assert "Nothing has changed since draft 1." in page


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("https://example.org/x", True),
        ("/calls/", True),
        ("mailto:a@example.org", True),
        ("tel:020 7946 0000", True),
        ("nowhere", False),
        ("http://localhost:1/x", False),
        ("mailto:nobody", False),
        ("//", False),
    ],
)
def test_rehearsal_names_links_that_lead_nowhere(policy, lead, address, leads):
    section_in(policy, f'<p>See <a href="{address}">here</a>.</p>')

    words = " ".join(sentence for _, sentence in rehearse(policy, Audience.PUBLIC).warnings)

    assert ("leads nowhere" not in words) == leads


def test_key_of_another_policys_rehearsal_publishes(policy, lead):
    key = uuid.uuid4()
    for row in (policy, PolicyFactory()):
        section_in(row)
        shown = contents.of_working_copy(row).fingerprint
        publishing.publish(
            row,
            lead,
            audience=Audience.PUBLIC,
            news="x",
            confirmed=publishing.Confirmed(key, shown),
        )

    assert Draft.objects.count() == 2


def test_other_readers_than_those_looked_at_are_looked_at_first(policy, lead, client):
    section_in(policy)
    form = {
        "audience": "working_group",
        "for": "public",
        "news": "New words.",
        "publish": "1",
        "based_on": contents.of_working_copy(policy).fingerprint,
    }

    page = client.post("/policies/safe/write/publish/", form).content.decode()

    assert "You chose other readers." in page and "New words." in page
    assert not Draft.objects.exists()


def test_looking_at_other_readers_keeps_the_plain_words(policy, lead, client):
    section_in(policy)

    page = client.post(
        "/policies/safe/write/publish/", {"for": "public", "news": "New words.", "look": "1"}
    )

    assert "New words." in page.content.decode()
    assert "Say in plain words" not in page.content.decode()


def test_uid_that_stands_in_two_sections_is_published_once_each_time_the_same(policy, lead):
    first, second = section_in(policy), section_in(policy)
    type(second).objects.filter(pk=second.pk).update(html=first.html)

    uids = [[str(row.uid) for row in published(policy, lead).blocks.all()] for _ in range(2)]

    assert uids[0] == uids[1] and len(set(uids[0])) == 2


def test_rehearsal_compares_with_what_these_readers_could_read_last(policy, lead, client):
    section = section_in(policy, "<p>We answer within five days.</p>")
    published(policy, lead, Audience.PUBLIC)
    writing.save(
        section,
        lead,
        1,
        title="Why",
        html="<p>We answer within two days.</p>",
        state=Section.State.READY,
    )
    published(policy, lead, Audience.WORKING_GROUP, news="Two days now.")

    group, public = (
        rehearse(policy, audience) for audience in (Audience.WORKING_GROUP, Audience.PUBLIC)
    )
    page = client.get("/policies/safe/write/publish/?for=public").content.decode()

    assert (group.last.number, group.changed) == (2, False)
    assert (public.last.number, public.changed, [row.number for row in public.skipped]) == (
        1,
        True,
        [2],
    )
    assert "Two days now." in page


def test_earlier_draft_that_is_opened_is_told_as_an_earlier_one(policy, lead, people, outbox):
    draft = published(policy, lead, Audience.WORKING_GROUP)
    published(policy, lead, Audience.WORKING_GROUP)
    Message.objects.all().delete()

    publishing.open_to(draft, Audience.MEMBERS)
    mail.send_due()

    assert "an earlier one" in outbox[0].body


def test_rehearsal_warns_of_a_picture_that_belongs_to_another_policy(policy, lead):
    section_in(
        policy, f'<figure><img src="/policies/pictures/{uuid.uuid4()}/" alt="A door"></figure>'
    )

    words = [sentence for _, sentence in rehearse(policy, Audience.PUBLIC).warnings]

    assert (
        "shows a picture of another policy, which readers may not see: add it here again" in words
    )


def test_what_was_changed_after_the_rehearsal_is_not_published(policy, lead):
    section = section_in(policy)
    shown = contents.of_working_copy(policy).fingerprint
    writing.save(section, lead, 1, title="Why", html="<p>Changed.</p>", state=Section.State.READY)

    with pytest.raises(RuleError, match="look again"):
        publishing.publish(
            policy,
            lead,
            audience=Audience.PUBLIC,
            news="x",
            confirmed=publishing.Confirmed(uuid.uuid4(), shown),
        )


def test_order_counts_as_a_change_after_the_rehearsal(policy, lead):
    section_in(policy, title="A")
    second = section_in(policy, title="B")
    shown = contents.of_working_copy(policy).fingerprint
    outline.move(second, -1)

    assert contents.of_working_copy(policy).fingerprint != shown


def test_plain_words_are_required_and_nothing_is_lost(policy, lead, client):
    section_in(policy)
    page = client.post(
        "/policies/safe/write/publish/", {"publish": "1", "news": "", "audience": "public"}
    )

    assert "Say in plain words what is new." in page.content.decode()
    assert not Draft.objects.exists()


def test_rehearsal_names_what_a_careful_reader_would_stumble_over(policy, lead):
    section_in(policy, "", title="Empty")
    html = '<h4>Small</h4><p>This is TBC. <a href="#">here</a> <a href="#b-nowhere">there</a></p>'
    section_in(policy, html, title="Rough")

    words = [sentence for _, sentence in rehearse(policy, Audience.PUBLIC).warnings]

    assert words == [
        "is empty",
        "is marked as “writing”",
        "still says “TBC”",
        "begins with a small heading: use the larger one first",
        "has a link that leads nowhere: “here”",
        "has a link to a place that is not there: “there”",
    ]


def test_rehearsal_changes_nothing(policy, lead, client):
    section_in(policy)

    client.get("/policies/safe/write/publish/?for=members")

    assert (Draft.objects.count(), Message.objects.count()) == (0, 0)


def told():
    return set(
        Message.objects.filter(kind=kinds.DRAFT_PUBLISHED).values_list("person__name", flat=True)
    )


@pytest.fixture
def people(policy, lead):
    role_in(policy, PersonFactory(name="Group"), PolicyRole.Kind.WORKING_GROUP)
    for name, wants in (("Follower", True), ("Quiet", False)):
        DraftFollow.objects.create(policy=policy, person=PersonFactory(name=name, wants_news=wants))
    PersonFactory(name="Other")
    lead.name = "Lead"
    lead.save()


def test_draft_for_the_working_group_is_told_to_nobody_else(policy, lead, people):
    published(policy, lead, Audience.WORKING_GROUP)

    assert told() == {"Lead", "Group"}


def test_draft_for_members_is_told_to_those_who_asked(policy, lead, people):
    published(policy, lead, Audience.MEMBERS)

    assert told() == {"Lead", "Group", "Follower"}


def test_opening_a_draft_tells_those_who_were_not_told(policy, lead, people, outbox):
    draft = published(policy, lead, Audience.WORKING_GROUP)

    publishing.open_to(draft, Audience.MEMBERS)
    publishing.open_to(draft, Audience.MEMBERS)

    assert sorted(Message.objects.values_list("person__name", "revision")) == [
        ("Follower", "members"),
        ("Group", "working_group"),
        ("Lead", "working_group"),
    ]


def test_who_could_not_be_reached_is_told_when_the_draft_is_opened(policy, lead, people):
    draft = published(policy, lead, Audience.WORKING_GROUP)
    Message.objects.filter(kind=kinds.DRAFT_PUBLISHED, person__name="Group").update(
        state=Message.State.FAILED
    )

    assert "Group" in {person.name for person in newly_told(draft, Audience.MEMBERS)}


def test_draft_is_never_closed_to_people_again(policy, lead):
    draft = published(policy, lead, Audience.PUBLIC)

    with pytest.raises(RuleError):
        publishing.open_to(draft, Audience.MEMBERS)


def test_withdrawn_draft_keeps_number_day_and_reason_and_the_next_has_the_next_number(
    policy, lead, client
):
    draft = published(policy, lead)
    client.post("/policies/safe/drafts/1/withdraw/", {"because": "It named somebody."})
    client.logout()

    page = client.get("/policies/safe/drafts/1/").content.decode()

    assert "It named somebody." in page
    assert "We look after each other." not in page
    assert published(policy, lead).number == draft.number + 1


def test_withdrawing_needs_a_reason(policy, lead, client):
    published(policy, lead)

    page = client.post("/policies/safe/drafts/1/withdraw/", {"because": " "}).content.decode()

    assert "Say why" in page
    assert not Draft.objects.get().is_withdrawn
