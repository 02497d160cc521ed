from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from js_asset import Media

from collective import clock
from collective.errors import RuleError
from collective.pictures import NotAPicture
from policy_drafts import blocks, combining, diffs, markup, publishing, writing
from policy_drafts.forms import HeardForm, PictureForm, SectionForm
from policy_drafts.models import PolicyPicture
from policy_drafts.views.lead import lead_only, section_of

A_PAGE = 50


def whole_number(text):
    """A version number from a form; what is none is no version."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else -1


def saved_values(section):
    return {
        "title": section.title, "html": markup.without_marks(section.html), "state": section.state,
        "notes": section.notes or "",
    }  # fmt: skip


def editor_page(request, policy, section, form, *, started_from=None, status=200, **more):
    """The editor with what belongs beside it."""
    last = policy.drafts.exclude(sha256="").first()
    media = Media.from_media(form.media, nonce=str(request.csp_nonce))
    return render(request, "policy_drafts/desk/section.html", {
        "policy": policy, "section": section, "form": form, "media": media,
        "number": policy.sections.live().filter(position__lte=section.position).count(),
        "started_from": section.lock_version if started_from is None else started_from,
        "unsaved": None if form.is_bound else writing.unsaved_of(section, request.user),
        "others": writing.others_at(section, request.user),
        "last_draft": last, "last_text": last and last.sections.filter(uid=section.pk).first(),
        "heard": section.heard.all()[:A_PAGE], "heard_form": HeardForm(), "picture_form": PictureForm(), **more,
    }, status=status)  # fmt: skip


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def write_section(request, policy, pk):
    """Write one section. On a clash both texts are shown, and nothing is lost."""
    section = section_of(policy, pk)
    if request.method != "POST":
        return editor_page(request, policy, section, SectionForm(initial=saved_values(section)))
    form, started = SectionForm(request.POST), whole_number(request.POST.get("started_from"))
    if form.is_valid():
        try:
            saved = writing.save(section, request.user, started, **form.cleaned_data)
        except writing.Clash:
            return clash_page(request, policy, section, form.cleaned_data, started)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Saved: “{saved.title}”.")
            return redirect("write" if "leave" in request.POST else "write_section",
                            *([policy.slug] if "leave" in request.POST else [policy.slug, pk]))  # fmt: skip
    return editor_page(request, policy, section, form, started_from=started)


def clash_page(request, policy, section, typed, started):
    """Started-from, theirs and yours, with word diffs; the writer chooses or combines."""
    section.refresh_from_db()
    section.policy = policy
    writing.keep_typed(section, request.user, started, typed)
    origin = section.saves.filter(number=started).first()
    my_html = blocks.with_uids(typed["html"], before=origin.html if origin else section.html)
    mine = blocks.of(my_html)
    theirs, base = blocks.of(section.html), blocks.of(origin.html if origin else "")
    combined = combining.combine(origin.html if origin else section.html, my_html, section.html)
    form = SectionForm(initial={**typed, "html": combined.html})
    context = {
        "policy": policy, "section": section, "typed": typed, "origin": origin, "form": form, "combined": combined,
        "mine": diffs.compare(base, mine), "theirs": diffs.compare(base, theirs),
        "between": diffs.compare(theirs, mine),
        "media": Media.from_media(form.media, nonce=str(request.csp_nonce)), "started_from": section.lock_version,
    }  # fmt: skip
    return render(request, "policy_drafts/desk/clash.html", context, status=409)


@lead_only
@require_POST
def keep_typed(request, policy, pk):
    """What the editor sends by itself: kept for this person alone; the section does not change."""
    section = section_of(policy, pk)
    typed = {
        name: request.POST.get(name, "")[: writing.MOST_CHARACTERS] for name in ("title", "html", "state", "notes")
    }
    writing.keep_typed(section, request.user, whole_number(request.POST.get("started_from")), typed)
    kept, differs = f"{timezone.localtime(clock.now()):%H:%M:%S}", writing.unsaved_of(section, request.user) is not None
    return JsonResponse({"kept": kept, "differs": differs, **_who(section, request.user)})


def _who(section, person):
    return {"others": [str(row) for row in writing.others_at(section, person)], "version": section.lock_version}


@lead_only
@require_POST
def here(request, policy, pk):
    """I have this section open, or have closed it; who else has?"""
    section = section_of(policy, pk)
    if "gone" in request.POST:
        writing.gone(section, request.user)
    else:
        writing.here(section, request.user)
    return JsonResponse(_who(section, request.user))


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def unsaved(request, policy, pk):
    """What I typed and did not save, with its difference to now: go on with it, or let it go."""
    section = section_of(policy, pk)
    row = section.unsaved.filter(person=request.user).first()
    if row is None:
        return redirect(section)
    if request.method == "POST":
        if "let_go" in request.POST:
            row.delete()
            messages.success(request, "What you had typed is let go.")
            return redirect(section)
        return editor_page(
            request, policy, section, SectionForm(initial=row.typed), started_from=row.started_from, unsaved=None
        )
    mine = blocks.of(blocks.with_uids(row.typed.get("html", ""), before=section.html))
    rows = diffs.compare(blocks.of(section.html), mine)
    return render(
        request, "policy_drafts/desk/unsaved.html", {"policy": policy, "section": section, "row": row, "rows": rows}
    )


@lead_only
@require_safe
def compare_section(request, policy, pk):
    """This section now, against the last draft, by word."""
    section = section_of(policy, pk)
    last = policy.drafts.exclude(sha256="").first()
    old = last and next((rows for row, rows in publishing.of_draft(last) if row.uid == section.pk), None)
    rows = diffs.compare(old or [], blocks.of(section.html))
    return render(
        request, "policy_drafts/desk/compare.html",
        {"policy": policy, "section": section, "last_draft": last, "rows": rows, "summary": diffs.summary(rows)},
    )  # fmt: skip


@lead_only
@require_safe
def versions(request, policy, pk):
    """Every saved version of a section, newest first."""
    section = get_object_or_404(policy.sections.all(), pk=pk)
    section.policy = policy
    before = whole_number(request.GET.get("before"))
    rows = section.saves.select_related("saved_by").defer("html")
    rows = list((rows.filter(number__lt=before) if before > 0 else rows)[: A_PAGE + 1])
    return render(
        request, "policy_drafts/desk/versions.html",
        {"policy": policy, "section": section, "versions": rows[:A_PAGE], "more": len(rows) > A_PAGE},
    )  # fmt: skip


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def version(request, policy, pk, number):
    """One saved version, against the text of now; it can be made the newest again."""
    section = section_of(policy, pk)
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
        request, "policy_drafts/desk/version.html",
        {"policy": policy, "section": section, "version": row, "rows": rows},
    )  # fmt: skip


@lead_only
@require_POST
def add_picture(request, policy, pk):
    """Upload a picture. The editor puts it where the cursor is; without a script it is added at the end."""
    section = section_of(policy, pk)
    form = PictureForm(request.POST, request.FILES)
    wants_json = request.headers.get("Accept") == "application/json"
    if form.is_valid():
        try:
            row = PolicyPicture.from_upload(policy, form.cleaned_data["file"], request.user)
        except NotAPicture as error:
            form.add_error("file", str(error))
        else:
            html = markup.figure(row, form.cleaned_data["alternative_text"], form.cleaned_data["long_description"])
            return JsonResponse({"html": html}) if wants_json else _at_the_end(request, section, html)
    if wants_json:
        return JsonResponse({"errors": [str(words) for rows in form.errors.values() for words in rows]}, status=400)
    fresh = SectionForm(initial=saved_values(section))
    return editor_page(request, policy, section, fresh, picture_form=form)


def _at_the_end(request, section, html):
    values = {**saved_values(section), "html": section.html + html}
    try:
        writing.save(section, request.user, section.lock_version, **values)
    except RuleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The picture is at the end of the section.")
    return redirect(section)
