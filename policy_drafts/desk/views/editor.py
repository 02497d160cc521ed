import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from js_asset import Media

from collective import clock
from collective.errors import RuleError
from collective.models import Person
from collective.people.presses import form_only, press_only
from collective.people.requests import MemberRequest
from collective.safety.pictures import NotAPicture
from collective.typed.worded import asks
from policy_drafts.desk import presence, unsaved, writing
from policy_drafts.desk.forms import HeardForm, PictureForm, SectionForm
from policy_drafts.desk.values import saved_text
from policy_drafts.desk.views.clash import clash_page
from policy_drafts.desk.views.sent import EditorPage, typed_values, wants_json
from policy_drafts.models import Policy, PolicyPicture, Section
from policy_drafts.roles.lead import lead_only, owner_of, section_of
from policy_drafts.text import languages, pictures

MOST_NOTES = 50


def editor_page(
    request: MemberRequest,
    section: Section,
    form: SectionForm,
    page: EditorPage | None = None,
    **more: Any,
) -> HttpResponse:
    """The editor with what belongs beside it.

    `page` is the one that was sent, or whose text is gone on with; without it a new one is opened,
    which offers what is unsaved.
    """
    opened = page or EditorPage(section.lock_version)
    context = {
        "policy": section.policy,
        "section": section,
        "number": section.place,
        "form": form,
        "page": opened.key,
        "also": opened.also,
        "started_from": opened.started_from,
        "owner": owner_of(request),
        "media": Media.from_media(form.media, nonce=str(request.csp_nonce)),
        "unsaved": None if page else unsaved.find(section, request.user),
        "others": presence.others_at(section, request.user),
        "languages": languages.choices(),
        **_beside(section),
        **more,
    }
    return render(request, "policy_drafts/desk/section.html", context)


def _beside(section: Section) -> dict[str, Any]:
    """What stands beside the editor: the last draft, what was said, a picture to add."""
    last = section.policy.drafts.sealed().first()
    return {
        "last_draft": last,
        "last_text": last and last.sections.filter(uid=section.pk).first(),
        "heard": section.heard.all()[:MOST_NOTES],
        "heard_form": HeardForm(),
        "heard_key": uuid.uuid4(),
        "picture_form": PictureForm(),
    }


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def write_section(request: MemberRequest, policy: Policy, pk: UUID) -> HttpResponse:
    """Write one section. On a clash both texts are shown, and nothing is lost."""
    section = section_of(policy, pk, removed=True)
    if request.method == "POST":
        return _save(request, section)
    if section.removed_at:
        messages.info(request, f"“{section.title}” is taken out. You can put it back here.")
        return redirect("removed_sections", policy.slug)
    return editor_page(request, section, SectionForm(initial=saved_text(section)))


def _save(request: MemberRequest, section: Section) -> HttpResponse:
    """Save the form; returns the page that comes next.

    The editor's script hears that it is saved, or by 400 and 409 that it should send the form.
    """
    form, page = SectionForm(request.POST), EditorPage.of(request)
    if form.is_valid():
        try:
            saved = writing.save(
                section, request.user, page.started_from, pages=page.keys, **form.values
            )
        except writing.Clash:
            return _clash(request, section, form, page)
        except writing.Removed as error:
            _keep_typed(request, section, form, page)
            form.add_error(None, str(error))
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, saved)
    if wants_json(request):
        return JsonResponse({}, status=400)
    return editor_page(request, section, form, page)


def _keep_typed(
    request: MemberRequest, section: Section, form: SectionForm, page: EditorPage
) -> None:
    """Keep what could not be saved, for the writer alone; the section is as it is now."""
    policy = section.policy
    section.refresh_from_db()
    section.policy = policy
    typed = dict(form.values)
    unsaved.keep_typed(section, request.user, page.key, page.started_from, typed)


def _clash(
    request: MemberRequest, section: Section, form: SectionForm, page: EditorPage
) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({}, status=409)
    _keep_typed(request, section, form, page)
    return clash_page(request, section, form.values, page)


def _saved(request: MemberRequest, section: Section) -> HttpResponse:
    """Say that it is saved: to the editor's script, or at the desk or in the editor."""
    if wants_json(request):
        heading = f"{section.place}. {section.title}"
        saved = f"{timezone.localtime(section.edited_at):%H:%M:%S}"
        said = {"version": section.lock_version, "heading": heading, "saved": saved}
        return JsonResponse(said)
    messages.success(request, f"Saved: “{section.title}”.")
    if "leave" in request.POST:
        return redirect("write", section.policy.slug)
    return redirect(section)


@lead_only
@press_only("write_section", "slug", "pk")
def keep_typed(request: MemberRequest, policy: Policy, pk: UUID) -> HttpResponse:
    """What the editor sends by itself: kept for this person alone; the section does not change."""
    section, page = section_of(policy, pk, removed=True), EditorPage.of(request)
    typed = typed_values(request)
    try:
        differs = unsaved.keep_typed(section, request.user, page.key, page.started_from, typed)
    except RuleError as error:
        return JsonResponse({"error": str(error)}, status=413)
    said = {
        "kept": f"{timezone.localtime(clock.now()):%H:%M}",
        "differs": differs,
        "ended": not differs and unsaved.has_ended(section, request.user, page.key),
    }
    return JsonResponse(said | _now(section, request.user))


def _now(section: Section, person: Person) -> dict[str, Any]:
    """What the editor says of the section meanwhile: who else is there, and which version it is."""
    return {
        "others": [str(row) for row in presence.others_at(section, person)],
        "version": section.lock_version,
        "removed": section.removed_at is not None,
    }


@lead_only
@press_only("write_section", "slug", "pk")
def here(request: MemberRequest, policy: Policy, pk: UUID) -> HttpResponse:
    """Note that I have this section open, or have closed it; say who else has it open."""
    section = section_of(policy, pk, removed=True)
    if "gone" in request.POST:
        presence.leave(section, request.user)
    else:
        presence.enter(section, request.user)
    return JsonResponse(_now(section, request.user))


@lead_only
@form_only("write_section", "slug", "pk")
@asks(PictureForm)
def add_picture(request: MemberRequest, policy: Policy, pk: UUID) -> HttpResponse:
    """Upload a picture.

    The editor puts it where the cursor is; without a script it is added at the end.
    """
    section = section_of(policy, pk)
    form = PictureForm(request.POST, request.FILES)
    html = _stored_picture(request, policy, form) if form.is_valid() else ""
    if wants_json(request):
        errors = [str(words) for rows in form.errors.values() for words in rows]
        said = {"errors": errors} if errors else {"html": html}
        return JsonResponse(said, status=400 if errors else 200)
    if html:
        return _add_at_the_end(request, section, html)
    fresh = SectionForm(initial=saved_text(section))
    return editor_page(request, section, fresh, picture_form=form)


def _stored_picture(request: MemberRequest, policy: Policy, form: PictureForm) -> str:
    """The HTML of the picture, stored; "" where it is none, which the form says."""
    sent = form.cleaned_data
    try:
        row = PolicyPicture.from_upload(policy, sent["file"], request.user)
    except NotAPicture as error:
        form.add_error("file", str(error))
        return ""
    address = row.get_absolute_url()
    return pictures.figure(address, sent["alternative_text"], sent["long_description"])


def _add_at_the_end(request: MemberRequest, section: Section, html: str) -> HttpResponse:
    text = saved_text(section)
    text["html"] = section.html + html
    try:
        writing.save(section, request.user, section.lock_version, **text)
    except RuleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The picture is at the end of the section.")
    return redirect(section)
