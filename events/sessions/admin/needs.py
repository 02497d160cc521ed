from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse

from collective import taken
from collective.admin.acts import Act, ActAdmin, MadeElsewhere
from collective.errors import RuleError
from events.models import AccessNeed
from events.models.session import Session
from events.sessions import access_needs
from events.sessions.admin.forms import NeedForm

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest


def arrange(admin_: ModelAdmin, request: "MemberRequest", need: AccessNeed):
    """How far we are with it; "arranged" and "cannot" are told to the person."""
    if not request.user.has_perm("events.view_access_needs"):
        raise PermissionDenied
    initial = {
        "state": need.state,
        "reason": need.reason,
        "note": need.note,
        "needed_by": need.needed_by,
        "version": need.version,
    }
    form = NeedForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            access_needs.update(need, **form.cleaned_data)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            admin_.log_change(request, need.registration, "Worked on what helps them")
            taken.put_back(f"needs:{need.registration.session_id}")
            messages.success(
                request,
                "Saved. If there is news, the person is told in ten minutes, in one message.",
            )
            return redirect(admin_.back_from_act(need))
    if request.method != "POST":
        admin_.log_change(request, need.registration, "Looked at what helps them")
    return admin_.page(
        request,
        "admin/events/accessneed/arrange.html",
        "What helps them take part",
        need=need,
        form=form,
        registration=need.registration,
        session=need.registration.session,
        original=need,
    )


@admin.register(AccessNeed)
class AccessNeedAdmin(MadeElsewhere, ActAdmin):
    """Reached from a session's page of needs: no list of its own shows what people need."""

    view_on_site = False
    list_display = ["session", "state", "needed_by", "changed_at"]
    list_filter = ["state"]
    list_select_related = ["registration__session"]
    fields = readonly_fields = ["state", "needed_by", "asked_at", "changed_at"]
    private_fields = ("what", "answer")
    pages = {"arrange": arrange}
    acts = [
        Act(
            "called_off",
            "It is called off",
            "What was arranged is called off, and this line goes.",
            "Called off",
        ),
    ]

    def has_module_permission(self, request: "MemberRequest") -> bool:
        return False

    def get_queryset(self, request: "MemberRequest"):
        return (
            super()
            .get_queryset(request)
            .select_related("registration__session", "registration__person")
        )

    @admin.display(description="Session")
    def session(self, need: AccessNeed) -> Session:
        return need.registration.session

    def back_from_act(self, need: AccessNeed) -> str:
        return reverse("admin:events_session_needs", args=[need.registration.session_id])

    def open_acts(self, request: "MemberRequest", need: AccessNeed) -> list[Act] | tuple[()]:
        return self.acts if need.state == AccessNeed.State.WITHDRAWN else ()

    def act_called_off(self, request: "MemberRequest", need: AccessNeed) -> str:
        access_needs.called_off(need)
        return "Called off."
