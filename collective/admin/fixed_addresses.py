"""An address that is out is shown in the admin, and not changed there."""

from django.contrib import admin

from collective.people.requests import MemberRequest


class KeepsItsAddress(admin.ModelAdmin):
    """A model admin whose rows say by `address_is_fixed` whether links to them are out."""

    def get_readonly_fields(self, request: MemberRequest, obj=None):
        fields = [*super().get_readonly_fields(request, obj)]
        return [*fields, "slug"] if _is_fixed(obj) else fields

    def get_prepopulated_fields(self, request: MemberRequest, obj=None):
        """What is only read is filled in by no script."""
        return {} if _is_fixed(obj) else super().get_prepopulated_fields(request, obj)


def _is_fixed(obj) -> bool:
    return getattr(obj, "address_is_fixed", False)
