"""What must hold of drafts and roles: `manage.py check_invariants` asks for it."""

from collections.abc import Iterator
from uuid import UUID

from collective.background.invariants import Broken, broken_of
from policy_drafts.drafts import check_sums
from policy_drafts.models import Draft, PolicyRole
from policy_drafts.models.role import LIVE


def broken() -> Broken:
    """What does not hold, and for which rows; empty if all is well."""
    of_joined = PolicyRole.objects.filter(state__in=LIVE, person__joined_into__isnull=False)
    return broken_of(
        {
            "a draft is sealed once it is there": Draft.objects.filter(sha256="").values_list(
                "pk", flat=True
            ),
            "a draft is what its check sum says": _changed(),
            "no role is left with a joined record": of_joined.values_list("pk", flat=True),
        }
    )


def _changed() -> Iterator[UUID]:
    """The drafts whose text is not what was published."""
    for draft in Draft.objects.sealed().select_related("policy"):
        if check_sums.sha256_now(draft) != draft.sha256:
            yield draft.pk
