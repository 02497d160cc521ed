import uuid
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from js_asset import Media

from collective import clock
from collective.errors import RuleError
from collective.safety.pictures import NotAPicture
from policy_drafts.desk import writing
from policy_drafts.desk.forms import HeardForm, PictureForm, SectionForm
from policy_drafts.drafts import publishing
from policy_drafts.models import Policy, PolicyPicture, Section
from policy_drafts.roles.lead import as_uuid, lead_only, owner_of, section_of
from policy_drafts.text import blocks, combining, diffs, markup

if TYPE_CHECKING:
    from collective.models import Person
    from collective.people.requests import MemberRequest

A_PAGE = 50


def whole_number(text: str) -> int:
    """A version number from a form; what is none is no version."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else -1


def saved_values(section: Section) -> dict[str, str]:
    return {
        "title": section.title,
        "html": markup.without_marks(section.html),
        "state": section.state,
        "notes": section.notes or "",
    }


def typed_values(request: HttpRequest):
    """What an editor page sends, as it is, with the words of its pictures in the text."""
    values = {name: request.POST.get(name, "") for name in ("title", "html", "state", "notes")}
    return {
        **values,
        "html": markup.with_words(values["html"], SectionForm.described(request.POST)),
    }


def pages_of(request: HttpRequest) -> list[UUID]:
    """[the editor page that sends this, those whose text it goes on with]: keys, each made anew
    where it is none.
    """
    first = as_uuid(request.POST.get("page")) or uuid.uuid4()
    return [first, *filter(None, map(as_uuid, request.POST.getlist("also")[: writing.MOST_PAGES]))]


def editor_page(
    request: HttpRequest,
    policy: Policy,
    section: Section,
    form: Form,
    *,
    started_from=None,
    pages=None,
    **more,
) -> HttpResponse:
    """The editor with what belongs beside it; `pages` are its key and those whose text it goes on
    with.
    """
    last = policy.drafts.sealed().first()
    page, *also = pages or [uuid.uuid4()]
    return render(
        request,
        "policy_drafts/desk/section.html",
        {
            "policy": policy,
            "section": section,
            "form": form,
            "page": page,
            "also": also,
            "owner": owner_of(request),
            "media": Media.from_media(form.media, nonce=str(request.csp_nonce)),
            "number": section.place,
            "started_from": section.lock_version if started_from is None else started_from,
            "unsaved": None if pages else writing.unsaved_of(section, request.user),
            "others": writing.others_at(section, request.user),
            "last_draft": last,
            "last_text": last and last.sections.filter(uid=section.pk).first(),
            "heard": section.heard.all()[:A_PAGE],
            "heard_form": HeardForm(),
            "heard_key": uuid.uuid4(),
            "picture_form": PictureForm(),
            **more,
        },
    )


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def write_section(request: "MemberRequest", policy: Policy, pk: UUID) -> HttpResponse:
    """Write one section. On a clash both texts are shown, and nothing is lost."""
    section = section_of(policy, pk, removed=True)
    if request.method == "POST":
        return _save(request, policy, section)
    if section.removed_at:
        messages.info(request, f"“{section.title}” is taken out. You can put it back here.")
        return redirect("removed_sections", policy.slug)
    return editor_page(request, policy, section, SectionForm(initial=saved_values(section)))


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _save(request: HttpRequest, policy: Policy, section: Section) -> HttpResponse:
    """The page that comes next; to the editor, that it is saved, or by 400 and 409 that it should
    send the form.
    """
    form, started, pages = (
        SectionForm(request.POST),
        whole_number(request.POST.get("started_from")),
        pages_of(request),
    )
    if form.is_valid():
        try:
            saved = writing.save(section, request.user, started, pages=pages, **form.values)
        except writing.Clash:
            if wants_json(request):
                return JsonResponse({}, status=409)
            return clash_page(request, policy, section, form.values, started, pages)
        except writing.Removed as error:
            section.refresh_from_db()
            writing.keep_typed(section, request.user, pages[0], started, form.values)
            form.add_error(None, str(error))
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            if wants_json(request):
                return _saved(saved)
            messages.success(request, f"Saved: “{saved.title}”.")
            return redirect("write", policy.slug) if "leave" in request.POST else redirect(section)
    if wants_json(request):
        return JsonResponse({}, status=400)
    return editor_page(request, policy, section, form, started_from=started, pages=pages)


def _saved(section: Section) -> JsonResponse:
    at = f"{timezone.localtime(section.edited_at):%H:%M:%S}"
    return JsonResponse(
        {
            "version": section.lock_version,
            "heading": f"{section.place}. {section.title}",
            "saved": at,
        }
    )


def clash_page(
    request: HttpRequest, policy: Policy, section: Section, typed, started: int, pages: list[UUID]
) -> HttpResponse:
    """Started-from, theirs and yours, with word diffs; the writer chooses or combines."""
    section.refresh_from_db()
    section.policy = policy
    writing.keep_typed(section, request.user, pages[0], started, typed)
    origin = section.saves.filter(number=started).first()
    base = origin.html if origin else ""
    my_html = blocks.with_uids(typed["html"], before=base or section.html)
    mine, theirs = blocks.of(my_html), blocks.of(section.html)
    combined = combining.combine(base or section.html, my_html, section.html)
    values = [
        combining.Values.of(origin or section),
        combining.Values.typed(typed),
        combining.Values.of(section),
    ]
    form = SectionForm(initial={**vars(combining.combine_values(*values)), "html": combined.html})
    context = {
        "policy": policy,
        "section": section,
        "typed": typed,
        "origin": origin,
        "form": form,
        "combined": combined,
        "mine": diffs.compare(blocks.of(base), mine),
        "theirs": diffs.compare(blocks.of(base), theirs),
        "between": diffs.compare(theirs, mine),
        "values": values,
        "page": uuid.uuid4(),
        "also": pages,
        "owner": owner_of(request),
        "media": Media.from_media(form.media, nonce=str(request.csp_nonce)),
        "started_from": section.lock_version,
    }
    return render(request, "policy_drafts/desk/clash.html", context, status=409)


@lead_only
@require_POST
def keep_typed(request: "MemberRequest", policy: Policy, pk: UUID) -> JsonResponse:
    """What the editor sends by itself: kept for this person alone; the section does not change."""
    section, page = section_of(policy, pk, removed=True), pages_of(request)[0]
    started = whole_number(request.POST.get("started_from"))
    try:
        differs = writing.keep_typed(section, request.user, page, started, typed_values(request))
    except RuleError as error:
        return JsonResponse({"error": str(error)}, status=413)
    kept = f"{timezone.localtime(clock.now()):%H:%M:%S}"
    ended = not differs and writing.has_ended(section, request.user, page)
    return JsonResponse(
        {"kept": kept, "differs": differs, "ended": ended, **_who(section, request.user)}
    )


def _who(section: Section, person: "Person") -> dict[str, bool | int | list[str]]:
    others = [str(row) for row in writing.others_at(section, person)]
    return {
        "others": others,
        "version": section.lock_version,
        "removed": section.removed_at is not None,
    }


@lead_only
@require_POST
def here(request: "MemberRequest", policy: Policy, pk: UUID) -> JsonResponse:
    """I have this section open, or have closed it; who else has?"""
    section = section_of(policy, pk, removed=True)
    if "gone" in request.POST:
        writing.gone(section, request.user)
    else:
        writing.here(section, request.user)
    return JsonResponse(_who(section, request.user))


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def unsaved(request: "MemberRequest", policy: Policy, pk: UUID) -> HttpResponse:
    """What I typed and did not save, page by page, with its difference to now: go on with it, or
    let it go.
    """
    section = section_of(policy, pk, removed=True)
    if request.method == "POST" and "let_go" in request.POST:
        for page in pages_of(request):
            writing.let_go(section, request.user, page)
        messages.success(request, "What you had typed is let go.")
        return (
            redirect("unsaved", policy.slug, pk)
            if writing.unsaved_of(section, request.user)
            else redirect(section)
        )
    if request.method == "POST":
        page = pages_of(request)[0]
        row = section.unsaved.open().filter(person=request.user, page=page).first()
        if row is None:
            messages.info(request, "That was saved or let go meanwhile.")
            return redirect(section)
        messages.info(request, "This is what you had typed. It is not saved yet.")
        return editor_page(
            request,
            policy,
            section,
            SectionForm(initial=row.typed),
            started_from=row.started_from,
            pages=[uuid.uuid4(), page],
        )
    rows = writing.unsaved_of(section, request.user)
    for row in rows:
        base = row.origin.html if row.origin else section.html
        row.rows = diffs.compare(
            blocks.of(base), blocks.of(blocks.with_uids(row.typed.get("html", ""), before=base))
        )
        row.before = combining.Values.of(row.origin or section)
        row.values = combining.Values.typed({"state": section.state, "title": "", **row.typed})
    if not rows:
        return redirect(section)
    context = {"policy": policy, "section": section, "unsaved": rows}
    return render(request, "policy_drafts/desk/unsaved.html", context)


@lead_only
@require_safe
def compare_section(request: "MemberRequest", policy: Policy, pk: UUID) -> HttpResponse:
    """This section now, against the last draft, by word."""
    section = section_of(policy, pk)
    last = policy.drafts.sealed().first()
    old = last and next(
        (rows for row, rows in publishing.of_draft(last) if row.uid == section.pk), None
    )
    rows = diffs.compare(old or [], blocks.of(section.html))
    return render(
        request,
        "policy_drafts/desk/compare.html",
        {
            "policy": policy,
            "section": section,
            "last_draft": last,
            "rows": rows,
            "summary": diffs.summary(rows),
        },
    )


@lead_only
@require_safe
def versions(request: "MemberRequest", policy: Policy, pk: UUID) -> HttpResponse:
    """Every saved version of a section, newest first."""
    section = section_of(policy, pk, removed=True)
    before = whole_number(request.GET.get("before"))
    rows = section.saves.select_related("saved_by").defer("html", "notes")
    rows = list((rows.filter(number__lt=before) if before > 0 else rows)[: A_PAGE + 1])
    return render(
        request,
        "policy_drafts/desk/versions.html",
        {
            "policy": policy,
            "section": section,
            "versions": rows[:A_PAGE],
            "more": len(rows) > A_PAGE,
        },
    )


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: "MemberRequest", policy: Policy, pk: UUID, number: int) -> HttpResponse:
    """One saved version, against the text of now; it can be made the newest again."""
    section = section_of(policy, pk, removed=True)
    row = get_object_or_404(section.saves.select_related("saved_by"), number=number)
    if request.method == "POST":
        try:
            started = whole_number(request.POST.get("started_from"))
            writing.restore_version(section, request.user, row, started)
        except RuleError as error:
            messages.error(request, str(error))
            return redirect("version", policy.slug, pk, number)
        messages.success(request, f"Version {number} is restored, as the newest.")
        return redirect(section)
    rows = diffs.compare(blocks.of(row.html), blocks.of(section.html))
    return render(
        request,
        "policy_drafts/desk/version.html",
        {"policy": policy, "section": section, "version": row, "rows": rows},
    )


@lead_only
@require_POST
def add_picture(request: "MemberRequest", policy: Policy, pk: UUID) -> HttpResponse:
    """Upload a picture.

    The editor puts it where the cursor is; without a script it is added at the end.
    """
    section = section_of(policy, pk)
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            row = PolicyPicture.from_upload(policy, form.cleaned_data["file"], request.user)
        except NotAPicture as error:
            form.add_error("file", str(error))
        else:
            html = markup.figure(
                row, form.cleaned_data["alternative_text"], form.cleaned_data["long_description"]
            )
            return (
                JsonResponse({"html": html})
                if wants_json(request)
                else _at_the_end(request, section, html)
            )
    if wants_json(request):
        return JsonResponse(
            {"errors": [str(words) for rows in form.errors.values() for words in rows]}, status=400
        )
    fresh = SectionForm(initial=saved_values(section))
    return editor_page(request, policy, section, fresh, picture_form=form)


def _at_the_end(request: HttpRequest, section: Section, html: str) -> HttpResponseRedirect:
    values = {**saved_values(section), "html": section.html + html}
    try:
        writing.save(section, request.user, section.lock_version, **values)
    except RuleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The picture is at the end of the section.")
    return redirect(section)
