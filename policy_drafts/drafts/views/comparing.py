from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from policy_drafts.drafts.comparing import compare
from policy_drafts.drafts.views.reading import draft_with_role, may_read
from policy_drafts.models import Draft, PolicyRole
from policy_drafts.posted import as_number


@require_safe
def changes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What changed from an earlier draft (the one before, or `?from=`), by block and by word."""
    new, role = draft_with_role(request, slug, number)
    if not may_read(new, role):
        return redirect(new)
    context = _compared(request, new, role)
    return render(request, "policy_drafts/drafts/changes.html", context)


def _compared(request: HttpRequest, new: Draft, role: PolicyRole | None) -> dict[str, Any]:
    """The draft beside an earlier one, and the others that it can be compared with."""
    standing = Draft.objects.visible_to(request.user).not_withdrawn()
    earlier = standing.filter(policy=new.policy, number__lt=new.number)
    old = _chosen(request, earlier)
    return {
        "policy": new.policy,
        "draft": new,
        "role": role,
        "earlier": earlier,
        "comparison": compare(old, new) if old else None,
        "news": [new, *(earlier.filter(number__gt=old.number) if old else [])],
        "words": "words" in request.GET,
    }


def _chosen(request: HttpRequest, earlier: QuerySet[Draft]) -> Draft | None:
    """The draft to compare with: the one of `?from=`, or 404; else the one before, if there is."""
    chosen = request.GET.get("from", "")
    number = as_number(chosen)
    found = (earlier if number is None else earlier.filter(number=number)).first()
    if chosen and found is None:
        raise Http404
    return found
