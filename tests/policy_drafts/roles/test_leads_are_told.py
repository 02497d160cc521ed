"""A policy's leads know who joins them, and nobody puts them out on the sly."""

from datetime import timedelta

import pytest

from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message
from policy_drafts.models import PolicyRole
from policy_drafts.my_data import my_data
from policy_drafts.roles import inviting
from tests.factories import CoordinatorFactory, PersonFactory, role_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
LEAD, GROUP = PolicyRole.Kind.LEAD, PolicyRole.Kind.WORKING_GROUP
EMPTY = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 9}


@pytest.fixture
def richard(policy):
    """The founder: their lead for a long time, whom staff are said to ring."""
    return role_in(policy, PersonFactory(name="Richard", reach_by="phone", phone="+442079460199"))


@pytest.fixture
def newcomer(policy, richard, early):
    """Somebody whom Richard has invited, and who said yes a month later."""
    early.shift(timedelta(days=30))
    person = PersonFactory(name="Mallory")
    inviting.answer(inviting.invite(policy, richard, person.email, LEAD), person, accepts=True)
    return person


def invite_in_admin(client, policy, email, kind="lead"):
    """By the form of staff; returns the page that they see then."""
    data = {"title": "Safe", "slug": "safe", "summary": "Safe."}
    for prefix, total in (("rounds", 0), ("roles", 1)):
        data |= {f"{prefix}-{key}": value for key, value in EMPTY.items()}
        data[f"{prefix}-TOTAL_FORMS"] = total
    data |= {"roles-0-email": email, "roles-0-kind": kind}
    page = client.post(f"/admin/policy_drafts/policy/{policy.pk}/change/", data, follow=True)
    return page.content.decode()


def bodies(outbox, person):
    mail.send_due()
    return [" ".join(row.body.split()) for row in outbox if row.to == [person.email]]


def test_leads_are_told_who_invites_whom_and_what_they_will_read(policy, richard, outbox):
    second = role_in(policy, PersonFactory(name="Sofia"))
    inviting.invite(policy, second, "mallory@example.org", LEAD)

    (body,) = bodies(outbox, richard)
    assert "Sofia has invited mallory@example.org to write" in body
    assert "older things too: the notes to self beside each section" in body


def test_leads_are_told_when_another_lead_has_said_yes(policy, richard, newcomer, outbox):
    body = bodies(outbox, richard)[-1]

    assert f"Mallory ({newcomer.email}) writes" in body
    assert Message.objects.filter(person=newcomer, kind="policy_lead_joined").count() == 0


def test_leads_are_told_of_one_who_has_left_again_before_the_mail_went(
    policy, richard, newcomer, outbox
):
    inviting.end(newcomer.policy_roles.get(), newcomer)

    assert "Mallory" in bodies(outbox, richard)[-1]


def test_nobody_invites_themselves(policy):
    jo = CoordinatorFactory()

    with pytest.raises(RuleError, match="Nobody invites themselves"):
        inviting.invite(policy, jo, jo.email.upper(), LEAD)


def test_staff_add_no_lead_to_a_policy_that_has_one(policy, richard, client, coordinator):
    page = invite_in_admin(client, policy, "mallory@example.org")

    assert "only a lead invites another one" in page
    assert "Added role" not in page
    assert policy.roles.count() == 1


def test_lead_who_was_removed_invites_no_other_one(policy, richard, newcomer):
    inviting.end(newcomer.policy_roles.get(), richard)

    with pytest.raises(RuleError, match="only a lead invites another one"):
        inviting.invite(policy, newcomer, "second@example.org", LEAD)


def test_staff_still_ask_people_into_the_working_group(policy, richard, client, coordinator):
    invite_in_admin(client, policy, "noor@example.org", "working_group")

    assert policy.roles.get(email="noor@example.org").state == "invited"


def test_one_whom_staff_asked_does_not_join_a_lead_who_came_first(policy):
    jo, first, second = CoordinatorFactory(), PersonFactory(), PersonFactory()
    roles = [inviting.invite(policy, jo, person.email, LEAD) for person in (first, second)]
    inviting.answer(roles[0], first, accepts=True)

    with pytest.raises(RuleError, match="only a lead invites another one"):
        inviting.answer(roles[1], second, accepts=True)


def test_invitation_of_a_lead_who_has_left_since_stands(policy, richard):
    second, third = role_in(policy), PersonFactory()
    role = inviting.invite(policy, richard, third.email, LEAD)
    inviting.end(richard.policy_roles.get(), richard)

    assert inviting.answer(role, third, accepts=True).person == third
    assert inviting.is_last_lead(second.policy_roles.get()) is False


def test_new_lead_does_not_put_out_the_founder(policy, richard, newcomer):
    with pytest.raises(RuleError, match=r"was here before you.*22 October"):
        inviting.end(richard.policy_roles.get(), newcomer)


def test_page_tells_a_new_lead_from_when_on_they_can(policy, richard, newcomer, client):
    client.force_login(newcomer)
    page = client.get(f"/policies/safe/write/people/{richard.policy_roles.get().pk}/end/")

    assert "They were here before you." in page.content.decode()


def test_founder_removes_a_new_lead_at_once(policy, richard, newcomer):
    assert inviting.end(newcomer.policy_roles.get(), richard).state == "removed"


def test_lead_of_two_weeks_may_remove_one_from_before(policy, richard, newcomer, early):
    early.shift(inviting.NEWCOMER)

    assert inviting.end(richard.policy_roles.get(), newcomer).state == "removed"


def test_whose_role_is_ended_is_told_by_whom_at_their_own_address(
    policy, richard, newcomer, outbox, early
):
    early.shift(inviting.NEWCOMER)
    inviting.end(richard.policy_roles.get(), newcomer)

    body = bodies(outbox, richard)[-1]
    assert "Mallory has ended your part in" in body
    assert "Is this wrong?" in body


def test_data_page_says_who_invited_and_who_ended_a_role(policy, richard, newcomer):
    inviting.end(newcomer.policy_roles.get(), richard)

    (row,) = my_data(newcomer)["policies"]
    assert (row["invited by"], row["ended by"]) == (f"{richard}", f"{richard}")


def test_whoever_leaves_is_not_told_that_they_left(policy, richard, newcomer):
    inviting.end(newcomer.policy_roles.get(), newcomer)

    assert not Message.objects.filter(kind="policy_role_ended").exists()
