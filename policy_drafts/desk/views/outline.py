import uuid
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collective.errors import RuleError
from policy_drafts.desk import outline, writing
from policy_drafts.desk.forms import HeardForm, SectionForm, SplitForm, TitleForm
from policy_drafts.desk.views import editor
from policy_drafts.drafts import publishing
from policy_drafts.models import Heard, Policy, Section
from policy_drafts.roles.lead import as_uuid, lead_only, section_of
from policy_drafts.text import blocks, diffs, reading_ease

if TYPE_CHECKING:
    from collective.models import Person
    from collective.people.requests import MemberRequest

MOST_NOTES = 100


def _rows(policy: Policy, person: "Person"):
    """The outline: each section with its number, size, ease, and what changed since the last
    draft.
    """
    found, unsaved = (
        list(policy.sections.live().select_related("edited_by")),
        writing.unsaved_in(policy, person),
    )
    last = policy.drafts.sealed().first()
    now = [(row, blocks.of(row.html)) for row in publishing_order(found)]
    changes = diffs.compare_sections(publishing.of_draft(last), now) if last else []
    words = {
        str(change.new.uid): change.words for change in changes if change.new and change.is_changed
    }
    there = writing.editors_in(policy, person)
    for section, its_blocks in now:
        text = "\n".join(block.text for block in its_blocks)
        section.words, section.ease = reading_ease.count(text), reading_ease.ease(text)
        section.has_unsaved = section.pk in unsaved
        section.changed, section.editors = words.get(str(section.pk), ""), there.get(section.pk, [])
    return found, last, [change.old for change in changes if not change.new]


def publishing_order(sections):
    """Number the sections, as a draft would."""
    for number, section in enumerate(sections, 1):
        section.number, section.uid = number, section.pk
        yield section


def outline_page(
    request: HttpRequest, policy: Policy, *, form: Form | None = None, heard_form=None
) -> HttpResponse:
    rows, last, taken_out = _rows(policy, request.user)
    return render(
        request,
        "policy_drafts/desk/outline.html",
        {
            "new_key": as_uuid(request.POST.get("key")) or uuid.uuid4(),
            "policy": policy,
            "sections": rows,
            "last_draft": last,
            "taken_out": taken_out,
            "words": sum(row.words for row in rows),
            "add_form": form or TitleForm(),
            "heard_form": heard_form or HeardForm(),
            "form": form or heard_form,
            "heard": policy.heard.filter(section=None)[:MOST_NOTES],
            "removed": policy.sections.removed().count(),
        },
    )


@lead_only
@require_safe
def write(request: "MemberRequest", policy: Policy) -> HttpResponse:
    """The desk: every section, and the acts that change the outline."""
    return outline_page(request, policy)


@lead_only
@require_POST
def add_section(request: "MemberRequest", policy: Policy) -> HttpResponse:
    form = TitleForm(request.POST)
    if form.is_valid():
        try:
            key = as_uuid(request.POST.get("key"))
            made = outline.add(policy, request.user, form.cleaned_data["title"], key=key)
        except RuleError as error:
            form.add_error("title", str(error))
        else:
            return redirect("write_section", policy.slug, made.pk)
    return outline_page(request, policy, form=form)


@lead_only
@require_POST
def move_section(request: "MemberRequest", policy: Policy, pk: UUID) -> HttpResponseRedirect:
    """One place up or down; the page comes back where the section is now."""
    section, step = (
        section_of(policy, pk, removed=True),
        {"up": -1, "down": 1}.get(request.POST.get("to")),
    )
    seen = editor.whole_number(request.POST.get("position"))
    try:
        if step and outline.move(section, step, position=seen if seen > 0 else None):
            messages.success(
                request,
                f"“{section.title}” is one place {'further up' if step < 0 else 'further down'}.",
            )
    except RuleError as error:
        messages.error(request, str(error))
    return redirect(f"{policy.get_absolute_url()}write/#s-{section.pk}")


