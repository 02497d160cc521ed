from django.contrib import admin
from django.utils.html import format_html_join

from collective.admin_acts import Act, ActAdmin
from collective.models import Person
from events import waiting_list
from events.forms import access_words
from events.models import Registration

State = Registration.State


@admin.register(Registration)
class RegistrationAdmin(ActAdmin):
    list_display = ["person", "email", "session", "state", "order", "offer_until", "capacity", "created_at"]
    list_filter = ["state", "capacity", "session"]
    list_select_related = ["person", "session"]
    search_fields = ["person__name", "person__email", "session__title"]
    ordering = ["session", "state", "list_number", "created_at"]
    list_per_page = 50
    saves_changes_only = True
    view_on_site = False  # the page is the person's own
    private_fields = ("access_needs", "companion")
    acts = [
        Act("offer", "Offer a place", "This person gets an email with the offer and a time to answer."),
        Act(
            "give_back",
            "Give back the place",
            "The person is told, and the place is offered to the next in order.",
        ),
    ]
    readonly_fields = [
        "person", "session", "state", "seat", "list_number", "offer_until", "ended_because", "came_for_part",
        "came_without_signing_up", "fee_pence", "agreed_at", "created_at", "who_comes_along", "what_helps", "history",
    ]  # fmt: skip
    fields = ["capacity", *readonly_fields]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        private = {"who_comes_along", "what_helps"}
        may = request.user.has_perm("events.view_access_needs")
        return [name for name in self.fields if may or name not in private]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """Each look at what a person needs is on record."""
        if obj and (obj.access_needs or obj.companion) and request.user.has_perm("events.view_access_needs"):
            self.log_change(request, obj, "Looked at this registration")
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @admin.display(description="Order on the list", ordering="list_number")
    def order(self, registration):
        return "" if registration.list_number is None else f"{registration.list_number.normalize():f}"

    @admin.display(description="Email address")
    def email(self, registration):
        return registration.person.email or ""

    def open_acts(self, request, obj):
        names = {"offer": obj.state == State.WAITING, "give_back": obj.can_give_up}
        return [act for act in self.acts if names[act.name]]

    def act_offer(self, request, registration):
        offered = waiting_list.offer_by_hand(registration)
        return f"{offered.person} has the offer until {offered.offer_until:%d %B, %H:%M} UTC."

    def act_give_back(self, request, registration):
        registration.give_up(Registration.EndedBecause.STAFF)
        return f"{registration.person} no longer holds a place."

    @admin.display(description="Comes along")
    def who_comes_along(self, registration):
        companion = registration.companion or {}
        return (
            ", ".join(filter(None, [companion.get("kind"), companion.get("name"), companion.get("email")])) or "nobody"
        )

    @admin.display(description="What helps them take part")
    def what_helps(self, registration):
        needs = registration.access_needs or {}
        lines = [*access_words(needs), *filter(None, [needs.get("notes")])]
        return format_html_join("\n", "<p>{}</p>", ((line,) for line in lines)) or "nothing noted"

    @admin.display(description="What happened")
    def history(self, registration):
        events = list(registration.events.order_by("pgh_created_at", "pgh_id")[:100])
        ids = {(event.pgh_context or {}).get("user") for event in events} - {None}
        names = {str(person.pk): str(person) for person in Person.objects.filter(pk__in=ids)}
        rows = ((f"{row.pgh_created_at:%d %b %Y %H:%M}", State(row.state).label, _who(row, names)) for row in events)
        return format_html_join("\n", "<p>{}: {}{}</p>", rows)


def _who(event, names):
    user = (event.pgh_context or {}).get("user")
    return f", by {names.get(user, 'somebody who is gone')}" if user else ", by itself or by a link from a mail"
