from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from collective.safety import uploads
from policy_drafts.drafts import answering
from policy_drafts.drafts.readable import ReadableSection, readable
from policy_drafts.models import (
    Draft,
    DraftFile,
    DraftSection,
    Policy,
    PolicyPicture,
    PolicyRole,
)
from policy_drafts.text import reading

A_PAGE, MOST_DRAFTS = 50, 500
A_DAY = 86400  # seconds


def visible_policy(request: HttpRequest, slug: str) -> Policy:
    """The policy, or 404 for somebody who may read no draft of it and has no role in it."""
    return get_object_or_404(Policy.objects.visible_to(request.user), slug=slug)


def follows(request: HttpRequest, policy: Policy) -> bool:
    """Is this person told of new drafts because they asked to be?"""
    return request.user.is_authenticated and policy.follows.filter(person=request.user).exists()


def role_of(request: HttpRequest, policy: Policy) -> PolicyRole | None:
    """What this person is in the policy: their role, or None."""
    if not request.user.is_authenticated:
        return None
    return PolicyRole.objects.held_by(request.user).filter(policy=policy).first()


def draft_with_role(
    request: HttpRequest, slug: str, number: int
) -> tuple[Draft, PolicyRole | None]:
    """A draft that this person may read, with its policy, and their role.

    To others there is no such page.
    """
    drafts = Draft.objects.visible_to(request.user).select_related("policy")
    found = get_object_or_404(drafts, policy__slug=slug, number=number)
    return found, role_of(request, found.policy)


def may_read(draft: Draft, role: PolicyRole | None) -> bool:
    """Is the text shown? That of a withdrawn draft only to leads."""
    return not draft.is_withdrawn or (role is not None and role.is_lead)


def draft_page(
    request: HttpRequest, draft: Draft, role: PolicyRole | None, others: list[Draft]
) -> HttpResponse:
    """A draft to read, one among these; of one that was withdrawn, that it was and why."""
    is_readable = may_read(draft, role)
    has_links = "links" in request.GET
    context = {
        "policy": draft.policy,
        "draft": draft,
        "sections": _sections(draft, has_links=has_links) if is_readable else [],
        "role": role,
        "is_lead": role is not None and role.is_lead,
        "links": has_links,
        "follows": follows(request, draft.policy),
        **_among_others(draft, others),
        "files": [],
        "versions": [],
    }
    if context["sections"]:
        context |= {"files": _files(draft), "versions": draft.other_versions.all()}
    context["asks"] = draft == context["newest"] and not context["is_lead"]
    if context["asks"]:
        context["talks"] = answering.talks_about(draft.policy, request.user)
    return render(request, "policy_drafts/drafts/draft.html", context)


def _sections(draft: Draft, *, has_links: bool) -> list[ReadableSection]:
    found = []
    for section in draft.sections.all():
        body = reading.for_reading(section.html)
        found.append(readable(section, reading.with_links(body) if has_links else body))
    return found


def _readable_drafts(request: HttpRequest, policy: Policy) -> list[Draft]:
    """The drafts of a policy that this person may read, the newest first, without their news."""
    found = list(policy.drafts.visible_to(request.user).defer("news")[:MOST_DRAFTS])
    for row in found:
        row.policy = policy
    return found


def _among_others(draft: Draft, others: list[Draft]) -> dict[str, Any]:
    """Where the draft stands among those that this person may read: the newest, an earlier one."""
    standing = [row for row in others if not row.is_withdrawn]
    newest = standing[0] if standing else None
    is_newest_withdrawn = bool(others) and others[0].is_withdrawn
    return {
        "newest": newest,
        "withdrawn": others[0] if is_newest_withdrawn and newest == draft else None,
        "has_earlier": any(row.number < draft.number for row in standing),
    }


def _files(draft: Draft) -> list[DraftFile]:
    """The draft's files for everybody who can read it now, in the order of their kinds."""
    found = {row.kind: row for row in draft.files.filter(audience=draft.audience)}
    return [found[kind] for kind in DraftFile.Kind if kind in found]


def _readable(request: HttpRequest, slug: str, number: int) -> Draft:
    """A draft whose text this person may read, or 404."""
    found, role = draft_with_role(request, slug, number)
    if not may_read(found, role):
        raise Http404
    return found


@require_safe
def draft_file(request: HttpRequest, slug: str, number: int, kind: str) -> FileResponse:
    """A draft as a file, as a download."""
    draft = _readable(request, slug, number)
    ready = draft.files.filter(audience=draft.audience, state=DraftFile.State.READY)
    row = get_object_or_404(ready, kind=kind)
    row.draft = draft
    return FileResponse(uploads.opened(row.file), as_attachment=True, filename=row.download_name)


@require_safe
def other_version(request: HttpRequest, slug: str, number: int, version_pk: UUID) -> FileResponse:
    """Easy read, audio or another version of a draft, as a download."""
    draft = _readable(request, slug, number)
    row = get_object_or_404(draft.other_versions.exclude(file=""), pk=version_pk)
    return FileResponse(uploads.opened(row.file), as_attachment=True, filename=row.download_name)


@require_safe
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest draft that this person may read; for a role without a draft yet, what comes."""
    found = visible_policy(request, slug)
    role, drafts = role_of(request, found), _readable_drafts(request, found)
    newest = next((row for row in drafts if not row.is_withdrawn), None)
    if newest:
        return draft_page(request, newest, role, drafts)
    context = {
        "policy": found,
        "role": role,
        "withdrawn": drafts[0] if drafts else None,
        "follows": follows(request, found),
    }
    return render(request, "policy_drafts/drafts/nothing_yet.html", context)


@require_safe
def draft(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One draft, for ever at this address."""
    found, role = draft_with_role(request, slug, number)
    return draft_page(request, found, role, _readable_drafts(request, found.policy))


@require_safe
def drafts(request: HttpRequest, slug: str) -> HttpResponse:
    """All drafts that this person may read: when, for whom, and what was new."""
    found = visible_policy(request, slug)
    rows = found.drafts.visible_to(request.user)[:A_PAGE]
    for row in rows:
        row.policy = found
    context = {
        "policy": found,
        "drafts": rows,
        "role": role_of(request, found),
        "follows": follows(request, found),
    }
    return render(request, "policy_drafts/drafts/drafts.html", context)


@require_safe
def policy_picture(request: HttpRequest, pk: UUID) -> FileResponse:
    """A picture, for its leads and for people who may read a draft in which it stands."""
    row = get_object_or_404(PolicyPicture.objects.select_related("policy"), pk=pk)
    if not Policy.objects.led_by(request.user).filter(pk=row.policy_id).exists():
        drafts = Draft.objects.visible_to(request.user).not_withdrawn().filter(policy=row.policy_id)
        if not DraftSection.objects.filter(draft__in=drafts, html__contains=str(pk)).exists():
            raise Http404
    response = FileResponse(uploads.opened(row.file), content_type="image/webp")
    patch_cache_control(response, private=True, max_age=A_DAY)
    return response
