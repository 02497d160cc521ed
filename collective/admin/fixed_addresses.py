"""An address that is out is shown in the admin, and not changed there."""

from django.contrib import admin

from collective.people.requests import MemberRequest

FIELD = "slug"


class KeepsItsAddress(admin.ModelAdmin):
    """A model admin whose rows say by `address_is_fixed` whether links to them are out."""

    def get_readonly_fields(self, request: MemberRequest, obj=None):
        fields = [*super().get_readonly_fields(request, obj)]
        return [*fields, FIELD] if getattr(obj, "address_is_fixed", False) else fields

    def get_prepopulated_fields(self, request: MemberRequest, obj=None):
        """What is only read is filled in by no script."""
        is_read = FIELD in self.get_readonly_fields(request, obj)
        return {} if is_read else super().get_prepopulated_fields(request, obj)
