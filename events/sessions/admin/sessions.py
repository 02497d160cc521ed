from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString

from collective.admin.acts import Act, ActAdmin
from collective.errors import RuleError
from collective.models.activity import Activity
from collective.people.requests import MemberRequest
from events.models import Material, Reminder, Session
from events.sessions.admin import attendance, board, booking, changes, door
from events.sessions.admin.forms import SessionForm
from events.sessions.messages import joining_details

State = Session.State
NEXT_ACT: dict[str, str] = {
    State.OPEN: "close",
    State.CLOSED: "open",
    State.TO_BE_CONFIRMED: "open",
}
JOINING_DETAILS = ("joining_link", "meeting_id", "passcode", "dial_in", "how_to_get_in")
WHAT = ("call", "kind", "title", "slug", "neutral_name", "summary", "state", "cancelled_because")
WHEN = ("starts_at", "ends_at", "opens_at", "when_words", "how_long")
TO_READ = (
    *("what_to_expect", "who_will_be_there", "pace", "recording", "content_note"),
    *("interpreter_by", "contact", "contact_on_the_day", "position"),
)
THE_HOUSE = ("address", "map_link", "step_free_access", "quiet_room", "toilets", "food")
FOR_PEOPLE_WHO_COME = "Joining details, shown only to people who are coming"


class MaterialInline(admin.StackedInline):
    model = Material
    extra = 0
    formfield_overrides = {models.FileField: {"widget": forms.FileInput}}


class ReminderInline(admin.StackedInline):
    model = Reminder
    extra = 0
    readonly_fields = ["due_at", "fanned_out_at"]


