"""The community's settings, its pages and its support lines."""

from django import forms
from django.contrib import admin
from django.db import models
from django.utils.html import format_html

from collective.admin.acts import ActAdmin
from collective.admin.offered import FiltersByWhatItOffers
from collective.models import Community, Page, SupportLine
from collective.people.requests import MemberRequest


@admin.register(Community)
class CommunityAdmin(ActAdmin):
    list_display = ["name", "phone", "hours", "reply_to"]
    formfield_overrides = {
        **ActAdmin.formfield_overrides,
        models.FileField: {"widget": forms.ClearableFileInput},
    }
    fieldsets = [
        (None, {"fields": ["name", "about"]}),
        ("How people reach us", {"fields": ["phone", "hours", "reply_to", "from_email"]}),
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
                    "here, these people alone read."
                ),
            },
        ),
        ("Look", {"fields": ["mark", "colour", "dark_colour"]}),
    ]

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
    list_display = ["name", "phone", "hours", "checked_on", "reminder"]
    search_fields = ["name", "about"]

    @admin.display(description="Reminder")
    def reminder(self, line) -> str:
        return format_html("<strong>{}</strong>", "Please check it") if line.needs_checking else ""
