"""Roles and follows of two records that are one person: they move; where both have one, the kept
record's stays.
"""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from policy_drafts.models import DraftFollow, PolicyRole
from policy_drafts.models.policy import LIVE, RoleQuerySet

if TYPE_CHECKING:
    from collective.models import Person


def preview(kept: "Person", gone: "Person") -> list[str]:
    """Sentences: which roles move."""
    return [
        f"{row.policy}: {row.get_kind_display()}, moves."
        for row in _roles(gone).select_related("policy")
    ]


def _roles(person: "Person") -> RoleQuerySet:
    return PolicyRole.objects.filter(person=person, state__in=LIVE)


def join(kept: "Person", gone: "Person"):
    """Move what the kept record has not; returns what `undo` needs."""
    mine = _roles(kept).values("policy")
    moved = {"roles": [], "left": [], "follows": [], "about": []}
    moved["left"] = [[str(row.pk), row.state] for row in _roles(gone).filter(policy__in=mine)]
    PolicyRole.objects.filter(pk__in=[pk for pk, _ in moved["left"]]).update(
        state=PolicyRole.State.LEFT
    )
    moved["roles"] = _move(_roles(gone), kept)
    follows = DraftFollow.objects.filter(person=gone)
    moved["follows"] = _move(follows.exclude(policy__in=kept.draft_follows.values("policy")), kept)
    moved["about"] = moved["roles"]
    return moved


def _move(rows: QuerySet[DraftFollow] | RoleQuerySet, person: "Person") -> list[str]:
    keys = list(rows.values_list("pk", flat=True))
    rows.model.objects.filter(pk__in=keys).update(person=person)
    return [str(key) for key in keys]


def is_clear(gone: "Person") -> bool:
    return not _roles(gone).exists()


def undo(kept: "Person", gone: "Person", moved):
    """Give each its own again."""
    PolicyRole.objects.filter(pk__in=moved["roles"], person=kept).update(person=gone)
    DraftFollow.objects.filter(pk__in=moved["follows"], person=kept).update(person=gone)
    for pk, state in moved["left"]:
        PolicyRole.objects.filter(pk=pk).update(state=state)
    return []
