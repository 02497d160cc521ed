"""Roles: invited by email, accepted by whoever has that address, left at any time."""

import pytest

from collective.errors import RuleError
from collective.messages import mail
from policy_drafts.models import Policy, PolicyRole
from policy_drafts.roles import inviting
from tests.factories import PersonFactory, published, role_in
from tests.joining import join, undo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("community")]
GROUP = PolicyRole.Kind.WORKING_GROUP


def test_invited_person_gets_a_mail_and_is_in_only_after_a_yes(policy, client, outbox):
    lead, noor = role_in(policy), PersonFactory(email="noor@example.org")
    client.force_login(lead)
    client.post(
        "/policies/safe/write/people/", {"email": "Noor@example.org", "kind": "working_group"}
    )
    mail.send_due()
    role = policy.roles.get(email="noor@example.org")
    client.force_login(noor)

    assert outbox[0].to == ["noor@example.org"]
    assert client.get("/policies/safe/").status_code == 404
    client.post(f"/policies/invitations/{role.pk}/", {"accept": "1"})
    assert client.get("/policies/safe/").status_code == 200


def test_invitation_to_an_unknown_address_is_accepted_by_whoever_signs_in_with_it(policy, outbox):
    role = inviting.invite(policy, role_in(policy), "new@example.org", GROUP)
    mail.send_due()
    person = PersonFactory(email="new@example.org")

    assert outbox[0].to == ["new@example.org"]
    assert inviting.answer(role, person, accepts=True).person == person


def test_somebody_else_cannot_accept(policy, client, member):
    role = inviting.invite(policy, role_in(policy), "noor@example.org", GROUP)

    page = client.post(f"/policies/invitations/{role.pk}/", {"accept": "1"}).content.decode()

    assert "an email address other than the one" in " ".join(page.split())
    assert PolicyRole.objects.get(pk=role.pk).state == "invited"


def test_second_invitation_finds_the_first(policy):
    lead = role_in(policy)

    assert inviting.invite(policy, lead, "a@example.org", GROUP) == inviting.invite(
        policy, lead, "A@example.org", GROUP
    )


def test_second_invitation_says_that_there_is_one(policy, client):
    client.force_login(role_in(policy))
    form = {"email": "a@example.org", "kind": "working_group"}
    client.post("/policies/safe/write/people/", form)

    page = client.post("/policies/safe/write/people/", form, follow=True).content.decode()
    other = client.post("/policies/safe/write/people/", {**form, "kind": "lead"}).content.decode()

    assert "is invited already" in page
    assert "remove them first, and invite them anew" in other


def test_address_that_is_too_long_is_refused_in_words(policy, client):
    client.force_login(role_in(policy))

    answer = client.post(
        "/policies/safe/write/people/", {"email": f"{'x' * 300}@example.org", "kind": "lead"}
    )

    assert answer.status_code == 200 and policy.roles.count() == 1


def test_who_has_a_role_is_not_invited_again(policy):
    with pytest.raises(RuleError):
        inviting.invite(policy, role_in(policy), role_in(policy, kind=GROUP).email, GROUP)


def test_member_of_the_working_group_can_leave(policy, client):
    role_in(policy)
    person = role_in(policy, kind=GROUP)
    client.force_login(person)

    client.post(f"/policies/safe/write/people/{person.policy_roles.get().pk}/end/")

    assert person.policy_roles.get().state == "left"
    assert client.get("/policies/safe/").status_code == 404


def test_last_lead_stays(policy, client):
    lead = role_in(policy)
    client.force_login(lead)

    client.post(f"/policies/safe/write/people/{lead.policy_roles.get().pk}/end/")

    assert Policy.objects.led_by(lead).exists()


def test_removed_person_can_be_invited_again(policy):
    lead, person = role_in(policy), role_in(policy, kind=GROUP)
    inviting.end(person.policy_roles.get(), lead)

    role = inviting.invite(policy, lead, person.email, GROUP)

    assert inviting.answer(role, person, accepts=True).state == "accepted"


def test_coordinator_invites_the_first_lead_in_the_admin(policy, client, coordinator, outbox):
    empty = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 9}
    data = {
        "title": "Safe",
        "slug": "safe",
        "summary": "Safe.",
        "roles-0-email": "r@example.org",
        "roles-0-kind": "lead",
    }
    for prefix, total in (("rounds", 0), ("roles", 1)):
        data |= {
            f"{prefix}-{key}": value for key, value in (empty | {"TOTAL_FORMS": total}).items()
        }

    answer = client.post(f"/admin/policy_drafts/policy/{policy.pk}/change/", data)

    assert (answer.status_code, policy.roles.get().email) == (302, "r@example.org")


def test_roles_move_when_two_records_are_one_person(policy):
    kept, gone = PersonFactory(), role_in(policy, kind=GROUP)

    row = join(kept, gone)
    assert kept.policy_roles.get().policy == policy
    undo(row)

    assert gone.policy_roles.get().policy == policy


def test_who_is_in_already_is_told_so_when_accepting_another_invitation(policy, client):
    person = role_in(policy, PersonFactory(email="noor@example.org"), GROUP)
    second = inviting.invite(policy, role_in(policy), "second@example.org", PolicyRole.Kind.LEAD)
    person.email = second.email  # they have changed their address since
    person.save()
    client.force_login(person)

    with pytest.raises(RuleError, match="in it already"):
        inviting.answer(second, person, accepts=True)

    answer = client.post(f"/policies/invitations/{second.pk}/", {"accept": "1"})

    assert answer.status_code == 302
    assert PolicyRole.objects.get(pk=second.pk).state == "invited"


def test_post_without_an_answer_leaves_the_invitation_open(policy, client, member):
    role = inviting.invite(policy, role_in(policy), member.email, GROUP)

    client.post(f"/policies/invitations/{role.pk}/")

    assert PolicyRole.objects.get(pk=role.pk).state == "invited"


def test_address_of_a_policy_stays_once_there_is_a_draft(policy, client, coordinator):
    address = f"/admin/policy_drafts/policy/{policy.pk}/change/"
    before = client.get(address).content.decode()
    published(policy)

    assert 'name="slug"' in before
    assert 'name="slug"' not in client.get(address).content.decode()


def test_last_lead_is_told_before_trying_to_leave(policy, client):
    lead = role_in(policy)
    client.force_login(lead)

    page = client.get(
        f"/policies/safe/write/people/{lead.policy_roles.get().pk}/end/"
    ).content.decode()

    assert "Invite another lead first" in page
