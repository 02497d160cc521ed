from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from collective.admin import forgetting, person_pages
from collective.admin.acts import Act, ActAdmin, MadeElsewhere
from collective.admin.namesakes import TellsApart
from collective.admin.person_forms import PersonForm
from collective.errors import RuleError
from collective.models import Message, Person, RecordJoin
from collective.people import contact_changes, phones, record_joins, staff
from collective.people.requests import MemberRequest
from collective.templatetags.collective import named, who

admin.site.unregister(EmailAddress)  # Person.email is the one address; allauth's table stays empty
admin.site.unregister(Authenticator)
CONTACTS = ["phone", "postal_address"]
RIGHTS = ["is_active", "is_staff", "is_superuser", "groups"]
OF_COLLEAGUES = ["bookings", "did_not_arrive"]  # staff who look after people, with links to it
OF_OTHERS = ["bookings_in_words"]
NEWEST = 20
Booking = tuple[str, Model, str]  # its page in the admin ("" for none), of what it is, its state


def _address(model: str, pk: UUID) -> str:
    return reverse(f"admin:events_{model}_change", args=[pk])


def _places(person: Person) -> list[Booking]:
    rows = person.registrations.select_related("session").order_by("-created_at")[:NEWEST]
    return [
        (_address("registration", row.pk), row.session, row.get_state_display()) for row in rows
    ]


def _talks(person: Person, *, linked: bool) -> list[Booking]:
    rows = person.conversations.select_related("series").order_by("-created_at")[:NEWEST]
    return [
        (
            _address("conversation", row.pk) if linked else "",
            row.series,
            row.get_state_display(),
        )
        for row in rows
    ]


def _listed(bookings: list[Booking]) -> str:
    """A line for each, with a link where there is an address."""
    lines = (
        (format_html('<a href="{}">{}</a>', address, of) if address else of, state)
        for address, of, state in bookings
    )
    return format_html_join("", "<p>{}: {}</p>", lines) or "none"


def may_undo(join: RecordJoin, by: Person) -> bool:
    """Would the rule let this colleague undo it now?"""
    try:
        record_joins.check_undo(join, by)
    except RuleError:
        return False
    return True


