import uuid
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods, require_safe

from collective.errors import RuleError
from collective.models import Person
from collective.people.presses import form_only, press_only
from collective.people.requests import MemberRequest
from collective.typed.worded import asks
from policy_drafts.desk import outline, presence, unsaved
from policy_drafts.desk.forms import HeardForm, PlaceForm, SplitForm, TitleForm
from policy_drafts.drafts import contents
from policy_drafts.models import Draft, Policy, Section
from policy_drafts.posted import as_number, as_uuid
from policy_drafts.roles.lead import lead_only, section_of
from policy_drafts.text import change_words, diffs, reading_ease
from policy_drafts.text.blocks import Block

MOST_NOTES = 100
Numbered = list[tuple[Section, list[Block]]]
STEPS = {"up": outline.UP, "down": outline.DOWN}


def _sections(policy: Policy) -> Numbered:
    """The sections of now with their blocks, numbered as a draft would be."""
    sections = policy.sections.live().select_related("edited_by")
    found = []
    for number, section in enumerate(sections, 1):
        section.number, section.uid = number, section.pk
        found.append((section, section.blocks))
    return found


def _describe(section: Section, blocks: Sequence[Block]) -> None:
    """Say how long the section is, and how easy to read."""
    text = "\n".join(block.text for block in blocks)
    section.words, section.ease = reading_ease.count(text), reading_ease.ease(text)


def _changes_since(
    draft: Draft | None, now: Sequence[diffs.WithBlocks]
) -> list[diffs.SectionChange]:
    return diffs.compare_sections(contents.of_draft(draft), now) if draft else []


def _say_what_changed(now: Numbered, changes: Sequence[diffs.SectionChange]) -> None:
    words = {
        row.new.uid: change_words.of_section(row) for row in changes if row.new and row.is_changed
    }
    for section, _ in now:
        section.changed = words.get(section.pk, "")


def _say_what_is_under_way(policy: Policy, person: Person, now: Numbered) -> None:
    """What this person typed there and did not save, and who else writes there."""
    typed = unsaved.find_in_policy(policy, person)
    editors = presence.editors_in(policy, person)
    for section, _ in now:
        section.has_unsaved = section.pk in typed
        section.editors = editors.get(section.pk, [])


def _outline(policy: Policy, person: Person) -> dict[str, Any]:
    """The sections with what the outline says of each, and what was taken out since the draft."""
    now = _sections(policy)
    last = policy.drafts.sealed().first()
    changes = _changes_since(last, now)
    for section, blocks in now:
        _describe(section, blocks)
    _say_what_changed(now, changes)
    _say_what_is_under_way(policy, person, now)
    return {
        "sections": [section for section, _ in now],
        "words": sum(section.words for section, _ in now),
        "last_draft": last,
        "taken_out": [change for change in changes if not change.new],
    }


def outline_page(
    request: MemberRequest,
    policy: Policy,
    *,
    title_form: TitleForm | None = None,
    heard_form: HeardForm | None = None,
) -> HttpResponse:
    """The desk: every section, and the acts that change the outline; with a form that was sent."""
    return render(
        request,
        "policy_drafts/desk/outline.html",
        {
            **_outline(policy, request.user),
            "policy": policy,
            "new_key": as_uuid(request.POST.get("key")) or uuid.uuid4(),
            "add_form": title_form or TitleForm(),
            "heard_form": heard_form or HeardForm(),
            "form": title_form or heard_form,
            "heard": policy.heard.filter(section=None)[:MOST_NOTES],
            "removed": policy.sections.removed().count(),
        },
    )


@lead_only
@require_safe
def write(request: MemberRequest, policy: Policy) -> HttpResponse:
    """The desk."""
    return outline_page(request, policy)


@lead_only
@form_only("write", "slug")
@asks(TitleForm)
def add_section(request: MemberRequest, policy: Policy) -> HttpResponse:
    """Add a section at the end, and go on to write it."""
    form = TitleForm(request.POST)
    if form.is_valid():
        key = as_uuid(request.POST.get("key"))
        try:
            made = outline.add(policy, request.user, form.cleaned_data["title"], key=key)
        except RuleError as error:
            form.add_error("title", str(error))
        else:
            messages.success(request, f"“{made.title}” is added.")
            return redirect("write_section", policy.slug, made.pk)
    return outline_page(request, policy, title_form=form)


