from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from collective.errors import RuleError
from collective.people.presses import press_only
from collective.people.requests import MemberRequest
from policy_drafts.desk import bringing_in, work
from policy_drafts.desk.forms import ImportForm
from policy_drafts.desk.incoming import (
    Choice,
    asks_once,
    fingerprint,
    left_out,
    list_of,
    not_in_file,
    sections_in,
)
from policy_drafts.desk.readers.parts import NO_TITLE
from policy_drafts.desk.views.sent import wants_json
from policy_drafts.models import Import, Policy, WorkingCopyFile
from policy_drafts.posted import as_number
from policy_drafts.roles.lead import lead_only

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

STAYS = "What did not come along stays listed under “Bring in a text”, until you are done with it."


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: MemberRequest, policy: Policy) -> HttpResponse:
    """A file or pasted text: a worker reads it, then it is looked through. Nothing is saved yet."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            brought = bringing_in.bring(policy, request.user, *form.brought)
        except RuleError as error:
            form.add_error("file" if form.cleaned_data.get("file") else "text", str(error))
        else:
            return redirect("look_through", policy.slug, brought.pk)
    kept = bringing_in.unfinished(policy, request.user)
    context = {"policy": policy, "form": form, "kept": kept}
    return render(request, "policy_drafts/desk/bring_in.html", context)


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def look_through(request: MemberRequest, policy: Policy, import_pk: UUID) -> HttpResponse:
    """What the file holds, section by section, with what is different; then the yes."""
    mine = policy.imports.filter(person=request.user)
    if wants_json(request):
        mine = mine.defer("file", "held")  # large, and asked for again and again
    brought = get_object_or_404(mine, pk=import_pk)
    brought.policy = policy
    if brought.confirmed_at and not wants_json(request):
        messages.info(request, "You are done with this file: it is not kept here any more.")
        return redirect("write", policy.slug)
    if response := _not_yet(request, brought):
        return response
    asked = request.POST.get("headings") or request.GET.get("headings")
    if request.method == "POST":
        return _confirm(request, brought, by_bold_lines=asked == "bold")
    found = sections_in(brought, by_bold_lines=asked == "bold")
    last_draft = policy.drafts.sealed().defer("news").first()
    context = {
        "policy": policy,
        "brought": brought,
        "rows": sorted(found, key=lambda row: row.is_same),
        "held": brought.held,
        "left_out": left_out(brought),
        "shown": fingerprint(found),
        "asks_once": asks_once(found),
        "last_draft": last_draft,
        "saved_since": [
            row.number for row in found if last_draft and row.was_saved_after(last_draft)
        ],
        "not_in_file": not_in_file(found),
        "by_bold_lines": list_of(brought, by_bold_lines=asked == "bold") == "by_bold_lines",
        "is_settled": "list" in brought.contents,
        "has_no_headings": [row.title for row in found] == [NO_TITLE],
    }
    return render(request, "policy_drafts/desk/look_through.html", context)


def _chosen(request: MemberRequest, brought: Import, *, by_bold_lines: bool) -> dict[int, str]:
    """{number of a section of the file: what is to be done with it}"""
    chosen = {
        number: str(choice)
        for name, choice in request.POST.items()
        if name.startswith("row-") and (number := as_number(name.removeprefix("row-"))) is not None
    }
    if request.POST.get("all") == Choice.TAKE:
        found = sections_in(brought, by_bold_lines=by_bold_lines)
        chosen |= {row.number: row.taken for row in found if row.section and row.is_changed}
    return chosen


def _confirm(request: MemberRequest, brought: Import, *, by_bold_lines: bool) -> HttpResponse:
    """Bring in what was chosen and say so; the page again where it has to be looked at again."""
    chosen = _chosen(request, brought, by_bold_lines=by_bold_lines)
    shown = request.POST.get("shown", "")
    try:
        outcome = bringing_in.confirm(
            brought, request.user, chosen, shown, by_bold_lines=by_bold_lines
        )
    except RuleError as error:
        messages.error(request, str(error))
        return redirect(request.get_full_path())
    messages.success(request, _done(outcome))
    if not outcome.left:
        if bringing_in.words_missing(brought):
            messages.info(request, STAYS)
        return redirect("write", brought.policy.slug)
    titles = ", ".join(f"“{title}”" for title in outcome.left)
    messages.info(request, f"Left as they were: {titles}. The file stays here until you are done.")
    return redirect(request.get_full_path())


def _done(outcome: bringing_in.Outcome) -> str:
    """What was brought in, in a sentence or two."""
    sections = "section is" if outcome.done == 1 else "sections are"
    said = f"{outcome.done or 'No'} {sections} brought in."
    if outcome.noted == 1:
        said += " 1 comment or suggestion is kept as a note."
    elif outcome.noted:
        said += f" {outcome.noted} comments and suggestions are kept as notes."
    return said


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def finish_import(request: MemberRequest, policy: Policy, import_pk: UUID) -> HttpResponse:
    """The writer is done with a file, after a yes: it says what goes with it."""
    brought = get_object_or_404(policy.imports.filter(person=request.user), pk=import_pk)
    brought.policy = policy
    if request.method == "POST" or brought.confirmed_at:
        bringing_in.finish(brought)
        messages.success(request, f"Done: “{brought.name}” is no longer kept here.")
        return redirect("write", policy.slug)
    left = [row.title for row in sections_in(brought) if not row.is_same]
    context = {
        "policy": policy,
        "brought": brought,
        "left": left,
        "notes": brought.contents["notes"],
        "missing": bringing_in.words_missing(brought),
    }
    return render(request, "policy_drafts/desk/finish_import.html", context)


def _not_yet(request: MemberRequest, row: work.Row) -> HttpResponse | None:
    """A page that waits for a worker, or says why there is nothing; None for what is ready.

    To the script of that page, which asks again and again, only whether it is over.
    """
    if wants_json(request):
        return JsonResponse({"waits": row.is_waiting})
    if row.is_waiting:
        work.wait_for(row)
    if not row.is_waiting and not row.has_failed:
        return None
    return render(request, "policy_drafts/desk/wait.html", {"policy": row.policy, "row": row})


@lead_only
@press_only("bring_in", "slug")
def working_copy(request: MemberRequest, policy: Policy) -> HttpResponse:
    """The working copy as a Word file for others to write into; it comes back by `bring_in`."""
    return redirect(
        "working_copy_file", policy.slug, bringing_in.order_working_copy(policy, request.user).pk
    )


@lead_only
@require_safe
def working_copy_file(request: MemberRequest, policy: Policy, copy_pk: UUID) -> HttpResponse:
    """The Word file that somebody asked for, once it is made."""
    row = get_object_or_404(WorkingCopyFile.objects.filter(person=request.user), pk=copy_pk)
    if row.policy_id != policy.pk:
        raise Http404
    row.policy = policy
    if response := _not_yet(request, row):
        return response
    response = HttpResponse(work.content_of(row.file), content_type=WORD)
    name = f"{slugify(policy.title) or 'policy'}-working-copy-not-published.docx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
