import uuid
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message
from collective.people.presses import press_only
from collective.people.requests import MemberRequest
from collective.typed.worded import asks
from policy_drafts import emails, kinds
from policy_drafts.desk import presence, unsaved, work
from policy_drafts.desk.views.sent import wants_json
from policy_drafts.drafts import contents, publishing, reasons, trying
from policy_drafts.drafts.forms import AudienceForm, PublishForm, VersionForm, WithdrawForm
from policy_drafts.drafts.recipients import newly_told
from policy_drafts.drafts.rehearsing import Rehearsal
from policy_drafts.drafts.rehearsing import rehearse as rehearse_publishing
from policy_drafts.models import Audience, Draft, OtherVersion, Policy
from policy_drafts.posted import as_uuid
from policy_drafts.roles.lead import lead_only


@dataclass(frozen=True)
class Asked:
    """What the page of a rehearsal asks: to look at it for an audience, or to publish."""

    audience: Audience
    is_other_audience: bool  # than the one that the writer looked at
    publishes: bool
    tries: bool  # to make the files
    key: UUID
    based_on: str
    news: str

    @classmethod
    def of(cls, request: MemberRequest) -> Self:
        """What the form or the address asks; a key that is none is made anew."""
        looked_at = request.POST.get("audience")
        audience = _audience(request.POST.get("for") or looked_at or request.GET.get("for"))
        return cls(
            audience=audience,
            is_other_audience=audience != looked_at,
            publishes="publish" in request.POST,
            tries="try" in request.POST,
            key=as_uuid(request.POST.get("key")) or uuid.uuid4(),
            based_on=request.POST.get("based_on", ""),
            news=request.POST.get("news", ""),
        )

    def is_about_another_text(self, fingerprint: str) -> bool:
        """Was another text shown than this one, to whoever pressed a button of the page?"""
        return (self.publishes or self.based_on != "") and self.based_on != fingerprint


def _audience(value: str | None) -> Audience:
    return Audience(value) if value in Audience.values else Audience.WORKING_GROUP


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
@asks(PublishForm)
def rehearse(request: MemberRequest, policy: Policy) -> HttpResponse:
    """What publishing would do, for whom, and what a reader would stumble over; then the yes."""
    asked = Asked.of(request)
    if wants_json(request):
        return JsonResponse({"waits": _is_trying(policy)})
    if asked.publishes:
        return _publish(request, policy, asked)
    if asked.tries:
        _try(policy, contents.fingerprint(policy))
    form = PublishForm(initial={"news": asked.news})
    return _rehearsal_page(request, policy, asked, form)


def _publish(request: MemberRequest, policy: Policy, asked: Asked) -> HttpResponse:
    """Publish what was shown, once; else the page again, with what is wrong.

    Of another text than was shown no file is made.
    """
    if before := policy.drafts.filter(request_key=asked.key).first():
        words = f"Draft {before.number} is published from that page. It was not published again."
        messages.info(request, words)
        return redirect(before)
    is_as_shown = asked.based_on == contents.fingerprint(policy)
    lacks = is_as_shown and _try(policy, asked.based_on)
    form = PublishForm(request.POST, can_go_without=lacks)
    if asked.is_other_audience:
        form.add_error(None, "You chose other readers. Look at what that does, then publish.")
    if not form.is_valid() or not is_as_shown:
        return _rehearsal_page(request, policy, asked, form)
    try:
        trying.check(policy, asked.based_on, without=form.cleaned_data.get("without", False))
        draft = publishing.publish(
            policy,
            request.user,
            audience=asked.audience,
            news=form.cleaned_data["news"],
            confirmed=publishing.Confirmed(asked.key, asked.based_on),
        )
    except publishing.Changed:  # which the page says
        return _rehearsal_page(request, policy, asked, form)
    except trying.NotTried as wait:
        messages.info(request, str(wait))
        return _rehearsal_page(request, policy, asked, form)
    except RuleError as error:
        form.add_error(None, str(error))
        return _rehearsal_page(request, policy, asked, form)
    messages.success(request, f"Draft {draft.number} is published, and people are told.")
    return redirect(draft)


def _try(policy: Policy, based_on: str) -> bool:
    """Let a worker make the files, and wait a moment. Returns whether some cannot be made."""
    trial = trying.order(policy, based_on)
    work.wait_for(trial)
    return not trial.is_waiting and bool(trying.lacking(trial))


def _is_trying(policy: Policy) -> bool:
    """Is a worker making the files of the text as it is now?"""
    trial = trying.find(policy, contents.fingerprint(policy))
    return trial is not None and trial.is_waiting