@lead_only
@press_only("write", "slug")
def move_section(request: MemberRequest, policy: Policy, pk: UUID) -> HttpResponse:
    """One place up or down; the page comes back where the section is now."""
    section = section_of(policy, pk, removed=True)
    step = STEPS.get(request.POST.get("to", ""))
    seen_at = as_number(request.POST.get("position")) or None
    try:
        if step and outline.move(section, step, position=seen_at):
            where = "further up" if step == outline.UP else "further down"
            messages.success(request, f"“{section.title}” is one place {where}.")
    except RuleError as error:
        messages.error(request, str(error))
    return redirect(f"{policy.get_absolute_url()}write/#s-{section.pk}")


@lead_only
@form_only("write", "slug")
@asks(PlaceForm)
def place_section(request: MemberRequest, policy: Policy, pk: UUID) -> HttpResponse:
    """To the place that was said; the page comes back where the section is now."""
    section = section_of(policy, pk, removed=True)
    wanted = as_number(request.POST.get("place", "").strip()) or 0
    seen_at = as_number(request.POST.get("position")) or None
    try:
        was, place = outline.move_to(section, wanted, position=seen_at)
    except RuleError as error:
        messages.error(request, f"“{section.title}” is not moved. {error}")
    else:
        before = f" It was number {was}." if was != place else ""
        messages.success(request, f"“{section.title}” is number {place} now.{before}")
    return redirect(f"{policy.get_absolute_url()}write/#s-{section.pk}")


def _act(
    request: HttpRequest, section: Section, act: Callable[[], object], done: str
) -> HttpResponse:
    """Act, say that it is done or why not, and go back to the desk."""
    try:
        act()
    except RuleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("write", section.policy.slug)


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
@asks(SplitForm)
def split_section(request: MemberRequest, policy: Policy, pk: UUID) -> HttpResponse:
    """Make two sections of one: which paragraph begins the second."""
    section = section_of(policy, pk, removed=True)
    tops = [(row.uid, Truncator(row.text).chars(80)) for row in outline.beginnings(section)]
    form = SplitForm(request.POST or None, blocks=tops)
    if request.method == "POST" and form.is_valid():
        block, title = form.cleaned_data["block"], form.cleaned_data["title"]
        try:
            outline.split(section, request.user, block, title)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "There are two sections now.")
            return redirect("write", policy.slug)
    context = {"policy": policy, "section": section, "form": form, "tops": tops}
    return render(request, "policy_drafts/desk/split.html", context)


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def merge_section(request: MemberRequest, policy: Policy, pk: UUID) -> HttpResponse:
    """Put it at the end of the section before it, after a yes."""
    section = section_of(policy, pk, removed=request.method == "POST")
    if request.method == "POST":
        done = "The two sections are one now."
        return _act(request, section, lambda: outline.merge(section, request.user), done)
    context = {
        "policy": policy,
        "section": section,
        "before": outline.before(section),
        "others": presence.others_at(section, request.user),
    }
    return render(request, "policy_drafts/desk/merge.html", context)


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def remove_section(request: MemberRequest, policy: Policy, pk: UUID) -> HttpResponse:
    """Take it out, after a yes; it can be put back."""
    section = section_of(policy, pk, removed=request.method == "POST")
    if request.method == "POST":
        done = f"“{section.title}” is taken out. You can put it back: see “Removed sections”."
        return _act(request, section, lambda: outline.remove(section), done)
    others = presence.others_at(section, request.user)
    context = {"policy": policy, "section": section, "others": others}
    return render(request, "policy_drafts/desk/remove.html", context)


@lead_only
@require_safe
def removed_sections(request: MemberRequest, policy: Policy) -> HttpResponse:
    """What was taken out, to put back."""
    removed = policy.sections.removed().select_related("merged_into").order_by("-removed_at")
    context = {"policy": policy, "sections": removed[:MOST_NOTES]}
    return render(request, "policy_drafts/desk/removed.html", context)


@lead_only
@press_only("removed_sections", "slug")
def put_back_section(request: MemberRequest, policy: Policy, pk: UUID) -> HttpResponse:
    """Put a removed section back, at the end."""
    section = section_of(policy, pk, removed=True)
    done = f"“{section.title}” is back, at the end."
    return _act(request, section, lambda: outline.put_back(section, request.user), done)
