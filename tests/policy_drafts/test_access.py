"""Every address of policies × everybody who could ask for it, from visitor to coordinator."""

import pytest
from django.test import Client
from django.urls import reverse

from policy_drafts.models import (
    Audience,
    DraftFile,
    Heard,
    OtherVersion,
    PolicyPicture,
    PolicyRole,
    WorkingCopyFile,
)
from policy_drafts.roles import inviting
from tests import matrix
from tests.factories import (
    CoordinatorFactory,
    PersonFactory,
    PolicyFactory,
    brought_in,
    published,
    role_in,
    section_in,
)
from tests.signed_in import with_second_factor

OK, TO, NO, NEVER = 200, 302, 404, 405
DESK = (TO, NO, NO, OK, NO, NO)  # a page of the lead's
ACT = (TO, NO, NO, NEVER, NO, NO)  # an act of the lead's, asked for with GET
DONE = (TO, NO, NO, TO, NO, NO)  # the same, asked for with POST
GROUP = (NO, NO, OK, OK, NO, NO)  # what the working group may read
GROUP_LED_ON = (NO, NO, TO, TO, NO, NO)  # the same; with one draft there is nothing to compare
# name: (visitor, another member, working group, lead, another policy's lead, coordinator), each
# answer to GET
ROWS = {
    "policy": GROUP,
    "drafts": GROUP,
    "draft": GROUP,
    "changes": GROUP,
    "changes_in_text": GROUP_LED_ON,
    "section_history": GROUP,
    "follow_policy": (TO, NO, OK, OK, NO, NO),
    "stop_draft_news": (NO,) * 6,
    "policy_picture": (NO, NO, NO, OK, NO, NO),
    "invitation": (TO, OK, OK, OK, OK, OK),
    "draft_file": GROUP,
    "other_version": GROUP,
    "other_versions": DESK,
    "remove_version": ACT,
    "open_draft": DESK,
    "withdraw_draft": DESK,
    "write": DESK,
    "bring_in": DESK,
    "look_through": DESK,
    "finish_import": DESK,
    "working_copy": ACT,
    "working_copy_file": DESK,
    "removed_sections": DESK,
    "roles": DESK,
    "rehearse": DESK,
    "write_section": DESK,
    "compare_section": DESK,
    "versions": DESK,
    "say_why": DESK,
    "version": DESK,
    "split_section": DESK,
    "merge_section": DESK,
    "remove_section": DESK,
    "unsaved": (TO, NO, NO, TO, NO, NO),
    "end_role": (TO, NO, OK, OK, NO, NO),
    "add_section": ACT,
    "add_heard": ACT,
    "remove_heard": ACT,
    "keep_typed": ACT,
    "here": ACT,
    "add_picture": ACT,
    "move_section": ACT,
    "place_section": ACT,
    "put_back_section": ACT,
}
# The same, each answer to POST of a form in which nothing is filled in.
POSTS = {
    "policy": (NEVER,) * 6,
    "drafts": (NEVER,) * 6,
    "draft": (NEVER,) * 6,
    "changes": (NEVER,) * 6,
    "changes_in_text": (NEVER,) * 6,
    "section_history": (NEVER,) * 6,
    "follow_policy": (TO, NO, TO, TO, NO, NO),
    "stop_draft_news": (NO,) * 6,
    "policy_picture": (NEVER,) * 6,
    "invitation": (TO, *(OK,) * 5),
    "draft_file": (NEVER,) * 6,
    "other_version": (NEVER,) * 6,
    "other_versions": DESK,
    "remove_version": DONE,
    "open_draft": DESK,
    "withdraw_draft": DESK,
    "write": ACT,
    "bring_in": DESK,
    "look_through": DONE,
    "finish_import": DONE,
    "working_copy": DONE,
    "working_copy_file": ACT,
    "removed_sections": ACT,
    "roles": DESK,
    "rehearse": DESK,
    "write_section": DESK,
    "compare_section": ACT,
    "versions": ACT,
    "say_why": DONE,
    "version": DONE,
    "split_section": DESK,
    "merge_section": DONE,
    "remove_section": DONE,
    "unsaved": DONE,
    "end_role": (TO, NO, TO, TO, NO, NO),
    "add_section": DESK,
    "add_heard": DESK,
    "remove_heard": DONE,
    "keep_typed": DESK,
    "here": DESK,
    "add_picture": DESK,
    "move_section": DONE,
    "place_section": DONE,
    "put_back_section": DONE,
}
OF_SECTION = {
    "section_history",
    "write_section",
    "compare_section",
    "versions",
    "say_why",
    "split_section",
    "merge_section",
    "remove_section",
    "unsaved",
    "keep_typed",
    "here",
    "add_picture",
    "move_section",
    "place_section",
    "put_back_section",
}
OF_DRAFT = {"draft", "changes", "changes_in_text", "open_draft", "withdraw_draft", "other_versions"}


