from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from collective.errors import RuleError
from collective.people.requests import MemberRequest
from policy_drafts.desk import writing
from policy_drafts.desk.views.sent import sent_version
from policy_drafts.drafts import contents
from policy_drafts.models import Draft, DraftBlock, Policy, Section, SectionSave
from policy_drafts.posted import as_number
from policy_drafts.roles.lead import lead_only, section_of
from policy_drafts.text import blocks, change_words, diffs
from policy_drafts.text.diffs import What

A_PAGE = 50


@lead_only
@require_safe
def compare_section(request: MemberRequest, policy: Policy, pk: UUID) -> HttpResponse:
    """This section now, against the last draft, by word, with what came from other sections."""
    section = section_of(policy, pk)
    last = policy.drafts.sealed().first()
    rows = _since(last, section)
    context = {
        "policy": policy,
        "section": section,
        "last_draft": last,
        "rows": rows,
        "summary": change_words.summary(rows),
    }
    return render(request, "policy_drafts/desk/compare.html", context)


def _since(last: Draft | None, section: Section) -> list[diffs.Row]:
    """What changed in it; the rest is read only where something may have come from there."""
    old = DraftBlock.objects.filter(draft=last, section__uid=section.pk).order_by("position")
    rows = diffs.compare(list(old) if last else [], section.blocks)
    if last is None or not any(row.what in (What.ADDED, What.REMOVED) for row in rows):
        return rows
    now = contents.of_working_copy(section.policy).sections
    changes = diffs.compare_sections(contents.of_draft(last), now)
    return next((row.rows for row in changes if row.new and row.new.uid == section.pk), rows)


@lead_only
@require_safe
def versions(request: MemberRequest, policy: Policy, pk: UUID) -> HttpResponse:
    """Every saved version of a section, newest first."""
    section = section_of(policy, pk, removed=True)
    saves = section.saves.select_related("saved_by").defer("html", "notes")
    if before := as_number(request.GET.get("before")):
        saves = saves.filter(number__lt=before)
    rows = list(saves[: A_PAGE + 1])
    context = {
        "policy": policy,
        "section": section,
        "versions": rows[:A_PAGE],
        "more": len(rows) > A_PAGE,
    }
    return render(request, "policy_drafts/desk/versions.html", context)


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: MemberRequest, policy: Policy, pk: UUID, number: int) -> HttpResponse:
    """One saved version, against the text of now; it can be made the newest again."""
    section = section_of(policy, pk, removed=True)
    row = get_object_or_404(section.saves.select_related("saved_by"), number=number)
    if request.method == "POST":
        return _restore(request, section, row)
    rows = diffs.compare(blocks.read(row.html), section.blocks)
    context = {"policy": policy, "section": section, "version": row, "rows": rows}
    return render(request, "policy_drafts/desk/version.html", context)


def _restore(request: MemberRequest, section: Section, row: SectionSave) -> HttpResponse:
    try:
        writing.restore_version(section, request.user, row, sent_version(request))
    except RuleError as error:
        messages.error(request, str(error))
        return redirect("version", section.policy.slug, section.pk, row.number)
    messages.success(request, f"Version {row.number} is restored, as the newest.")
    return redirect(section)