def _rehearsal_page(
    request: MemberRequest, policy: Policy, asked: Asked, form: PublishForm
) -> HttpResponse:
    plan = rehearse_publishing(policy, asked.audience)
    if asked.is_about_another_text(plan.based_on):
        messages.error(request, str(publishing.Changed()))
    reasons.tell_waiting(plan.changes, policy, plan.number)
    context = {
        "policy": policy,
        "form": form,
        "plan": plan,
        "key": asked.key,
        "audience": asked.audience,
        "audiences": Audience,
        "preview": _preview(request, policy, plan, asked),
        **_under_way(request, policy),
    }
    return render(request, "policy_drafts/desk/rehearse.html", context)


def _under_way(request: MemberRequest, policy: Policy) -> dict[str, Any]:
    """What is not saved yet: sections in which I typed something, and people who write now."""
    typed = unsaved.find_in_policy(policy, request.user)
    editors = presence.editors_in(policy, request.user)
    return {
        "unsaved": [rows[0].section for rows in typed.values()],
        "editors": sorted({name for names in editors.values() for name in names}),
    }


def _preview(
    request: MemberRequest, policy: Policy, plan: Rehearsal, asked: Asked
) -> dict[str, str]:
    """The mail as people would read it."""
    draft = Draft(
        policy=policy,
        number=plan.number,
        policy_title=policy.title,
        audience=asked.audience,
        news=asked.news,
    )
    letter = emails.letter_about(draft)
    message = Message(
        person=request.user, kind=kinds.DRAFT_PUBLISHED, channel=Message.Channel.EMAIL
    )
    return {"subject": letter.subject, "html": mail.render(message, letter, "preview")}


def _draft(policy: Policy, number: int) -> Draft:
    return get_object_or_404(policy.drafts.sealed(), number=number)


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
@asks(AudienceForm)
def open_draft(request: MemberRequest, policy: Policy, number: int) -> HttpResponse:
    """Open a draft to more people: an act of its own, with its own mail."""
    draft = _draft(policy, number)
    form = AudienceForm(request.POST or None, audiences=draft.wider)
    if request.method == "POST" and form.is_valid() and _open(request, draft, form):
        return redirect("draft", policy.slug, number)
    context = {
        "policy": policy,
        "draft": draft,
        "form": form,
        "told": [(row.label, newly_told(draft, row).count()) for row in draft.wider],
        "is_earlier": policy.drafts.sealed().not_withdrawn().filter(number__gt=number).exists(),
    }
    return render(request, "policy_drafts/desk/open.html", context)


def _open(request: MemberRequest, draft: Draft, form: AudienceForm) -> bool:
    """Open the draft and say so; False where that is refused, which the form says."""
    try:
        opened = publishing.open_to(draft, Audience(form.cleaned_data["audience"]))
    except RuleError as error:
        form.add_error(None, str(error))
        return False
    readers = opened.get_audience_display().lower()
    messages.success(request, f"Who can read draft {draft.number} now: {readers}.")
    return True


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
@asks(WithdrawForm)
def withdraw_draft(request: MemberRequest, policy: Policy, number: int) -> HttpResponse:
    """Withdraw a draft: number, day and reason stay."""
    draft, form = _draft(policy, number), WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            publishing.withdraw(draft, request.user, form.cleaned_data["because"])
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Draft {number} is withdrawn.")
            return redirect("drafts", policy.slug)
    context = {"policy": policy, "draft": draft, "form": form}
    return render(request, "policy_drafts/desk/withdraw.html", context)


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
@asks(VersionForm)
def other_versions(request: MemberRequest, policy: Policy, number: int) -> HttpResponse:
    """Easy read, audio, BSL, another language: what there is for this draft, and adding one."""
    draft = _draft(policy, number)
    version = OtherVersion(draft=draft)
    form = VersionForm(request.POST or None, request.FILES or None, instance=version)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"“{version.name}” is with draft {number}.")
        return redirect("other_versions", policy.slug, number)
    context = {"policy": policy, "draft": draft, "form": form}
    return render(request, "policy_drafts/desk/versions_of_draft.html", context)


@lead_only
@press_only("other_versions", "slug", "number")
def remove_version(
    request: MemberRequest, policy: Policy, number: int, version_pk: UUID
) -> HttpResponse:
    """It was wrong or is out of date: the draft itself stays as it is."""
    get_object_or_404(_draft(policy, number).other_versions.all(), pk=version_pk).delete()
    messages.success(request, "It is removed.")
    return redirect("other_versions", policy.slug, number)
