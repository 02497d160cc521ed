"""What the page of a call says of the drafts of its policy: what to read, or for whom it is."""

from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Exists, OuterRef

from collective.models import Call
from collective.models.person import Visitor
from policy_drafts.models import Audience, Draft, Policy, PolicyRole

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

MOST = 500


class IsTheirs(TypedDict):
    """What is asked of each draft besides: may this visitor read it?"""

    is_theirs: bool


@dataclass
class DraftsOfCall:
    """What somebody may read, and the widest circle that has a newer draft before them.

    Of a draft that is not theirs nothing else is told: no title, address, number or news.
    """

    to_read: list[Policy] = field(default_factory=list)
    withdrawn: list[Policy] = field(default_factory=list)
    to_come: list[Policy] = field(default_factory=list)  # theirs to work on, without a draft yet
    only_for: str = ""
    is_newer: bool = False  # is all of that newer than what they may read of the same policy?


def drafts_of(call: Call, visitor: Visitor) -> DraftsOfCall:
    """What this visitor may read in the call, and for whom there is more, by the newest drafts."""
    of_policies = _of_policies(call, visitor)
    found = DraftsOfCall(to_come=_to_come(call, visitor, list(of_policies)))
    hidden: set[str] = set()
    has_none: set[str] = set()  # the circles of policies of which they may read no draft
    for policy in sorted(of_policies, key=lambda row: row.title):
        rows = of_policies[policy]
        standing = [row for row in rows if not row.is_withdrawn]
        newer = list(takewhile(lambda row: not row.is_theirs, standing))
        hidden.update(row.audience for row in newer)
        if len(newer) < len(standing):
            found.to_read.append(policy)
            continue
        has_none.update(row.audience for row in newer)
        if any(row.is_theirs for row in rows):
            found.withdrawn.append(policy)
    found.only_for = next((row for row in reversed(Audience.values) if row in hidden), "")
    found.is_newer = found.only_for not in has_none
    return found


def _of_policies(
    call: Call, visitor: Visitor
) -> dict[Policy, list["WithAnnotations[Draft, IsTheirs]"]]:
    """The drafts of each policy of the call, the newest first: one query."""
    visible = Draft.objects.visible_to(visitor).filter(pk=OuterRef("pk"))
    sealed = Draft.objects.sealed().filter(policy__rounds__call=call)
    drafts = sealed.select_related("policy").defer("news", "withdrawn_because")
    found: dict[Policy, list[WithAnnotations[Draft, IsTheirs]]] = {}
    for row in drafts.annotate(is_theirs=Exists(visible))[:MOST]:
        found.setdefault(row.policy, []).append(row)
    return found


def _to_come(call: Call, visitor: Visitor, with_drafts: list[Policy]) -> list[Policy]:
    """The policies without a draft in which this visitor has a role: one query, or none."""
    if not visitor.is_authenticated:
        return []
    held = PolicyRole.objects.held_by(visitor).values("policy")
    rows = Policy.objects.filter(rounds__call=call, pk__in=held)
    return list(rows.exclude(pk__in=[row.pk for row in with_drafts]))
