"""Roles and texts of somebody who is forgotten.

Texts that the group works on, and published drafts, stay: others have read them and agreed to
them. They no longer carry a name, as the record is empty.
"""

from typing import Any

from django.apps import apps
from django.db.models import Q

from collective.models import Person
from collective.people.forgetting import Obstacle, Preview, Stays
from policy_drafts import my_data
from policy_drafts.models import (
    Draft,
    DraftFollow,
    Import,
    PolicyRole,
    Presence,
    Section,
    SectionSave,
    Unsaved,
    WorkingCopyFile,
)
from policy_drafts.models.role import LIVE, RoleQuerySet
from policy_drafts.roles import inviting

rows = my_data.logged_rows


def preview(person: Person) -> Preview:
    """Which roles end, what goes, and which texts stay."""
    live = person.policy_roles.filter(state__in=LIVE).select_related("policy")
    told = Preview(ends=[f"{row.policy}: you leave it." for row in live])
    typed = Unsaved.objects.filter(person=person).exists()
    if typed or Import.objects.filter(person=person).exists():
        told.goes.append("What you typed or brought in for a policy and did not save.")
    wrote = SectionSave.objects.filter(saved_by=person).exists()
    if wrote:
        told.goes.append("Your notes to yourself beside the texts of a policy.")
    if wrote or Draft.objects.filter(published_by=person).exists():
        told.stays.append(
            Stays(
                "Texts of policies that you saved or published, without your name",
                "others have worked on them and agreed to them",
            )
        )
    return told


def in_the_way(person: Person) -> list[Obstacle]:
    """Policies that nobody would write without them."""
    held = PolicyRole.objects.held_by(person).leads().select_related("policy")
    return [
        Obstacle(
            f"{row.policy}: you are the only one who writes it. Invite another lead first.",
            f"{row.policy}: they are its only lead. Another one has to be invited.",
        )
        for row in held
        if inviting.is_last_lead(row)
    ]


def histories() -> list[Any]:
    """Of roles, as each names an address."""
    return [apps.get_model("policy_drafts.PolicyRoleEvent")]


def forget(people: list[Person]) -> None:
    """Leave every policy, then empty what only they have seen."""
    for person in people:
        _leave(person)
    mine = _roles(people)
    keys = list(mine.values_list("pk", flat=True))
    mine.update(email="")
    histories()[0].objects.filter(pgh_obj__in=keys).delete()
    for model in (Unsaved, Presence, Import, WorkingCopyFile, DraftFollow):
        model._default_manager.filter(person__in=people).delete()
    SectionSave.objects.filter(saved_by__in=people, notes__isnull=False).update(notes=None)
    Section.objects.filter(edited_by__in=people, notes__isnull=False).update(notes=None)


def _leave(person: Person) -> None:
    """By the ordinary rule: the last lead of a policy cannot."""
    for row in _roles([person]).filter(state__in=LIVE).order_by("policy", "pk"):
        inviting.end(row, person)


def _roles(people: list[Person]) -> RoleQuerySet:
    """Their roles, and invitations to their addresses."""
    invited = Q(pk__in=[])
    for person in people:
        if person.email:
            invited |= Q(person=None, email=person.email)
    return PolicyRole.objects.filter(Q(person__in=people) | invited)


def is_clear(people: list[Person]) -> bool:
    """Is no role left?"""
    return not PolicyRole.objects.filter(person__in=people, state__in=LIVE).exists()