def _act(request: HttpRequest, section: Section, act, words: str) -> HttpResponseRedirect:
    try:
        act()
    except RuleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect("write", section.policy.slug)


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def split_section(request: "MemberRequest", policy: Policy, pk: UUID) -> HttpResponse:
    """Make two sections of one: which paragraph begins the second."""
    section = section_of(policy, pk, removed=True)
    tops = [(row.uid, Truncator(row.text).chars(80)) for row in outline.beginnings(section)]
    form = SplitForm(request.POST or None, choices=tops)
    if request.method == "POST" and form.is_valid():
        try:
            outline.split(
                section, request.user, form.cleaned_data["block"], form.cleaned_data["title"]
            )
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "There are two sections now.")
            return redirect("write", policy.slug)
    return render(
        request,
        "policy_drafts/desk/split.html",
        {"policy": policy, "section": section, "form": form, "tops": tops},
    )


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def merge_section(request: "MemberRequest", policy: Policy, pk: UUID) -> HttpResponse:
    """Put it at the end of the section before it, after a yes."""
    section = section_of(policy, pk, removed=request.method == "POST")
    before = (
        policy.sections.live()
        .filter(position__lt=section.position or 0)
        .order_by("-position")
        .first()
    )
    if request.method == "POST":
        return _act(
            request,
            section,
            lambda: outline.merge(section, request.user),
            "The two sections are one now.",
        )
    return render(
        request,
        "policy_drafts/desk/merge.html",
        {
            "policy": policy,
            "section": section,
            "before": before,
            "others": writing.others_at(section, request.user),
        },
    )


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def remove_section(request: "MemberRequest", policy: Policy, pk: UUID) -> HttpResponse:
    """Take it out, after a yes; it can be put back."""
    section = section_of(policy, pk, removed=request.method == "POST")
    if request.method == "POST":
        return _act(
            request,
            section,
            lambda: outline.remove(section),
            f"“{section.title}” is taken out. You can put it back: see “Removed sections”.",
        )
    others = writing.others_at(section, request.user)
    return render(
        request,
        "policy_drafts/desk/remove.html",
        {"policy": policy, "section": section, "others": others},
    )


@lead_only
@require_safe
def removed_sections(request: "MemberRequest", policy: Policy) -> HttpResponse:
    """What was taken out, to put back."""
    rows = (
        policy.sections.removed().select_related("merged_into").order_by("-removed_at")[:MOST_NOTES]
    )
    return render(request, "policy_drafts/desk/removed.html", {"policy": policy, "sections": rows})


@lead_only
@require_POST
def put_back_section(request: "MemberRequest", policy: Policy, pk: UUID) -> HttpResponseRedirect:
    section = section_of(policy, pk, removed=True)
    return _act(
        request,
        section,
        lambda: outline.put_back(section, request.user),
        f"“{section.title}” is back, at the end.",
    )


@lead_only
@require_POST
def add_heard(request: "MemberRequest", policy: Policy) -> HttpResponse:
    """Note what was said, about the whole policy or beside a section."""
    form = HeardForm(request.POST)
    key, note_key = (
        as_uuid(request.POST.get("section")),
        as_uuid(request.POST.get("key")) or uuid.uuid4(),
    )
    section = (
        policy.sections.live().select_related("edited_by").filter(pk=key).first() if key else None
    )
    if section:
        section.policy = policy
    if not form.is_valid() and section:
        fresh = SectionForm(initial=editor.saved_values(section))
        return editor.editor_page(
            request, policy, section, fresh, heard_form=form, heard_key=note_key
        )
    if not form.is_valid():
        return outline_page(request, policy, heard_form=form)
    if Heard.objects.filter(pk=note_key).exists():  # a doubled click
        return redirect(section or f"{policy.get_absolute_url()}write/#heard")
    form.instance.pk, form.instance.policy, form.instance.section = note_key, policy, section
    form.instance.words, form.instance.noted_by = form.cleaned_data["words"], request.user
    form.save()
    messages.success(request, "Noted.")
    return redirect(section or f"{policy.get_absolute_url()}write/#heard")


@lead_only
@require_POST
def remove_heard(request: "MemberRequest", policy: Policy, note_pk) -> HttpResponseRedirect:
    note = get_object_or_404(policy.heard.all(), pk=note_pk)
    note.delete()
    messages.success(request, "The note is removed.")
    return redirect("write", policy.slug)
