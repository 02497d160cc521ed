"""Roles and follows of two records that are one person: they move.

Where both have one, the kept record's stays.
"""

from typing import Any

from collective.models import Person
from policy_drafts.models import DraftFollow, PolicyRole
from policy_drafts.models.role import LIVE, RoleQuerySet

Moved = dict[str, list[Any]]  # keys of roles and follows that moved, [key, state] of roles left


def preview(kept: Person, gone: Person) -> list[str]:
    """Sentences: which roles move."""
    roles = _roles(gone).select_related("policy")
    return [f"{row.policy}: {row.get_kind_display()}, moves." for row in roles]


def _roles(person: Person) -> RoleQuerySet:
    return PolicyRole.objects.filter(person=person, state__in=LIVE)


def join(kept: Person, gone: Person) -> Moved:
    """Move what the kept record has not; returns what `undo` needs."""
    left = _leave_what_both_have(kept, gone)
    roles = _roles(gone)
    role_keys = list(roles.values_list("pk", flat=True))
    PolicyRole.objects.filter(pk__in=role_keys).update(person=kept)
    follows = DraftFollow.objects.filter(person=gone)
    follows = follows.exclude(policy__in=kept.draft_follows.values("policy"))
    follow_keys = list(follows.values_list("pk", flat=True))
    DraftFollow.objects.filter(pk__in=follow_keys).update(person=kept)
    moved_roles = [str(key) for key in role_keys]
    return {
        "roles": moved_roles,
        "left": left,
        "follows": [str(key) for key in follow_keys],
        "about": moved_roles,
    }


def _leave_what_both_have(kept: Person, gone: Person) -> list[list[str]]:
    """End the gone record's roles where the kept one has its own; returns [[key, state]]."""
    both = _roles(gone).filter(policy__in=_roles(kept).values("policy"))
    left = [[str(row.pk), row.state] for row in both]
    keys = [key for key, _ in left]
    PolicyRole.objects.filter(pk__in=keys).update(state=PolicyRole.State.LEFT)
    return left


def is_clear(gone: Person) -> bool:
    """Is no role left behind?"""
    return not _roles(gone).exists()


def undo(kept: Person, gone: Person, moved: Moved) -> list[str]:
    """Give each its own again; returns sentences of what could not be as it was."""
    PolicyRole.objects.filter(pk__in=moved["roles"], person=kept).update(person=gone)
    DraftFollow.objects.filter(pk__in=moved["follows"], person=kept).update(person=gone)
    for pk, state in moved["left"]:
        PolicyRole.objects.filter(pk=pk).update(state=state)
    return []
