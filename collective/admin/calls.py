from uuid import UUID

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

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
    search_fields = ["title", "neutral_name", "call__title", "day_in_words", "when_words"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["call", "invited"]

    def get_queryset(self, request: MemberRequest):
        """Without what has an admin of its own: there a session's rules are kept."""
        children = [f"{model._meta.model_name}__isnull" for model in Activity.children()]
        rows = Activity.objects.with_day_in_words().filter(**dict.fromkeys(children, True))
        return rows.annotate(follower_count=Count("follows", distinct=True))

    def rows_to_pick(self, request: MemberRequest):
        """Every activity: also a session or a conversation, which has an admin of its own."""
        rows = Activity.objects.select_related("call").with_day_in_words()
        return rows.order_by("-call__published_at", "call__title", "starts_at", "title")

    def change_view(
        self, request: MemberRequest, object_id, form_url: str = "", extra_context=None
    ) -> HttpResponse:
        """A session or a conversation has a page of its own: lead there."""
        is_here = self.get_object(request, object_id) is not None
        if page := "" if is_here else self._page_of_child(object_id):
            return redirect(page)
        return super().change_view(request, object_id, form_url, extra_context)

    def _page_of_child(self, object_id: str) -> str:
        """The address of its own page in the admin; "" for what is none of them."""
        try:
            row = Activity.objects.filter(pk=UUID(object_id)).first()
        except ValueError:
            return ""
        whole = row.whole() if row else None
        if whole is None or type(whole) is Activity:
            return ""
        name = f"{whole._meta.app_label}_{whole._meta.model_name}_change"
        return reverse(f"admin:{name}", args=[object_id])

    @admin.display(description="Want to be told", ordering="follower_count")
    def followers(self, activity):
        return activity.follower_count
