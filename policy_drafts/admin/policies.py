from django.contrib import admin, messages

from collective.errors import RuleError
from policy_drafts import inviting
from policy_drafts.models import Policy, PolicyRole, Round


class RoundInline(admin.StackedInline):
    model = Round
    extra = 0
    autocomplete_fields = ["call"]


class RoleInline(admin.StackedInline):
    """Who writes it: invited here by email; the leads look after the rest at their desk."""

    model = PolicyRole
    extra = 0
    fields = ["email", "kind", "state"]
    readonly_fields = ["state"]

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin):
    list_display = ["title", "slug", "created_at"]
    search_fields = ["title"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [RoundInline, RoleInline]

    def has_delete_permission(self, request, obj=None):
        return False

    def save_formset(self, request, form, formset, change):
        """A role is an invitation: the rule makes it, and the mail goes out with it."""
        if formset.model is not PolicyRole:
            formset.save()
            return
        for row in formset.save(commit=False):
            try:
                inviting.invite(form.instance, request.user, row.email, row.kind)
            except RuleError as error:
                messages.error(request, str(error))
