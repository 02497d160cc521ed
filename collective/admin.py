from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import Count
from django.utils.html import format_html

from collective import clock, mail
from collective.admin_acts import Act, ActAdmin
from collective.models import (
    Activity,
    Call,
    CallPicture,
    Community,
    DeletionRequest,
    Follow,
    Message,
    Page,
    Person,
    SupportLine,
    SweepRun,
)

admin.site.unregister(EmailAddress)  # Person.email is the one address; allauth's table stays empty
admin.site.unregister(Authenticator)


class ReadOnlyAdmin(admin.ModelAdmin):
    """To look at: rows that the product writes."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        """A row is never saved from its form; actions on the list may be allowed."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return [field.name for field in self.opts.fields if field.name not in (self.exclude or ())]


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """For a lost phone: a superuser deletes the person's rows, and they set up the second step anew."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_select_related = ["user"]
    search_fields = ["user__name", "user__email"]
    exclude = ["data"]

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser


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
    acts = [
        Act("publish", "Publish", "Everybody can then read this call, and sign up for what is open in it."),
        Act("withdraw", "Withdraw", "Only staff can then see this call. Bookings stay."),
    ]

    def open_acts(self, request, obj):
        return [act for act in self.acts if (act.name == "withdraw") == obj.is_published]

    def act_publish(self, request, call):
        call.published_at = clock.now()
        call.save(update_fields=["published_at"])
        return "The call is published."

    def act_withdraw(self, request, call):
        call.published_at = None
        call.save(update_fields=["published_at"])
        return "The call is withdrawn: only staff can see it."


@admin.register(Activity)
class ActivityAdmin(ActAdmin):
    list_display = ["title", "call", "kind", "state", "starts_at", "followers"]
    list_filter = ["state", "kind", "call"]
    list_select_related = ["call"]
    search_fields = ["title", "neutral_name"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["call", "invited"]

    def get_queryset(self, request):
        """Without what has an admin of its own: a session's rules are kept there."""
        children = [f"{relation.name}__isnull" for relation in self.opts.related_objects if relation.parent_link]
        bare = super().get_queryset(request).filter(**dict.fromkeys(children, True))
        return bare.annotate(follower_count=Count("follows"))

    @admin.display(description="Want to be told", ordering="follower_count")
    def followers(self, activity):
        return activity.follower_count


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    list_display = ["__str__", "email", "is_staff", "is_active", "created_at"]
    list_filter = ["is_staff", "is_active", "groups"]
    search_fields = ["name", "email"]
    ordering = ["name", "email"]
    filter_horizontal = ["groups"]
    fields = [
        "name", "email", "wants_reminders", "wants_news",
        "is_active", "is_staff", "is_superuser", "groups",
    ]  # fmt: skip

    def get_readonly_fields(self, request, obj=None):
        """Who is staff, and of which group, is for superusers; an address proves who somebody is, so it stays."""
        locked = [] if request.user.is_superuser else ["is_active", "is_staff", "is_superuser", "groups"]
        return locked + (["email"] if obj and obj.email else [])

    def has_change_permission(self, request, obj=None):
        others_staff = obj is not None and obj.is_staff and obj != request.user
        return super().has_change_permission(request, obj) and (request.user.is_superuser or not others_staff)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["kind", "person", "state", "due_at", "sent_at", "attempts"]
    list_filter = ["state", "kind", "channel"]
    list_select_related = ["person"]
    search_fields = ["person__name", "person__email", "address"]
    exclude = ["lease", "lease_until", "text"]  # the text holds links with which somebody could act as the person
    show_full_result_count = False
    actions = ["try_again"]

    @admin.action(description="Try failed messages again", permissions=["change"])
    def try_again(self, request, queryset):
        messages.success(request, f"{mail.try_again(queryset)} failed messages will be tried again within a minute.")


@admin.register(Follow)
class FollowAdmin(ReadOnlyAdmin):
    list_display = ["person", "call", "activity", "created_at"]
    list_select_related = ["person", "call", "activity"]
    search_fields = ["person__name", "person__email"]


@admin.register(SweepRun)
class SweepRunAdmin(ReadOnlyAdmin):
    list_display = ["name", "started_at", "finished_at", "seen", "done", "error"]
    list_filter = ["name"]
    show_full_result_count = False


@admin.register(Community)
class CommunityAdmin(ActAdmin):
    list_display = ["name", "phone", "hours", "reply_to"]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Community.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Page)
class PageAdmin(ActAdmin):
    list_display = ["title", "slug", "updated_at"]
    search_fields = ["title", "body"]
    prepopulated_fields = {"slug": ["title"]}


@admin.register(SupportLine)
class SupportLineAdmin(admin.ModelAdmin):
    list_display = ["name", "phone", "hours", "checked_on", "reminder"]
    search_fields = ["name", "about"]

    @admin.display(description="Reminder")
    def reminder(self, line):
        return format_html("<strong>{}</strong>", "Please check it") if line.needs_checking else ""


@admin.register(DeletionRequest)
class DeletionRequestAdmin(admin.ModelAdmin):
    list_display = ["person", "asked_at", "done_at"]
    list_filter = ["done_at"]
    list_select_related = ["person"]
    readonly_fields = ["person", "asked_at"]

    def has_add_permission(self, request):
        return False
