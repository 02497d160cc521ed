from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Count

from collective import clock
from collective.admin.acts import Act, ActAdmin
from collective.models import Activity, Call, CallPicture
from collective.people.requests import MemberRequest


class PictureInline(admin.StackedInline):
    model = CallPicture
    extra = 0
    view_on_site = False
    formfield_overrides = {models.FileField: {"widget": forms.FileInput}}


@admin.register(Call)
class CallAdmin(ActAdmin):
    list_display = ["title", "lead", "published_at", "finished_at"]
    list_filter = ["published_at", "finished_at"]
    list_select_related = ["lead"]
    search_fields = ["title", "summary"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["lead"]
    inlines = [PictureInline]
    change_form_template = "admin/collective/call/change_form.html"
    acts = [
        Act(
            "publish",
            "Publish",
            "Everybody can then read this call, and sign up for what is open in it.",
        ),
        Act("withdraw", "Withdraw", "Only staff can then see this call. Bookings stay."),
        Act(
            "copy",
            "Copy the whole call",
            "Makes a new call with the same words, pictures and ways to take part: without "
            "people and dates, and only for staff to see until you publish it.",
        ),
    ]

    def open_acts(self, request: MemberRequest, obj) -> list[Act]:
        hidden = "publish" if obj.is_published else "withdraw"
        return [act for act in self.acts if act.name != hidden]

    def act_publish(self, request: MemberRequest, call: Call) -> str:
        call.published_at = clock.now()
        call.save(update_fields=["published_at"])
        return "The call is published."

    def act_withdraw(self, request: MemberRequest, call: Call) -> str:
        call.published_at = None
        call.save(update_fields=["published_at"])
        return "The call is withdrawn: only staff can see it."

    def act_copy(self, request: MemberRequest, call: Call) -> str:
        copied = call.copy()
        return f"Copied. You find it among the calls as “{copied.title}”."


@admin.register(Activity)
class ActivityAdmin(ActAdmin):
    list_display = ["title", "call", "kind", "state", "starts_at", "followers"]
    list_filter = ["state", "kind", "call"]
    list_select_related = ["call"]
    search_fields = ["title", "neutral_name"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["call", "invited"]

    def get_queryset(self, request: MemberRequest):
        """Without what has an admin of its own: there a session's rules are kept."""
        children = [f"{model._meta.model_name}__isnull" for model in Activity.children()]
        bare = super().get_queryset(request).filter(**dict.fromkeys(children, True))
        return bare.annotate(follower_count=Count("follows", distinct=True))

    @admin.display(description="Want to be told", ordering="follower_count")
    def followers(self, activity):
        return activity.follower_count