@admin.register(Session)
class SessionAdmin(ActAdmin):
    form = SessionForm
    saves_changes_only = True
    columns_of_pages = ["board"]
    list_display = ["title", "board", "call", "starts_at", "state", "places_taken", "waiting_now"]
    list_filter = ["state", "kind", "call", "starts_at"]
    list_select_related = ["call"]
    search_fields = ["title", "neutral_name", "address"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["call", "invited"]
    inlines = [ReminderInline, MaterialInline]
    ordering = ["-starts_at"]
    change_form_template = "admin/events/session/change_form.html"
    acts = [
        Act(
            "open",
            "Open sign-up",
            "People can then sign up. Everybody who asked to be told hears of it.",
        ),
        Act(
            "close",
            "Close sign-up",
            "Nobody can then sign up. Everybody with a place keeps it, and offers go on.",
        ),
        Act(
            "copy",
            "Copy this session",
            "Makes a new session with the same words, reminders and materials: without people, "
            "date and joining details.",
        ),
        Act(
            "tell_again",
            "Send the joining details again",
            "For when they have changed: everybody who has a place gets them once more.",
        ),
    ]
    pages = {
        "board": board.board,
        "needs": board.needs,
        "door_sheet": board.door_sheet,
        "print_list": board.print_list,
        "export": board.export,
        "book": booking.book,
        "places": changes.change_places,
        "move": changes.move,
        "cancel": changes.cancel,
        "attendance": attendance.attendance,
        "walk_in": door.walk_in,
    }
    fieldsets = [
        (None, {"fields": WHAT}),
        ("When", {"fields": WHEN}),
        ("Places", {"fields": ["places", "offers_by_hand", "by_invitation", "invited"]}),
        ("What people read", {"fields": TO_READ}),
        ("What we offer", {"fields": ["fee_pence", "what_the_fee_covers"]}),
        ("In person", {"fields": THE_HOUSE}),
        ("Your own words in messages", {"fields": ["booked_note", "reminder_note", "after_note"]}),
        (FOR_PEOPLE_WHO_COME, {"fields": JOINING_DETAILS}),
        ("Afterwards", {"fields": ["notes_afterwards"]}),
    ]

    def get_queryset(self, request: MemberRequest):
        return Session.objects.with_counts().order_by(*self.get_ordering(request))

    @admin.display(description="Places taken")
    def places_taken(self, session: Session) -> str:
        return f"{session.held} of {session.places}"

    @admin.display(description="Waiting", ordering="waiting")
    def waiting_now(self, session: Session):
        return session.waiting

    @admin.display(description="Board", ordering="title")
    def board(self, session: Session) -> SafeString:
        url = reverse("admin:events_session_board", args=[session.pk])
        return format_html(
            '<a href="{}">Board<span class="visually-hidden"> of {}</span></a>', url, session
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.book_person_view)
        address = "<uuid:pk>/book/<uuid:person_pk>/"
        return [path(address, view, name="events_session_book_person"), *super().get_urls()]

    def book_person_view(self, request: MemberRequest, pk: UUID, person_pk: UUID):
        session = self.get_object(request, str(pk))
        if session is None:
            raise Http404
        if not self.has_change_permission(request, session):
            raise PermissionDenied
        return booking.book_person(self, request, session, person_pk)

    def get_readonly_fields(self, request: MemberRequest, obj=None):
        """What has an act or a page of its own, as people must hear of it.

        That is the state, the places, and a date once people are signed up.
        """
        if obj is None:
            return []
        is_promised = obj.starts_at and obj.registrations.live().exists()
        dates = ["starts_at", "ends_at"] if is_promised else []
        address = super().get_readonly_fields(request, obj)
        return ["state", "cancelled_because", "places", *dates, *address]

    def get_fieldsets(self, request: MemberRequest, obj=None):
        """Joining details are for people who are coming, and staff who look after the session."""
        may = self.has_change_permission(request, obj) or self.has_add_permission(request)
        return [row for row in self.fieldsets if may or row[0] != FOR_PEOPLE_WHO_COME]

    def open_acts(self, request: MemberRequest, session: Session) -> list[Act]:
        may = {
            "copy": True,
            "tell_again": session.joining_details_are_out,
            NEXT_ACT.get(session.state): not session.has_ended,
        }
        return [act for act in self.acts if may.get(act.name)]

    def back_from_act(self, session: Session) -> str:
        return reverse("admin:events_session_board", args=[session.pk])

    def locked(self, obj: Session) -> Session:
        return obj.locked()

    def act_open(self, request: MemberRequest, session: Session) -> str:
        if session.starts_at is None or session.ends_at is None:
            raise RuleError("Set the day and time first.")
        self._set_state(session, State.OPEN)
        return "Sign-up is open."

    def act_close(self, request: MemberRequest, session: Session) -> str:
        self._set_state(session, State.CLOSED)
        return "Sign-up is closed."

    @staticmethod
    @transaction.atomic
    def _set_state(session: Session, state: Activity.State) -> None:
        locked = session.locked()
        if locked.state == State.CANCELLED or not (locked.starts_at and locked.ends_at):
            raise RuleError("This session is cancelled, or has no day and time yet.")
        locked.state = state
        locked.save()

    def act_copy(self, request: MemberRequest, session: Session) -> str:
        copied = session.copy(session.call)
        return f"Copied. The new one has no date and no people yet: {copied} ({copied.slug})."

    def act_tell_again(self, request: MemberRequest, session: Session) -> str:
        people = joining_details.send_again(session)
        return f"The joining details go to {people} people once more."

    def response_change(self, request: MemberRequest, obj) -> HttpResponse:
        if "_continue" in request.POST or "_addanother" in request.POST or "_popup" in request.POST:
            return super().response_change(request, obj)
        super().response_change(request, obj)
        return redirect(self.back_from_act(obj))

    def response_add(self, request: MemberRequest, obj, post_url_continue=None) -> HttpResponse:
        if "_continue" in request.POST or "_addanother" in request.POST or "_popup" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        super().response_add(request, obj, post_url_continue)
        return redirect(self.back_from_act(obj))
