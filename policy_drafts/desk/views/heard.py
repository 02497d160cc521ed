import uuid
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from collective.people.presses import form_only, press_only
from collective.people.requests import MemberRequest
from collective.typed.worded import asks
from policy_drafts.desk.forms import HeardForm, SectionForm
from policy_drafts.desk.values import saved_text
from policy_drafts.desk.views.editor import editor_page
from policy_drafts.desk.views.outline import outline_page
from policy_drafts.models import Heard, Policy, Section
from policy_drafts.posted import as_uuid
from policy_drafts.roles.lead import lead_only


@lead_only
@form_only("write", "slug")
@asks(HeardForm)
def add_heard(request: MemberRequest, policy: Policy) -> HttpResponse:
    """Note what was said, about the whole policy or beside a section."""
    form = HeardForm(request.POST)
    key = as_uuid(request.POST.get("key")) or uuid.uuid4()
    section = _section_of_note(policy, as_uuid(request.POST.get("section")))
    if not form.is_valid():
        return _page_with(request, policy, section, form, key)
    if not Heard.objects.filter(pk=key).exists():  # else it is a doubled click
        form.save_note(key, policy, section, request.user)
        messages.success(request, "Noted.")
    return redirect(section or f"{policy.get_absolute_url()}write/#heard")


def _section_of_note(policy: Policy, key: UUID | None) -> Section | None:
    if key is None:
        return None
    section = policy.sections.live().select_related("edited_by").filter(pk=key).first()
    if section:
        section.policy = policy
    return section


def _page_with(
    request: MemberRequest, policy: Policy, section: Section | None, form: HeardForm, key: UUID
) -> HttpResponse:
    """The page from which the form came, with what is wrong with it."""
    if section is None:
        return outline_page(request, policy, heard_form=form)
    fresh = SectionForm(initial=saved_text(section))
    return editor_page(request, section, fresh, heard_form=form, heard_key=key)


@lead_only
@press_only("write", "slug")
def remove_heard(request: MemberRequest, policy: Policy, note_pk: UUID) -> HttpResponse:
    """Remove a note of what was said."""
    get_object_or_404(policy.heard.all(), pk=note_pk).delete()
    messages.success(request, "The note is removed.")
    return redirect("write", policy.slug)
