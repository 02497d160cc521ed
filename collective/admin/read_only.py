from collective.admin.namesakes import TellsApart
from collective.people.requests import MemberRequest


class ReadOnlyAdmin(TellsApart):
    """To look at: rows that the product writes."""

    def has_add_permission(self, request: MemberRequest) -> bool:
        return False

    def has_change_permission(self, request: MemberRequest, obj=None) -> bool:
        """A row is never saved from its form; actions on the list may be allowed."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: MemberRequest, obj=None) -> bool:
        return False

    def get_readonly_fields(self, request: MemberRequest, obj=None) -> list[str]:
        return [field.name for field in self.opts.fields if field.name not in (self.exclude or ())]
