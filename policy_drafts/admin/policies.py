from django.contrib import admin, messages
from django.forms import ModelForm

from collective.admin.namesakes import PicksApart, TellsApart
from collective.errors import RuleError
from collective.people.requests import MemberRequest
from policy_drafts.models import Policy, PolicyRole, Round
from policy_drafts.roles import inviting


class RoundInline(PicksApart, admin.StackedInline):
    model = Round
    extra = 0
    autocomplete_fields = ["call"]


class RoleInline(admin.StackedInline):
    """Who writes it: the first lead is invited here; the leads look after the rest at their desk.

    Nobody invites themselves, and once there is a lead, leads invite the others.
    """

    model = PolicyRole
    extra = 0
    fields = ["email", "kind", "state"]
    readonly_fields = ["state"]

    def has_change_permission(self, request: MemberRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: MemberRequest, obj=None) -> bool:
        return False


@admin.register(Policy)
class PolicyAdmin(TellsApart):
    list_display = ["title", "slug", "created_at"]
    search_fields = ["title"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [RoundInline, RoleInline]
    view_on_site = False  # a policy without a draft has no page for staff

    def get_readonly_fields(self, request: MemberRequest, obj=None) -> list[str]:
        """Keep the address once there is a draft: links to it are out, its SHA-256 names it."""
        return ["slug"] if obj and obj.drafts.exists() else []

    def get_prepopulated_fields(self, request: MemberRequest, obj=None):
        return {} if "slug" in self.get_readonly_fields(request, obj) else self.prepopulated_fields

    def has_delete_permission(self, request: MemberRequest, obj=None) -> bool:
        return False

    def save_formset(self, request: MemberRequest, form: ModelForm, formset, change) -> None:
        """A role is an invitation: the rule makes it, and the mail goes out with it."""
        if formset.model is not PolicyRole:
            formset.save()
            return
        for row in formset.save(commit=False):
            try:
                inviting.invite(form.instance, request.user, row.email, row.kind)
            except RuleError as error:
                formset.new_objects.remove(row)  # so that the history does not say that it was done
                messages.error(request, str(error))
