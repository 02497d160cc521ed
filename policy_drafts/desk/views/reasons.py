from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from collective.people.requests import MemberRequest
from collective.typed.worded import asks
from policy_drafts.desk.forms import WhyForm
from policy_drafts.drafts import reasons
from policy_drafts.models import Policy
from policy_drafts.roles.lead import lead_only, section_of


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
@asks(WhyForm)
def say_why(request: MemberRequest, policy: Policy, pk: UUID) -> HttpResponse:
    """Why this section changed, or was taken out: readers see it beside the change."""
    section = section_of(policy, pk, removed=True)
    form = WhyForm(request.POST or None, initial={"why": section.why})
    if request.method == "POST" and form.is_valid():
        try:
            reasons.give(section, form.cleaned_data["why"], request.POST.get("shown", ""))
        except reasons.OtherReason as error:
            form.add_error("why", str(error))
            section.refresh_from_db(fields=["why"])
        else:
            messages.success(request, f"“{section.title}”: the reason is kept for the next draft.")
            return redirect("write", policy.slug)
    shown = reasons.mark(section.why)
    context = {"policy": policy, "section": section, "form": form, "shown": shown}
    return render(request, "policy_drafts/desk/why.html", context)