@admin.register(Person)
class PersonAdmin(ActAdmin):
    form = PersonForm
    list_display = ["known_as", "email", "reach_by", "is_staff", "is_active", "created_at"]
    list_filter = ["reach_by", "is_staff", "is_active", "groups"]
    search_fields = ["name", "email", "contact_email"]
    ordering = ["name", "email"]
    change_form_template = "admin/collective/person/change_form.html"
    change_list_template = "admin/collective/person/change_list.html"
    pages = {
        "email": person_pages.email,
        "join": person_pages.join,
        "forget": forgetting.take_down,
    }
    readonly_fields = ["email", *OF_COLLEAGUES, *OF_OTHERS]
    acts = [
        Act(
            "undo_join",
            "Undo the join",
            "The two records are two again. What happened since stays with this one.",
            "Undid the join",
        ),
        Act(
            "reset_second_step",
            "Reset the second step",
            "Their app and recovery codes stop working, and they are signed out everywhere. "
            "They set the second step up anew. Make sure that it is really them who asks: ring "
            "them on a number that you know.",
            "Reset the second step",
        ),
        Act(
            "leave",
            "They leave the team",
            "They are out of the staff pages at once, on every device. They stay a member of the "
            "community.",
            "Left the team",
        ),
    ]

    def get_urls(self) -> list[URLPattern]:
        invite = self.admin_site.admin_view(lambda request: person_pages.invite(self, request))
        return [path("invite/", invite, name="collective_person_invite"), *super().get_urls()]

    def get_queryset(self, request: MemberRequest):
        return super().get_queryset(request).filter(joined_into=None, forgotten_at=None)

    def get_search_results(self, request: MemberRequest, queryset: QuerySet, search_term):
        """A whole phone number finds exactly those who have it, for staff who may see numbers."""
        number = phones.read(search_term)
        if number and request.user.has_perm("collective.view_contact_details"):
            return queryset.filter(phone_hash=phones.keyed_hash(number)), False
        return super().get_search_results(request, queryset, search_term)

    def get_fieldsets(self, request: MemberRequest, obj=None):
        reach = ["contact_email", "reach_by"]
        if request.user.has_perm("collective.view_contact_details"):
            reach = [*CONTACTS, *reach]
        sets = [
            (None, {"fields": ["name", "email"] if obj else ["name", "is_somebody_else"]}),
            ("How we reach them", {"fields": [*reach, "wants_reminders", "wants_news"]}),
        ]
        if obj:
            works_with_them = self.has_change_permission(request, obj)
            fields = OF_COLLEAGUES if works_with_them else OF_OTHERS
            sets.append(("What there is", {"fields": fields}))
        if request.user.is_superuser or (obj and obj.is_staff):
            sets.append(("Staff", {"fields": [*RIGHTS, "wants_staff_mail"]}))
        return sets

    def get_form(self, request: MemberRequest, obj=None, change: bool = False, **kwargs):
        """Phone number and address are in the form only for staff who may see them."""
        hidden = [] if request.user.has_perm("collective.view_contact_details") else CONTACTS
        base = type("PersonForm", (PersonForm,), dict.fromkeys(hidden))
        return super().get_form(request, obj, change, **{"form": base, **kwargs})

    def get_readonly_fields(self, request: MemberRequest, obj=None) -> list[str]:
        """Superusers say who is staff, and of which group; an address changes with a code to it."""
        return [*self.readonly_fields, *([] if request.user.is_superuser else RIGHTS)]

    def save_model(self, request: MemberRequest, obj, form, change) -> None:
        """Somebody whose contacts are changed is told."""
        if change:
            contact_changes.save(obj, request.user)
        else:
            super().save_model(request, obj, form, change)

    def has_change_permission(self, request: MemberRequest, obj=None) -> bool:
        if obj is None or not obj.is_staff or obj == request.user or request.user.is_superuser:
            return super().has_change_permission(request, obj)
        return request.user.has_perm("collective.manage_staff") and not obj.is_superuser

    def has_delete_permission(self, request: MemberRequest, obj=None) -> bool:
        return False

    def open_acts(self, request: MemberRequest, obj) -> list[Act]:
        manages = (
            request.user.has_perm("collective.manage_staff")
            and obj.is_staff
            and obj != request.user
        )
        newest = obj.joins.filter(undone_at=None).select_related("kept").first()
        may = {
            "undo_join": newest is not None and may_undo(newest, request.user),
            "reset_second_step": manages,
            "leave": manages,
        }
        return [act for act in self.acts if may[act.name]]

    def act_undo_join(self, request: MemberRequest, person: Person):
        row = person.joins.filter(undone_at=None)[0]
        lines = record_joins.undo(row, request.user)
        self.log_change(request, row.gone, "Undid the join")
        return " ".join(["The two records are two again.", *lines])

    def act_reset_second_step(self, request: MemberRequest, person: Person) -> str:
        staff.check_may_manage(request.user, person)
        staff.reset_second_step(person, by=request.user)
        return "Their second step is reset, and they are signed out everywhere."

    def act_leave(self, request: MemberRequest, person: Person) -> str:
        staff.check_may_manage(request.user, person)
        staff.leave(person, by=request.user)
        return f"{person} is no longer staff, and signed out everywhere."

    @admin.display(description="What to call them", ordering="name")
    def known_as(self, person: Person) -> SafeString:
        """Address and day stand beside it; without an address, how they are told."""
        return named(person) if person.email else who(person)

    @admin.display(description="Bookings")
    def bookings(self, person: Person) -> str:
        return _listed([*_places(person), *_talks(person, linked=True)])

    @admin.display(description="Bookings")
    def bookings_in_words(self, person: Person) -> str:
        """Without links to conversations: those pages are for colleagues who look after them."""
        return _listed([*_places(person), *_talks(person, linked=False)])

    @admin.display(description="Mail that did not arrive")
    def did_not_arrive(self, person: Person) -> str:
        rows = Message.objects.failed().filter(person=person)[:5]
        lines = (
            (reverse("admin:collective_message_change", args=[row.pk]), row.error[:100])
            for row in rows
        )
        return format_html_join("", '<p><a href="{}">Tell by phone</a>: {}</p>', lines) or "none"


@admin.register(Authenticator)
class AuthenticatorAdmin(MadeElsewhere, TellsApart):
    """To look at: people who have a second step, and since when.

    "Reset the second step" is on the person's page.
    """

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_select_related = ["user"]
    search_fields = ["user__name", "user__email"]
    exclude = ["data"]
    readonly_fields = ["user", "type", "created_at", "last_used_at"]