@pytest.fixture
def world(db, early, community):
    policy = PolicyFactory(slug="safe")
    lead = role_in(policy)
    section = section_in(policy)
    group = role_in(policy, kind=PolicyRole.Kind.WORKING_GROUP)
    draft = published(policy, lead, Audience.WORKING_GROUP)
    draft.files.filter(kind=DraftFile.Kind.MARKDOWN).update(
        state=DraftFile.State.READY, file="x.webp"
    )
    return {
        "brought": brought_in(policy, lead, "x.md", b"# One"),
        "copy": WorkingCopyFile.objects.create(
            policy=policy, person=lead, state=WorkingCopyFile.State.READY
        ),
        "version": draft.other_versions.create(
            kind=OtherVersion.Kind.AUDIO, name="x", file="x.webp"
        ),
        "policy": policy,
        "section": section,
        "lead": lead,
        "group": group,
        "picture": PolicyPicture.objects.create(policy=policy, file="x.webp", width=1, height=1),
        "note": Heard.objects.create(policy=policy, channel=Heard.Channel.LETTER, words="x"),
        "invitation": inviting.invite(
            policy, lead, "new@example.org", PolicyRole.Kind.WORKING_GROUP
        ),
    }


def address(name, world):
    if name in OF_SECTION:
        return reverse(name, args=["safe", world["section"].pk])
    if name in OF_DRAFT:
        return reverse(name, args=["safe", 1])
    keys = {
        "draft_file": ["safe", 1, "markdown"],
        "other_version": ["safe", 1, world["version"].pk],
        "remove_version": ["safe", 1, world["version"].pk],
        "look_through": ["safe", world["brought"].pk],
        "finish_import": ["safe", world["brought"].pk],
        "working_copy_file": ["safe", world["copy"].pk],
        "version": ["safe", world["section"].pk, 1],
        "policy_picture": [world["picture"].pk],
        "invitation": [world["invitation"].pk],
        "remove_heard": ["safe", world["note"].pk],
        "stop_draft_news": [world["note"].pk],
        "end_role": ["safe", world["group"].policy_roles.get().pk],
    }
    return reverse(name, args=keys.get(name, ["safe"]))


def clients(world):
    other = PolicyFactory()
    people = [
        None,
        PersonFactory(),
        world["group"],
        world["lead"],
        role_in(other),
        CoordinatorFactory(),
    ]
    for person in people:
        client = Client()
        if person:
            client.force_login(person)
            with_second_factor(client, person)
        yield client


@pytest.mark.parametrize(("method", "table"), [("get", ROWS), ("post", POSTS)])
def test_each_address_answers_each_person_as_the_table_says(
    method, table, world, tmp_path, settings
):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "x.webp").write_bytes(b"x")
    addresses = {name: address(name, world) for name in ROWS}

    assert matrix.answers(method, addresses, list(clients(world))) == table


def test_each_button_of_a_lead_is_found_again_after_a_lost_sign_in(world):
    buttons = [name for name, row in ROWS.items() if row == ACT]
    addresses = {name: address(name, world) for name in buttons}
    lead = list(clients(world))[3]

    assert matrix.led_back(addresses, lead) == dict.fromkeys(buttons, OK)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row == ACT])
def test_acts_are_refused_to_everybody_else(name, world):
    found = [client.post(address(name, world)).status_code for client in clients(world)]

    assert found[:3] == [TO, NO, NO] and found[4:] == [NO, NO]
