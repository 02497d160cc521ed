from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from collective.errors import RuleError
from policy_drafts.desk import bringing_in
from policy_drafts.desk.forms import ImportForm
from policy_drafts.drafts.exports import word
from policy_drafts.roles.lead import lead_only

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest
    from policy_drafts.models import Policy


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: "MemberRequest", policy: "Policy") -> HttpResponse:
    """A file or pasted text: read, then looked through. Nothing is saved yet."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            brought = bringing_in.bring(policy, request.user, *form.brought)
        except RuleError as error:
            form.add_error("file" if form.cleaned_data.get("file") else "text", str(error))
        else:
            return redirect("look_through", policy.slug, brought.pk)
    return render(request, "policy_drafts/desk/bring_in.html", {"policy": policy, "form": form})


@lead_only
@require_http_methods(["GET", "HEAD", "POST"])
def look_through(request: "MemberRequest", policy: "Policy", import_pk) -> HttpResponse:
    """What the file holds, section by section, with what is different; then the yes."""
    brought = get_object_or_404(policy.imports.filter(person=request.user), pk=import_pk)
    brought.policy = policy
    if brought.confirmed_at:
        messages.info(request, "This was brought in already.")
        return redirect("write", policy.slug)
    found = bringing_in.rows(brought)
    if request.method == "POST":
        chosen = {
            row.number: request.POST.get(f"row-{row.number}", bringing_in.LEAVE) for row in found
        }
        try:
            done = bringing_in.confirm(brought, request.user, chosen, request.POST.get("shown", ""))
        except RuleError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, f"{done} {'section is' if done == 1 else 'sections are'} brought in."
            )
            return redirect("write", policy.slug)
    return render(
        request,
        "policy_drafts/desk/look_through.html",
        {
            "policy": policy,
            "brought": brought,
            "rows": sorted(found, key=lambda row: row.is_same),
            "held": brought.held,
            "shown": bringing_in.fingerprint(found),
        },
    )


@lead_only
@require_safe
def working_copy(request: "MemberRequest", policy: "Policy") -> HttpResponse:
    """The working copy as a Word file, for others to write into; it comes back through "Bring in a
    text".
    """
    response = HttpResponse(
        word.of_working_copy(policy),
        content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    )
    name = f"{slugify(policy.title) or 'policy'}-working-copy-not-published.docx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
