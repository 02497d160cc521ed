"""The community's settings, its pages and its support lines."""

from django import forms
from django.contrib import admin
from django.db import models
from django.forms import Form
from django.utils.html import format_html

from collective.admin.acts import ActAdmin
from collective.admin.offered import FiltersByWhatItOffers
from collective.messages import whom_to_tell
from collective.models import Community, Page, SupportLine
from collective.models.community import CONTACTS
from collective.people.requests import MemberRequest

WAYS = ("phone", "text_number", "hours", "reply_to", "from_email")


@admin.register(Community)
class CommunityAdmin(ActAdmin):
    list_display = ["name", "phone", "hours", "reply_to"]
    saves_changes_only = True
    formfield_overrides = {
        **ActAdmin.formfield_overrides,
        models.FileField: {"widget": forms.ClearableFileInput},
    }
    fieldsets = [
        (None, {"fields": ["name", "about"]}),
        ("How people reach us", {"fields": WAYS}),
        (
            "Whom people tell of harm",
            {
                "fields": [
                    "safeguarding_name",
                    "safeguarding_phone",
                    "safeguarding_email",
                    "outside_name",
                    "outside_phone",
                    "outside_email",
                ],
                "description": (
                    "They stand on “Worried about someone?” and in mails that ask whether "
                    "something went wrong. Several of us read our shared mailbox; what goes "
                    "here, these people alone read. A change is told to each address before "
                    "and after."
                ),
            },
        ),
        ("Look", {"fields": ["mark", "colour", "dark_colour"]}),
    ]

    def get_readonly_fields(self, request: MemberRequest, obj=None) -> list[str]:
        """Whom people tell, and where mail comes and goes, is not for every coordinator."""
        return [] if request.user.has_perm(whom_to_tell.MAY_CHANGE) else CONTACTS

    def save_model(self, request: MemberRequest, obj, form: Form, change) -> None:
        before = self.locked(obj)
        super().save_model(request, obj, form, change)
        whom_to_tell.note_change(before, self.model.objects.get(), request.user)

    def construct_change_message(self, request: MemberRequest, form: Form, formsets, add=False):
        """The contacts have a line of their own, with what was before and what is now."""
        form.changed_data = [name for name in form.changed_data if name not in CONTACTS]
        return super().construct_change_message(request, form, formsets, add)

    def has_add_permission(self, request: MemberRequest) -> bool:
        return False  # `manage.py prepare` makes the one row

    def has_delete_permission(self, request: MemberRequest, obj=None) -> bool:
        return False


@admin.register(Page)
class PageAdmin(ActAdmin):
    list_display = ["title", "slug", "updated_at"]
    search_fields = ["title", "body"]
    prepopulated_fields = {"slug": ["title"]}


@admin.register(SupportLine)
class SupportLineAdmin(FiltersByWhatItOffers):
    list_display = ["name", "phone", "text_number", "hours", "checked_on", "reminder"]
    search_fields = ["name", "about", "for_whom"]
    fields = [
        "name",
        "about",
        "for_whom",
        "phone",
        "text_number",
        "text_word",
        "website",
        "hours",
        "checked_on",
        "position",
    ]

    @admin.display(description="Reminder")
    def reminder(self, line) -> str:
        return format_html("<strong>{}</strong>", "Please check it") if line.needs_checking else ""
