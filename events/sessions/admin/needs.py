from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from collective import taken
from collective.admin.acts import Act, ActAdmin, MadeElsewhere
from collective.errors import RuleError
from collective.people.requests import MemberRequest
from events.models import AccessNeed
from events.sessions import access_needs
from events.sessions.admin.forms import NeedForm


def arrange(admin_: ActAdmin, request: MemberRequest, need: AccessNeed) -> HttpResponse:
    """How far we are with it; "arranged" and "cannot" are told to the person."""
    if not request.user.has_perm("events.view_access_needs"):
        raise PermissionDenied
    form = NeedForm(request.POST or None, initial=NeedForm.initial_for(need))
    if request.method == "POST" and form.is_valid():
        try:
            access_needs.update(need, form.progress, form.cleaned_data["version"])
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            return _arranged(admin_, request, need)
    if request.method != "POST":
        admin_.log_change(request, need.registration, "Looked at what helps them")
    registration = need.registration
    return admin_.page(
        request,
        "admin/events/accessneed/arrange.html",
        "What helps them take part",
        need=need,
        form=form,
        registration=registration,
        session=registration.session,
        original=need,
    )


def _arranged(admin_: ActAdmin, request: MemberRequest, need: AccessNeed) -> HttpResponse:
    admin_.log_change(request, need.registration, "Worked on what helps them")
    taken.put_back(f"needs:{need.registration.session_id}")
    messages.success(
        request, "Saved. If there is news, the person is told in ten minutes, in one message."
    )
    return redirect(admin_.back_from_act(need))


@admin.register(AccessNeed)
class AccessNeedAdmin(MadeElsewhere, ActAdmin):
    """Reached from a session's page of needs: no list of its own shows what people need."""

    list_display = ["session", "state", "needed_by", "changed_at"]
    list_filter = ["state"]
    list_select_related = ["registration__session"]
    fields = readonly_fields = ("state", "needed_by", "asked_at", "changed_at")
    pages = {"arrange": arrange}
    acts = [
        Act(
            "called_off",
            "It is called off",
            "What was arranged is called off, and this line goes.",
            "Called off",
        ),
    ]

    def view_on_site(self, obj) -> None:
        """No link: the page is the person's own."""

    def has_module_permission(self, request: MemberRequest) -> bool:
        return False

    def get_queryset(self, request: MemberRequest):
        rows = super().get_queryset(request)
        return rows.select_related("registration__session", "registration__person")

    @admin.display(description="Session")
    def session(self, need: AccessNeed) -> str:
        return str(need.registration.session)

    def back_from_act(self, need: AccessNeed) -> str:
        return reverse("admin:events_session_needs", args=[need.registration.session_id])

    def open_acts(self, request: MemberRequest, need: AccessNeed) -> list[Act]:
        return self.acts if need.state == AccessNeed.State.WITHDRAWN else []

    def act_called_off(self, request: MemberRequest, need: AccessNeed) -> str:
        access_needs.called_off(need)
        return "Called off."
