import logging
from functools import partial, update_wrapper

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.utils.http import urlencode

from collective.people import access
from collective.people.requests import MemberRequest
from portal.views import today
from portal.views.errors import bad_request
from portal.views.payments_board import payments_board

logger = logging.getLogger(__name__)


class CollectiveAdminSite(admin.AdminSite):
    """Django's admin, entered only with a staff account whose session used a second factor."""

    site_header = site_title = "Collective staff"
    index_title = "Today"
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without Django's pages for passwords, which nobody here has, and its redirect by content
        type.
        """
        unwanted = {"password_change", "password_change_done", "view_on_site"}
        own = [
            path("today/take/", self.admin_view(today.take), name="take"),
            path(
                "payments/board/",
                self.admin_view(partial(payments_board, admin_site=self)),
                name="payments",
            ),
            path("status/", self.admin_view(partial(today.status, admin_site=self)), name="status"),
        ]
        return own + [
            row for row in super().get_urls() if getattr(row, "name", None) not in unwanted
        ]

    def index(self, request: MemberRequest, extra_context=None) -> TemplateResponse:
        """Today: what waits for staff; below it, everything else."""
        return super().index(request, {**(extra_context or {}), **today.index_context(request)})

    def admin_view(self, view, cacheable: bool = False):
        """What no form of ours sends (a year of eight digits, a key that is none) gets an answer,
        not a crash.
        """
        inner = super().admin_view(view, cacheable)

        def answered(request: MemberRequest, *args, **kwargs):
            try:
                response = inner(request, *args, **kwargs)
                return response.render() if isinstance(response, TemplateResponse) else response
            except (ValidationError, ValueError, OverflowError):
                logger.exception("The admin could not read a request")
                return bad_request(request)

        return update_wrapper(answered, inner)

    def has_permission(self, request: MemberRequest):
        return access.is_staff_with_second_factor(request)

    def login(self, request: MemberRequest, extra_context=None) -> HttpResponseRedirect:
        """Our own sign-in, then the second factor: set up first by who has none yet."""
        here = access.next_path(request) or reverse("admin:index")
        query = f"?{urlencode({'next': here})}"
        if not request.user.is_authenticated:
            return redirect(reverse("account_login") + query)
        if not request.user.is_staff:
            return redirect("not_staff")
        if not is_mfa_enabled(request.user):
            return redirect(reverse("mfa_activate_totp") + query)
        if not access.is_staff_with_second_factor(request):
            return redirect(reverse("mfa_reauthenticate") + query)
        return redirect(here)
