import logging
from collections.abc import Callable
from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any, TypeVar, cast

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.utils.http import urlencode

from collective.people import access
from collective.people.requests import MemberRequest
from portal.views import guessing, held, status, today
from portal.views.errors import bad_request
from portal.views.payments_board import payments_board

if TYPE_CHECKING:
    from collective.admin.namesakes import TellsApart

logger = logging.getLogger(__name__)
# Django takes it for a copy to be made, also where no form offers that: ours never do.
SAVE_AS_NEW = "_saveasnew"


AdminView = TypeVar("AdminView", bound=Callable[..., HttpResponseBase])


class PickerView(AutocompleteJsonView):
    """What a picker finds as one types: every row there is to pick, and which is which.

    The order is whole, as rows of one name would else be left out between two pages.
    """

    model_admin: "TellsApart"
    request: MemberRequest

    def get_queryset(self) -> QuerySet[Model]:
        rows = self.model_admin.rows_to_pick(self.request)
        rows = rows.complex_filter(self.source_field.get_limit_choices_to())
        rows, is_doubled = self.model_admin.get_search_results(self.request, rows, self.term)
        order = rows.query.order_by or self.model_admin.opts.ordering or ()
        rows = rows.order_by(*order, "pk")
        return rows.distinct() if is_doubled else rows

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        found = super().serialize_result(obj, to_field_name)
        return {**found, "text": getattr(obj, "told_apart", found["text"])}


class CollectiveAdminSite(admin.AdminSite):
    """Django's admin, entered only with a staff account whose session used a second factor."""

    site_header = site_title = "Collective staff"
    index_title = "Today"
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without Django's pages for passwords, which nobody has, and its redirect by type."""
        unwanted = {"password_change", "password_change_done", "view_on_site"}
        board = self.admin_view(partial(payments_board, admin_site=self))
        held_page = self.admin_view(partial(held.held, admin_site=self))
        system = self.admin_view(partial(status.status, admin_site=self))
        guessed = self.admin_view(partial(guessing.guessing, admin_site=self))
        return [
            path("signing-in/", guessed, name="guessing"),
            path("today/take/", self.admin_view(today.take), name="take"),
            path("payments/board/", board, name="payments"),
            path("status/", system, name="status"),
            path("held/<uuid:pk>/", held_page, name="held"),
            *(row for row in super().get_urls() if getattr(row, "name", None) not in unwanted),
        ]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Today: what waits for staff; below it, everything else."""
        return super().index(request, {**(extra_context or {}), **today.index_context(request)})

    def admin_view(self, view: AdminView, cacheable: bool = False) -> AdminView:
        """What no form of ours sends, say a year of eight digits, gets an answer, not a crash."""
        inner = super().admin_view(view, cacheable)

        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if SAVE_AS_NEW in request.POST:
                return bad_request(request)
            try:
                response = inner(request, *args, **kwargs)
                return response.render() if isinstance(response, TemplateResponse) else response
            except (ValidationError, ValueError, OverflowError, FieldDoesNotExist, FieldError):
                logger.exception("The admin could not read a request")
                return bad_request(request)

        return cast(AdminView, update_wrapper(answered, inner))  # it takes what the view takes

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Find rows for a picker."""
        return cast(HttpResponse, PickerView.as_view(admin_site=self)(request))  # JSON

    def has_permission(self, request: HttpRequest) -> bool:
        return access.is_staff_with_second_factor(request)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Our own sign-in, then the second factor; people who have none yet set it up first."""
        wanted = access.next_path(request) or reverse("admin:index")
        query = f"?{urlencode({'next': wanted})}"
        if not request.user.is_authenticated:
            return redirect(reverse("account_login") + query)
        if not request.user.is_staff:
            return redirect("not_staff")
        if not is_mfa_enabled(request.user):
            return redirect(reverse("mfa_activate_totp") + query)
        if not access.is_staff_with_second_factor(request):
            return redirect(reverse("mfa_reauthenticate") + query)
        return redirect(wanted)
