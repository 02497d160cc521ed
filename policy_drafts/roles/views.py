from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from collective.errors import RuleError
from collective.people.access import name_needed
from collective.people.requests import MemberRequest
from collective.templatetags.collective import long_day
from collective.typed.worded import asks
from policy_drafts.models import Policy, PolicyRole
from policy_drafts.models.role import LIVE
from policy_drafts.roles import inviting
from policy_drafts.roles.forms import InviteForm
from policy_drafts.roles.lead import lead_only

MOST = 200


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
@asks(InviteForm)
def roles(request: MemberRequest, policy: Policy) -> HttpResponse:
    """Who writes, who is in the working group, who is invited; and inviting somebody."""
    form = InviteForm(request.POST or None, initial={"kind": PolicyRole.Kind.WORKING_GROUP})
    if request.method == "POST" and form.is_valid() and _invite(request, policy, form):
        return redirect("roles", policy.slug)
    rows = policy.roles.select_related("person")[:MOST]
    context = {
        "policy": policy,
        "form": form,
        "live": [row for row in rows if row.state in LIVE],
        "ended": [row for row in rows if row.state not in LIVE],
    }
    return render(request, "policy_drafts/roles/roles.html", context)


def _invite(request: MemberRequest, policy: Policy, form: InviteForm) -> bool:
    """Invite somebody and say so; False where that is refused, which the form says."""
    open_before = set(policy.roles.live().values_list("pk", flat=True))
    try:
        role = inviting.invite(policy, request.user, **form.cleaned_data)
    except RuleError as error:
        form.add_error("email", str(error))
        return False
    if role.pk in open_before:
        words = f"{role.email} is invited already, on {long_day(role.invited_at)}."
        messages.info(request, words)
    else:
        messages.success(request, f"We send an invitation to {role.email}.")
    return True


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_role(request: MemberRequest, slug: str, role_pk: UUID) -> HttpResponse:
    """A lead removes somebody; everybody can leave. Asks first."""
    mine = PolicyRole.objects.live().filter(person=request.user)
    led = PolicyRole.objects.live().filter(policy__in=Policy.objects.led_by(request.user))
    roles = (mine | led).select_related("policy", "person")
    role = get_object_or_404(roles, pk=role_pk, policy__slug=slug)
    if request.method == "POST":
        return _end(request, role)
    context = {
        "policy": role.policy,
        "role": role,
        "leaves": _leaves(request, role),
        "is_last": inviting.is_last_lead(role),
        "new_until": inviting.is_new_until(role, request.user),
    }
    return render(request, "policy_drafts/roles/end_role.html", context)


def _leaves(request: MemberRequest, role: PolicyRole) -> bool:
    """Is it one's own role?"""
    return role.person_id == request.user.pk


def _end(request: MemberRequest, role: PolicyRole) -> HttpResponse:
    gone = f"{role.person or role.email} is removed."
    try:
        inviting.end(role, request.user)
    except RuleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "You have left." if _leaves(request, role) else gone)
    if Policy.objects.led_by(request.user).filter(pk=role.policy_id).exists():
        return redirect("roles", role.policy.slug)
    return redirect("me")


def _welcome(role: PolicyRole) -> str:
    if role.is_lead:
        return "Thank you. You write this policy now: see “The desk”."
    return (
        "Thank you. You are in the working group now: you read drafts first, and we write to you "
        "when there is one."
    )


@login_required
@name_needed
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: MemberRequest, pk: UUID) -> HttpResponse:
    """An invitation to me: what it means, then yes or no.

    It opens only for the address that it went to.
    """
    role = get_object_or_404(PolicyRole.objects.select_related("policy", "invited_by"), pk=pk)
    is_mine = request.user.email == role.email
    if request.method == "POST" and is_mine and {"accept", "decline"} & set(request.POST):
        return _answer(request, role, accepts="accept" in request.POST)
    context = {"role": role, "policy": role.policy, "is_mine": is_mine}
    return render(request, "policy_drafts/roles/invitation.html", context)


def _answer(request: MemberRequest, role: PolicyRole, *, accepts: bool) -> HttpResponse:
    try:
        inviting.answer(role, request.user, accepts=accepts)
    except RuleError as error:
        messages.error(request, str(error))
        return redirect("me")
    messages.success(request, _welcome(role) if accepts else "Thank you for telling us.")
    return redirect(role.policy) if accepts else redirect("me")
