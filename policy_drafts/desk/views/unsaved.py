from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from collective.people.requests import MemberRequest
from policy_drafts.desk import unsaved as typed_texts
from policy_drafts.desk.forms import SectionForm
from policy_drafts.desk.values import Values
from policy_drafts.desk.views.editor import editor_page
from policy_drafts.desk.views.sent import EditorPage
from policy_drafts.models import Policy, Section, Unsaved
from policy_drafts.roles.lead import lead_only, section_of
from policy_drafts.text import blocks, diffs, limits


@dataclass(frozen=True)
class Offered:
    """What somebody typed in one editor page, with its difference to what they began with."""

    page: UUID
    typed_at: datetime
    started_from: int
    before: Values
    values: Values
    rows: list[diffs.Row]


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def unsaved(request: MemberRequest, policy: Policy, pk: UUID) -> HttpResponse:
    """What I typed and did not save, page by page: go on with it, or let it go."""
    section = section_of(policy, pk, removed=True)
    if request.method == "POST":
        return _let_go(request, section) if "let_go" in request.POST else _go_on(request, section)
    rows = typed_texts.find(section, request.user)
    if not rows:
        return redirect(section)
    offered = [_offered(section, row) for row in rows]
    context = {"policy": policy, "section": section, "unsaved": offered}
    return render(request, "policy_drafts/desk/unsaved.html", context)


def _let_go(request: MemberRequest, section: Section) -> HttpResponse:
    for page in EditorPage.of(request).keys:
        typed_texts.let_go(section, request.user, page)
    messages.success(request, "What you had typed is let go.")
    if typed_texts.find(section, request.user):
        return redirect("unsaved", section.policy.slug, section.pk)
    return redirect(section)


def _go_on(request: MemberRequest, section: Section) -> HttpResponse:
    """The editor with what was typed, in a new page that goes on with the old one."""
    page = EditorPage.of(request)
    row = Unsaved.objects.of_page(section, request.user, page.key).open().first()
    if row is None:
        messages.info(request, "That was saved or let go meanwhile.")
        return redirect(section)
    messages.info(request, "This is what you had typed. It is not saved yet.")
    form = SectionForm(initial=row.typed)
    return editor_page(request, section, form, EditorPage(row.started_from, also=(page.key,)))


def _offered(section: Section, row: Unsaved) -> Offered:
    known, typed = row.origin or section, row.typed or {}
    return Offered(
        page=row.page,
        typed_at=row.typed_at,
        started_from=row.started_from,
        before=Values.saved(known),
        values=Values.typed({"state": section.state, "title": "", **typed}),
        rows=_differences(known.html, typed.get("html", "")),
    )


def _differences(before: str, typed: str) -> list[diffs.Row]:
    """What is different; nothing for a text that is more than a section may hold."""
    if limits.refusal(typed):
        return []
    now = blocks.with_uids(typed, before=before)
    return diffs.compare(blocks.read(before), blocks.read(now))
