from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from collective.safety.link_keys import is_key
from policy_drafts.drafts import publishing
from policy_drafts.models import (
    Draft,
    DraftFile,
    DraftFollow,
    DraftSection,
    Policy,
    PolicyPicture,
    PolicyRole,
)
from policy_drafts.text import diffs, markup

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest

A_PAGE, MOST_DRAFTS = 50, 500


def _policy(request: HttpRequest, slug: str) -> Policy:
    return get_object_or_404(Policy.objects.visible_to(request.user), slug=slug)


def _role(request: HttpRequest, policy: Policy) -> PolicyRole | None:
    """What this person is in the policy: their role, or None."""
    if not request.user.is_authenticated:
        return None
    return PolicyRole.objects.held_by(request.user).filter(policy=policy).first()


def _draft(request: HttpRequest, slug: str, number: int) -> tuple[Draft, PolicyRole | None]:
    """A draft that this person may read; its policy and their role with it.

    To others there is no such page.
    """
    drafts = Draft.objects.visible_to(request.user).select_related("policy")
    found = get_object_or_404(drafts, policy__slug=slug, number=number)
    return found, _role(request, found.policy)


def draft_page(request: HttpRequest, draft: Draft, role: PolicyRole | None) -> HttpResponse:
    """A draft to read; of one that was withdrawn, that it was and why."""
    others = list(draft.policy.drafts.visible_to(request.user).defer("news")[:MOST_DRAFTS])
    newest = next((row for row in others if not row.is_withdrawn), None)
    is_lead = role is not None and role.is_lead
    for row in others:
        row.policy = draft.policy
    sections = []
    if is_lead or not draft.is_withdrawn:
        sections = list(draft.sections.all())
        for section in sections:
            section.body = markup.for_reading(section.html)
            if "links" in request.GET:
                section.body = markup.with_links(section.body)
    return render(
        request,
        "policy_drafts/drafts/draft.html",
        {
            "policy": draft.policy,
            "draft": draft,
            "sections": sections,
            "newest": newest,
            "role": role,
            "withdrawn": others[0]
            if others and others[0].is_withdrawn and newest == draft
            else None,
            "has_earlier": any(
                row.number < draft.number and not row.is_withdrawn for row in others
            ),
            "is_lead": is_lead,
            "links": "links" in request.GET,
            "follows": _follows(request, draft.policy),
            "files": _files(draft) if sections else [],
            "versions": draft.other_versions.all() if sections else [],
        },
    )


def _files(draft: Draft):
    """The draft's files for who can read it now, in the order of their kinds."""
    found = {row.kind: row for row in draft.files.filter(audience=draft.audience)}
    return [found[kind] for kind in DraftFile.Kind if kind in found]


def _readable(request: HttpRequest, slug: str, number: int) -> Draft:
    """A draft whose text this person may read: not one that was withdrawn, but for its leads."""
    found, role = _draft(request, slug, number)
    if found.is_withdrawn and not (role and role.is_lead):
        raise Http404
    return found


@require_safe
def draft_file(request: HttpRequest, slug: str, number: int, kind) -> FileResponse:
    """A draft as a file, as a download."""
    draft = _readable(request, slug, number)
    ready = draft.files.filter(audience=draft.audience, state=DraftFile.State.READY)
    row = get_object_or_404(ready, kind=kind)
    row.draft = draft
    return FileResponse(row.file.open(), as_attachment=True, filename=row.download_name)


@require_safe
def other_version(request: HttpRequest, slug: str, number: int, version_pk) -> FileResponse:
    """Easy read, audio or another version of a draft, as a download."""
    draft = _readable(request, slug, number)
    row = get_object_or_404(draft.other_versions.exclude(file=""), pk=version_pk)
    return FileResponse(row.file.open(), as_attachment=True, filename=row.download_name)


def _follows(request: HttpRequest, policy: Policy) -> bool:
    return request.user.is_authenticated and policy.follows.filter(person=request.user).exists()


