import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from collective.errors import RuleError
from collective.messages import mail
from collective.models import Message, Person
from policy_drafts import emails
from policy_drafts.desk import writing
from policy_drafts.drafts import publishing
from policy_drafts.drafts.forms import AudienceForm, PublishForm, VersionForm, WithdrawForm
from policy_drafts.models import Audience, Draft, OtherVersion, Policy
from policy_drafts.roles.lead import as_uuid, lead_only

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest


def _audience(value: str | None):
    return value if value in Audience.values else Audience.WORKING_GROUP


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def rehearse(request: "MemberRequest", policy: Policy) -> HttpResponse:
    """What publishing would do, for whom, and what a careful reader would stumble over; then the
    yes.
    """
    looked_at, key = request.POST.get("audience"), as_uuid(request.POST.get("key"))
    audience = _audience(request.POST.get("for") or looked_at or request.GET.get("for"))
    publishes = "publish" in request.POST
    form = PublishForm(
        request.POST if publishes else None, initial={"news": request.POST.get("news", "")}
    )
    if before := publishes and policy.drafts.filter(request_key=key).first():
        messages.info(
            request,
            f"Draft {before.number} is published from that page. It was not published again.",
        )
        return redirect(before)
    if publishes and audience != looked_at:
        form.add_error(None, "You chose other readers. Look at what that does, then publish.")
    if publishes and form.is_valid():
        try:
            draft = publishing.publish(
                policy,
                request.user,
                audience=audience,
                news=form.cleaned_data["news"],
                request_key=key or uuid.uuid4(),
                based_on=request.POST.get("based_on", ""),
            )
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Draft {draft.number} is published, and people are told.")
            return redirect(draft)
    plan = publishing.rehearse(policy, audience)
    unsaved, editors = (
        writing.unsaved_in(policy, request.user),
        writing.editors_in(policy, request.user),
    )
    return render(
        request,
        "policy_drafts/desk/rehearse.html",
        {
            "policy": policy,
            "form": form,
            "plan": plan,
            "key": key or uuid.uuid4(),
            "audience": audience,
            "audiences": Audience,
            "unsaved": [rows[0].section for rows in unsaved.values()],
            "editors": sorted({name for names in editors.values() for name in names}),
            "preview": _preview(
                policy, request.user, plan.number, audience, request.POST.get("news", "")
            ),
        },
    )


def _preview(
    policy: Policy, person: Person, number: int, audience: str, news: str
) -> dict[str, str]:
    """The mail as people would read it."""
    draft = Draft(
        policy=policy, number=number, policy_title=policy.title, audience=audience, news=news
    )
    letter = emails.letter_about(draft)
    message = Message(person=person, kind="draft_published", channel="email")
    return {"subject": letter.subject, "html": mail.render(message, letter, "preview")}


def _draft(policy: Policy, number: int):
    return get_object_or_404(policy.drafts.sealed(), number=number)


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def open_draft(request: "MemberRequest", policy: Policy, number: int) -> HttpResponse:
    """Open a draft to more people: an act of its own, with its own mail."""
    draft = _draft(policy, number)
    form = AudienceForm(request.POST or None, choices=draft.wider)
    if request.method == "POST" and form.is_valid():
        try:
            draft = publishing.open_to(draft, form.cleaned_data["audience"])
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"Who can read draft {number} now: {draft.get_audience_display().lower()}."
            )
            return redirect("draft", policy.slug, number)
    told = [(row.label, publishing.newly_told(draft, row).count()) for row in draft.wider]
    is_earlier = policy.drafts.sealed().not_withdrawn().filter(number__gt=number).exists()
    return render(
        request,
        "policy_drafts/desk/open.html",
        {"policy": policy, "draft": draft, "form": form, "told": told, "is_earlier": is_earlier},
    )


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_draft(request: "MemberRequest", policy: Policy, number: int) -> HttpResponse:
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
    return render(
        request,
        "policy_drafts/desk/withdraw.html",
        {"policy": policy, "draft": draft, "form": form},
    )


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def other_versions(request: "MemberRequest", policy: Policy, number: int) -> HttpResponse:
    """Easy read, audio, BSL, another language: what there is for this draft, and adding one."""
    draft = _draft(policy, number)
    form = VersionForm(
        request.POST or None, request.FILES or None, instance=OtherVersion(draft=draft)
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"“{form.instance.name}” is with draft {number}.")
        return redirect("other_versions", policy.slug, number)
    return render(
        request,
        "policy_drafts/desk/versions_of_draft.html",
        {"policy": policy, "draft": draft, "form": form},
    )


@lead_only
@require_POST
def remove_version(
    request: "MemberRequest", policy: Policy, number: int, version_pk
) -> HttpResponseRedirect:
    """It was wrong or is out of date: the draft itself stays as it is."""
    get_object_or_404(_draft(policy, number).other_versions.all(), pk=version_pk).delete()
    messages.success(request, "It is removed.")
    return redirect("other_versions", policy.slug, number)
