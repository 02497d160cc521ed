"""Staff's page about guessing at sign-in codes: how much there was, and what to do."""

from django.contrib.admin import AdminSite
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from collective.people import sign_in_limits
from collective.people.requests import MemberRequest


@require_safe
def guessing(request: MemberRequest, admin_site: AdminSite) -> HttpResponse:
    """Numbers only: no address is named here."""
    context = {
        **admin_site.each_context(request),
        "title": "Guessing at sign-in codes",
        "found": sign_in_limits.guesses(),
    }
    return TemplateResponse(request, "admin/guessing.html", context)