@require_safe
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest draft that this person may read; for who has a role and no draft yet, what
    comes.
    """
    found = _policy(request, slug)
    role, newest = _role(request, found), found.newest_draft(request.user)
    if newest is None:
        withdrawn = found.drafts.visible_to(request.user).exclude(withdrawn_at=None).first()
        context = {
            "policy": found,
            "role": role,
            "withdrawn": withdrawn,
            "follows": _follows(request, found),
        }
        return render(request, "policy_drafts/drafts/nothing_yet.html", context)
    newest.policy = found
    return draft_page(request, newest, role)


@require_safe
def draft(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One draft, for ever at this address."""
    return draft_page(request, *_draft(request, slug, number))


@require_safe
def drafts(request: HttpRequest, slug: str) -> HttpResponse:
    """All drafts that this person may read: when, for whom, and what was new."""
    found = _policy(request, slug)
    rows = found.drafts.visible_to(request.user)[:A_PAGE]
    for row in rows:
        row.policy = found
    context = {
        "policy": found,
        "drafts": rows,
        "role": _role(request, found),
        "follows": _follows(request, found),
    }
    return render(request, "policy_drafts/drafts/drafts.html", context)


@require_safe
def changes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What changed from an earlier draft (the one before, or `?from=`), block by block and word by
    word.
    """
    new, role = _draft(request, slug, number)
    if new.is_withdrawn and not (role and role.is_lead):
        return redirect(new)
    earlier = (
        Draft.objects.visible_to(request.user)
        .not_withdrawn()
        .filter(policy=new.policy, number__lt=number)
    )
    chosen = request.GET.get("from", "")
    old = (
        earlier.filter(number=int(chosen)).first()
        if chosen.isdecimal() and len(chosen) < 9
        else earlier.first()
    )
    if chosen and old is None:
        raise Http404
    news = list(earlier.filter(number__gt=old.number)) if old else []
    found = (
        diffs.compare_sections(publishing.of_draft(old), publishing.of_draft(new)) if old else []
    )
    return render(
        request,
        "policy_drafts/drafts/changes.html",
        {
            "policy": new.policy,
            "draft": new,
            "old": old,
            "earlier": earlier,
            "changes": found,
            "role": role,
            "news": [new, *news],
            "unchanged": [row for row in found if not row.is_changed],
        },
    )


@require_safe
def policy_picture(request: HttpRequest, pk: UUID) -> FileResponse:
    """A picture for who may read a draft in which it stands, or who writes the policy."""
    row = get_object_or_404(PolicyPicture.objects.select_related("policy"), pk=pk)
    if not Policy.objects.led_by(request.user).filter(pk=row.policy_id).exists():
        drafts = Draft.objects.visible_to(request.user).not_withdrawn().filter(policy=row.policy_id)
        if not DraftSection.objects.filter(draft__in=drafts, html__contains=str(pk)).exists():
            raise Http404
    response = FileResponse(row.file.open(), content_type="image/webp")
    patch_cache_control(response, private=True, max_age=86400)
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow_policy(request: "MemberRequest", slug: str) -> HttpResponse:
    """Tell me when the next draft is out; or no longer."""
    found = _policy(request, slug)
    if request.method == "POST":
        if "stop" in request.POST:
            found.follows.filter(person=request.user).delete()
            messages.success(request, "We no longer tell you of new drafts.")
        else:
            DraftFollow.objects.get_or_create(policy=found, person=request.user)
            messages.success(
                request,
                "We will write to you when the next draft is out. One click there stops it.",
            )
        return redirect(found)
    return render(
        request,
        "policy_drafts/drafts/follow.html",
        {"policy": found, "follows": _follows(request, found)},
    )


# a mail program posts here by itself (RFC 8058), without a cookie; the key says who may
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop_draft_news(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One click in the mail stops the news of drafts."""
    if not is_key(request.GET.get("key", ""), "draft-news", pk):
        raise Http404
    if request.method == "POST":
        DraftFollow.objects.filter(pk=pk).delete()
        return render(request, "collective/stopped.html", {"what": "this news", "where": "policy"})
    found = DraftFollow.objects.filter(pk=pk).select_related("policy").first()
    return render(
        request, "collective/stop.html", {"what": "news about new drafts" if found else ""}
    )
