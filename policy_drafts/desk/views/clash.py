import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from js_asset import Media

from collective.people.requests import MemberRequest
from policy_drafts.desk.forms import SectionForm
from policy_drafts.desk.values import SectionText, Values, combine_values
from policy_drafts.desk.views.sent import EditorPage
from policy_drafts.models import Section, SectionSave
from policy_drafts.roles.lead import owner_of
from policy_drafts.text import blocks, combining, diffs


def clash_page(
    request: MemberRequest, section: Section, typed: SectionText, page: EditorPage
) -> HttpResponse:
    """Started-from, theirs and yours, with word diffs; the writer chooses or combines.

    The section is as it is now.
    """
    origin = section.saves.filter(number=page.started_from).first()
    base = origin.html if origin else ""
    mine = blocks.with_uids(typed["html"], before=base or section.html)
    combined = combining.combine(base or section.html, mine, section.html)
    values = _values(section, typed, origin)
    form = SectionForm(initial={**vars(combine_values(*values)), "html": combined.html})
    context = {
        "policy": section.policy,
        "section": section,
        "typed": typed,
        "origin": origin,
        "form": form,
        "combined": combined,
        **_differences(base, mine, section.html),
        "values": values,
        "page": uuid.uuid4(),
        "also": page.keys,
        "owner": owner_of(request),
        "media": Media.from_media(form.media, nonce=str(request.csp_nonce)),
        "started_from": section.lock_version,
    }
    return render(request, "policy_drafts/desk/clash.html", context, status=409)


def _values(
    section: Section, typed: SectionText, origin: SectionSave | None
) -> tuple[Values, Values, Values]:
    """Title, state and notes: what both began with, mine, and theirs."""
    return Values.saved(origin or section), Values.typed(typed), Values.saved(section)


def _differences(base: str, mine: str, theirs: str) -> dict[str, Any]:
    """What I changed, what they changed, and what is different between the two."""
    began, my, their = blocks.read(base), blocks.read(mine), blocks.read(theirs)
    return {
        "mine": diffs.compare(began, my),
        "theirs": diffs.compare(began, their),
        "between": diffs.compare(their, my),
    }
