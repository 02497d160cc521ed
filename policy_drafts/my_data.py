"""What policies hold about a person, for them to read or to take away."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from collective.models import Person
from collective.people.my_data import MOST, LoggedRow
from policy_drafts.models import (
    Draft,
    Heard,
    Import,
    PolicyPicture,
    PolicyRole,
    Presence,
    SectionSave,
    Unsaved,
)

TOLD = {
    "policy_drafts.Draft.published_by",
    "policy_drafts.DraftFollow.person",
    "policy_drafts.Heard.noted_by",
    "policy_drafts.Import.person",
    "policy_drafts.PolicyPicture.added_by",
    "policy_drafts.PolicyRole.person",
    "policy_drafts.Presence.person",
    "policy_drafts.SectionSave.saved_by",
    "policy_drafts.Unsaved.person",
}
LEFT_OUT = {
    "policy_drafts.Draft.withdrawn_by": "the draft itself says that it was withdrawn, and why",
    "policy_drafts.PolicyRole.ended_by": "it is told to the person whose role was ended",
    "policy_drafts.PolicyRole.invited_by": "the invitation is about the person who was invited",
    "policy_drafts.PolicyRoleEvent.ended_by": "as with the role itself",
    "policy_drafts.PolicyRoleEvent.invited_by": "as with the role itself",
    "policy_drafts.PolicyRoleEvent.person": "older states of a role, which is told",
    "policy_drafts.PolicyRoleEvent.pgh_obj": "older states of a role, which is told",
    "policy_drafts.Section.edited_by": "the newest saved text is theirs, and told",
    "policy_drafts.WorkingCopyFile.person": "a file that they asked for, which goes after a day",
}


def my_data(person: Person) -> dict[str, Any]:
    """Their roles, what they follow, and everything that they wrote."""
    return {
        "policies": _roles(person),
        "follows drafts of": [
            row.policy.title for row in person.draft_follows.select_related("policy")
        ],
        "published drafts": [
            {"draft": str(row), "when": row.published_at, "news": row.news}
            for row in Draft.objects.filter(published_by=person)
        ],
        "texts you saved": [_save(row) for row in _saves(person)],
        "texts you have not saved": [
            {"section": row.section.title, "when": row.typed_at, "typed": row.typed}
            for row in Unsaved.objects.open().filter(person=person).select_related("section")
        ],
        "sections you had open": [
            {"section": row.section.title, "when": row.seen_at}
            for row in Presence.objects.filter(person=person).select_related("section")
        ],
        "notes of what was said": _heard(person),
        "files you brought in": [
            {"file": row.name, "policy": row.policy.title, "when": row.brought_at}
            for row in _imports(person)
        ],
        "pictures you added": [
            {"policy": row.policy.title, "when": row.added_at}
            for row in PolicyPicture.objects.filter(added_by=person).select_related("policy")
        ],
    }


def _imports(person: Person) -> QuerySet[Import]:
    rows = Import.objects.filter(person=person).select_related("policy")
    return rows.defer("file", "held")  # large, and told by their names


def logged_rows(person: Person) -> Iterator[LoggedRow]:
    """Their roles."""
    for key in person.policy_roles.values_list("pk", flat=True):
        yield LoggedRow(PolicyRole, key)


def _roles(person: Person) -> list[dict[str, Any]]:
    """The roles that they hold or held, and invitations to the address with which they sign in."""
    held = person.policy_roles.select_related("policy", "invited_by", "ended_by")
    invited = PolicyRole.objects.inviting(person).select_related("policy", "invited_by")
    return [
        {
            "policy": row.policy.title,
            "as": row.get_kind_display(),
            "invited at": row.email,
            "state": row.get_state_display(),
            "invited on": row.invited_at,
            "invited by": str(row.invited_by or ""),
            "answered or ended": row.answered_at,
            "ended by": str(row.ended_by or ""),
        }
        for row in {row.pk: row for row in (*held, *invited)}.values()
    ]


def _saves(person: Person) -> list[SectionSave]:
    rows = SectionSave.objects.filter(saved_by=person).select_related("section__policy")
    return list(rows.order_by("-saved_at")[:MOST])


def _save(row: SectionSave) -> dict[str, Any]:
    return {
        "policy": row.section.policy.title,
        "section": row.title,
        "when": row.saved_at,
        "how": row.get_how_display(),
        "text": row.html,
        "notes to yourself": row.notes or "",
    }


def _heard(person: Person) -> list[dict[str, Any]]:
    rows = Heard.objects.filter(noted_by=person).select_related("policy")
    return [
        {
            "policy": row.policy.title,
            "heard": row.get_channel_display(),
            "on": row.heard_on,
            "noted": row.noted_at,
            "words": row.words,
        }
        for row in rows[:MOST]
    ]
