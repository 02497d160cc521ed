"""A policy in every state, for axe: its drafts, sections, versions and invitations."""

import uuid

from collective.safety.link_keys import key_for
from policy_drafts.desk import outline, unsaved, writing
from policy_drafts.drafts import publishing
from policy_drafts.models import (
    Audience,
    DraftFile,
    Heard,
    Import,
    OtherVersion,
    PolicyRole,
    Section,
    WorkingCopyFile,
)
from policy_drafts.roles import inviting
from tests.factories import (
    PersonFactory,
    PolicyFactory,
    brought_in,
    published,
    role_in,
    section_in,
)

TEXT = (
    '<h3>Heading</h3><p>We <strong>look</strong> after <a href="https://example.org/">each '
    "other</a>.</p>"
    "<ul><li>One</li><li>Two</li></ul><blockquote>So they "
    "said.</blockquote><dl><dt>Harm</dt><dd>It hurts.</dd></dl>"
    "<table><tr><th>Who</th><th>What</th></tr><tr><td>All of us</td><td>We listen to each "
    "other</td></tr></table>"
)


def make_policy(member, call):
    """{"lead", "section", "removed", "role", "theirs", "member"}: policy "safe", and "empty"
    without any draft.
    """
    lead = PersonFactory(name="Richard")
    policy, empty = PolicyFactory(slug="safe", title="Safety policy"), PolicyFactory(slug="empty")
    policy.rounds.create(call=call)
    for row in (policy, empty):
        role_in(row, lead)
    role_in(empty, member, PolicyRole.Kind.WORKING_GROUP)
    section, removed = (
        section_in(policy, TEXT, "Why", lead),
        section_in(policy, "<p>Gone.</p>", "Gone", lead),
    )
    section_in(policy, "<p>One of two.</p><p>Two of two.</p>", "Two parts", lead)
    published(policy, lead, Audience.PUBLIC)
    html = TEXT.replace("each other", "one another").replace("<p>We", "<p>New.</p><p>We")
    writing.save(section, lead, 1, title="Why we do", html=html, state=Section.State.WRITING)
    outline.remove(removed)
    published(policy, lead, Audience.PUBLIC)
    publishing.withdraw(published(policy, lead, Audience.PUBLIC), lead, "It named somebody.")
    draft = published(policy, lead, Audience.MEMBERS)
    draft.other_versions.create(
        kind=OtherVersion.Kind.BSL, name="Signed", link="https://video.example/1"
    )
    draft.files.filter(kind=DraftFile.Kind.PDF).update(state=DraftFile.State.READY, size=1000)
    writing.save(section, lead, 2, title="Why", html=TEXT, state=Section.State.READY)
    typed = {"title": "Why", "html": "<p>Half a sentence</p>", "state": "ready", "notes": ""}
    unsaved.keep_typed(section, lead, uuid.uuid4(), 3, typed)
    policy.heard.create(channel=Heard.Channel.LETTER, words="Please answer soon.", noted_by=lead)
    text = b"# Why\n\nWe listen.\n\n# Quite new\n\nWe talk.\n\n<script>x</script>"
    return {
        "waits": WorkingCopyFile.objects.create(policy=policy, person=lead),
        "refused": Import.objects.create(
            policy=policy,
            person=lead,
            name="large.docx",
            state=Import.State.FAILED,
            why="This file has more than 20,000 paragraphs. Please bring it in in parts.",
        ),
        "brought": brought_in(policy, lead, "x.md", text),
        "lead": lead,
        "section": section,
        "role": inviting.invite(policy, lead, "a@example.org", PolicyRole.Kind.WORKING_GROUP),
        "theirs": inviting.invite(policy, lead, member.email, PolicyRole.Kind.WORKING_GROUP),
        "mine": member.policy_roles.get(),
        "follow": policy.follows.create(person=PersonFactory()),
    }


def of(path):
    def address(world):
        keys = {name: world.policy[name].pk for name in ("section", "role")}
        return f"/policies/safe/{path.format(**keys)}"

    return address


ROWS = [
    ("policy", "visitor", "/policies/safe/"),
    ("policy signed in", "member", "/policies/safe/"),
    ("policy with links", "visitor", "/policies/safe/?links=1"),
    ("policy with nothing yet", "member", "/policies/empty/"),
    ("drafts", "visitor", "/policies/safe/drafts/"),
    ("draft", "lead", "/policies/safe/drafts/4/"),
    ("draft withdrawn", "visitor", "/policies/safe/drafts/3/"),
    ("changes", "visitor", "/policies/safe/drafts/2/changes/"),
    ("changes in words", "visitor", "/policies/safe/drafts/2/changes/?words=1"),
    ("changes_in_text", "visitor", "/policies/safe/drafts/2/changes/whole/"),
    ("section_history", "visitor", of("sections/{section}/")),
    ("changes nothing", "visitor", "/policies/safe/drafts/1/changes/"),
    ("follow_policy", "member", "/policies/safe/follow/"),
    (
        "stop_draft_news",
        "visitor",
        lambda world: (
            f"/policies/news/{world.policy['follow'].pk}/stop/?key="
            f"{key_for('draft-news', world.policy['follow'].pk)}"
        ),
    ),
    ("invitation", "member", lambda world: f"/policies/invitations/{world.policy['theirs'].pk}/"),
    (
        "invitation of another",
        "member",
        lambda world: f"/policies/invitations/{world.policy['role'].pk}/",
    ),
    ("write", "lead", "/policies/safe/write/"),
    ("write nothing", "lead", "/policies/empty/write/"),
    ("bring_in", "lead", "/policies/safe/write/import/"),
    (
        "look_through",
        "lead",
        lambda world: f"/policies/safe/write/import/{world.policy['brought'].pk}/",
    ),
    (
        "finish_import",
        "lead",
        lambda world: f"/policies/safe/write/import/{world.policy['brought'].pk}/done/",
    ),
    (
        "look_through refused",
        "lead",
        lambda world: f"/policies/safe/write/import/{world.policy['refused'].pk}/",
    ),
    (
        "working_copy_file",
        "lead",
        lambda world: f"/policies/safe/write/word/{world.policy['waits'].pk}/",
    ),
    ("removed_sections", "lead", "/policies/safe/write/removed/"),
    ("roles", "lead", "/policies/safe/write/people/"),
    ("end_role", "lead", of("write/people/{role}/end/")),
    (
        "end_role own",
        "member",
        lambda world: f"/policies/empty/write/people/{world.policy['mine'].pk}/end/",
    ),
    ("rehearse", "lead", "/policies/safe/write/publish/"),
    ("rehearse nothing", "lead", "/policies/empty/write/publish/?for=public"),
    ("write_section", "lead", of("write/{section}/")),
    ("compare_section", "lead", of("write/{section}/compare/")),
    ("say_why", "lead", of("write/{section}/why/")),
    ("versions", "lead", of("write/{section}/versions/")),
    ("version", "lead", of("write/{section}/versions/1/")),
    ("split_section", "lead", of("write/{section}/split/")),
    ("merge_section", "lead", of("write/{section}/merge/")),
    ("remove_section", "lead", of("write/{section}/remove/")),
    ("unsaved", "lead", of("write/{section}/unsaved/")),
    ("other_versions", "lead", "/policies/safe/drafts/4/versions/"),
    ("open_draft", "lead", "/policies/safe/drafts/4/open/"),
    ("open_draft nobody", "lead", "/policies/safe/drafts/1/open/"),
    ("withdraw_draft", "lead", "/policies/safe/drafts/4/withdraw/"),
]
