"""Roles and follows of two records that are one person: they move.

Where both have one, the kept record's stays.
"""

from typing import Any

from django.db.models import QuerySet

from collective.models import Person, RecordJoin
from collective.people.record_joins import Along
from policy_drafts.models import DraftFollow, Import, PolicyRole, Unsaved
from policy_drafts.models.role import LIVE, RoleQuerySet

Moved = dict[str, list[Any]]  # keys of roles and follows that moved, [key, state] of roles left


def preview(kept: Person, gone: Person) -> list[str]:
    """Sentences: which roles move."""
    roles = _roles(gone).select_related("policy")
    return [f"{row.policy}: {row.get_kind_display()}, moves." for row in roles]


def _roles(person: Person) -> RoleQuerySet:
    return PolicyRole.objects.filter(person=person, state__in=LIVE)


def comes_along(person: Person) -> list[Along]:
    """Their part in policies, which lets them read and write what is not public."""
    number = _roles(person).count()
    return [Along(f"Roles in policies: {number}.")] if number else []


def moves(person: Person) -> list[str]:
    """Their part in policies."""
    number = _roles(person).count()
    return [f"Parts in writing policies: {number}."] if number else []


def join(kept: Person, gone: Person, row: RecordJoin) -> Moved:
    """Move what the kept record has not; returns what `undo` needs."""
    left = _leave_what_both_have(kept, gone)
    roles = _roles(gone)
    role_keys = list(roles.values_list("pk", flat=True))
    PolicyRole.objects.filter(pk__in=role_keys).update(person=kept)
    follow_keys = list(_follows_of_its_own(kept, gone).values_list("pk", flat=True))
    DraftFollow.objects.filter(pk__in=follow_keys).update(person=kept)
    moved_roles = [str(key) for key in role_keys]
    return {
        "roles": moved_roles,
        "left": left,
        "follows": [str(key) for key in follow_keys],
        "typed": _hand_what_was_typed(kept, gone),
        "about": moved_roles,
    }


def _follows_of_its_own(kept: Person, gone: Person) -> QuerySet[DraftFollow]:
    """Those of the other record that the kept one has not too."""
    mine = DraftFollow.objects.filter(person=kept)
    return DraftFollow.objects.filter(person=gone).exclude(policy__in=mine.values("policy"))


def _hand_what_was_typed(kept: Person, gone: Person) -> list[list[str]]:
    """Texts that were not saved yet, or not decided on, stay theirs; returns their keys."""
    found = []
    for rows in (Unsaved.objects.open().filter(person=gone), _undecided(gone)):
        keys = list(rows.values_list("pk", flat=True))
        rows.model._default_manager.filter(pk__in=keys).update(person=kept)
        found.append([str(key) for key in keys])
    return found


def _undecided(person: Person) -> QuerySet[Import]:
    return Import.objects.filter(person=person, confirmed_at=None)


def _leave_what_both_have(kept: Person, gone: Person) -> list[list[str]]:
    """End the gone record's roles where the kept one has its own; returns [[key, state]]."""
    both = _roles(gone).filter(policy__in=_roles(kept).values("policy"))
    left = [[str(row.pk), row.state] for row in both]
    keys = [key for key, _ in left]
    PolicyRole.objects.filter(pk__in=keys).update(state=PolicyRole.State.LEFT)
    return left


def is_clear(kept: Person, gone: Person) -> bool:
    """Is no role, no follow and no text left behind?"""
    typed = Unsaved.objects.open().filter(person=gone)
    rows: list[QuerySet[Any]] = [
        _roles(gone),
        _follows_of_its_own(kept, gone),
        typed,
        _undecided(gone),
    ]
    return not any(found.exists() for found in rows)


def undo(kept: Person, gone: Person, moved: Moved) -> list[str]:
    """Give each its own again; returns sentences of what could not be as it was."""
    PolicyRole.objects.filter(pk__in=moved["roles"], person=kept).update(person=gone)
    DraftFollow.objects.filter(pk__in=moved["follows"], person=kept).update(person=gone)
    unsaved, undecided = moved.get("typed", [[], []])
    Unsaved.objects.filter(pk__in=unsaved, person=kept).update(person=gone)
    Import.objects.filter(pk__in=undecided, person=kept).update(person=gone)
    for pk, state in moved["left"]:
        PolicyRole.objects.filter(pk=pk).update(state=state)
    return []
