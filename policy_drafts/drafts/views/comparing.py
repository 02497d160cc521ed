from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from policy_drafts.drafts import histories
from policy_drafts.drafts.comparing import compare, in_text
from policy_drafts.drafts.views.reading import (
    draft_with_role,
    may_read,
    role_of,
    visible_policy,
)
from policy_drafts.models import Draft, PolicyRole
from policy_drafts.posted import as_number

SECTIONS = 25  # of a whole text with its changes, a page
MOMENTS = 10  # of a section's history, a page


@require_safe
def changes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What changed from an earlier draft (the one before, or `?from=`), by block and by word."""
    new, role = draft_with_role(request, slug, number)
    if not may_read(new, role):
        return redirect(new)
    context = _compared(request, new, role)
    return render(request, "policy_drafts/drafts/changes.html", context)


@require_safe
def changes_in_text(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The whole text of a draft, with what changed in it since an earlier one; some at a time."""
    new, role = draft_with_role(request, slug, number)
    if not may_read(new, role):
        return redirect(new)
    context = _compared(request, new, role)
    comparison = context["comparison"]
    if comparison is None:
        return redirect("changes", slug, number)
    pages = Paginator(comparison.sections, SECTIONS)
    context["page"] = pages.get_page(request.GET.get("page"))
    context["shown"] = [(change, in_text(change)) for change in context["page"]]
    return render(request, "policy_drafts/drafts/changes_in_text.html", context)


@require_safe
def section_history(request: HttpRequest, slug: str, uid: UUID) -> HttpResponse:
    """One section through all drafts that this person may read, the newest first."""
    policy = visible_policy(request, slug)
    drafts = list(policy.drafts.visible_to(request.user).not_withdrawn().defer("news"))
    pages = Paginator(histories.moments(uid, drafts), MOMENTS)
    if not pages.count:
        raise Http404
    for draft in drafts:
        draft.policy = policy
    page = pages.get_page(request.GET.get("page"))
    steps = histories.steps(uid, list(page))
    context = {
        "policy": policy,
        "role": role_of(request, policy),
        "page": page,
        "steps": steps,
        "title": steps[0].title,
    }
    return render(request, "policy_drafts/drafts/section_history.html", context)


def _compared(request: HttpRequest, new: Draft, role: PolicyRole | None) -> dict[str, Any]:
    """The draft beside an earlier one, and the others that it can be compared with."""
    standing = Draft.objects.visible_to(request.user).not_withdrawn()
    earlier = list(standing.filter(policy=new.policy, number__lt=new.number))
    old = _chosen(request.GET.get("from", ""), earlier)
    told = [new, *(row for row in earlier if old and row.number > old.number)]
    return {
        "policy": new.policy,
        "draft": new,
        "role": role,
        "earlier": earlier,
        "old": old,
        "comparison": compare(old, new, told) if old else None,
        "news": told,
        "words": "words" in request.GET,
    }


def _chosen(chosen: str, earlier: list[Draft]) -> Draft | None:
    """The draft to compare with: the one of `?from=`, or 404; else the one before, if there is."""
    if not chosen:
        return earlier[0] if earlier else None
    number = as_number(chosen)
    found = next((row for row in earlier if row.number == number), None)
    if found is None:
        raise Http404
    return found
