from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from collective.admin_acts import Act, ActAdmin
from collective.errors import RuleError
from events import waiting_list
from events.admin.forms import MARKS, AttendanceForm, PlacesForm, SessionForm, WalkInForm
from events.models import Material, Registration, Reminder, Session

State = Session.State


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
    private_fields = ("joining_link", "meeting_id", "passcode", "dial_in", "how_to_get_in")
    list_display = ["title", "call", "starts_at", "state", "places_taken", "waiting_now"]
    list_filter = ["state", "kind", "call", "starts_at"]
    list_select_related = ["call"]
    search_fields = ["title", "neutral_name", "address"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["call", "invited"]
    inlines = [ReminderInline, MaterialInline]
    ordering = ["-starts_at"]
    change_form_template = "admin/events/session/change_form.html"
    acts = [
        Act("open", "Open sign-up", "People can then sign up. Who asked to be told gets an email."),
        Act("close", "Close sign-up", "Nobody can then sign up. Who has a place keeps it, and offers go on."),
    ]
    fieldsets = [
        (None, {"fields": ["call", "kind", "title", "slug", "neutral_name", "summary", "state", "cancelled_because"]}),
        ("When", {"fields": ["starts_at", "ends_at", "opens_at", "when_words", "how_long"]}),
        ("Places", {"fields": ["places", "offers_by_hand", "by_invitation", "invited"]}),
        ("What people read", {"fields": [
            "what_to_expect", "who_will_be_there", "pace", "recording", "content_note", "interpreter_by", "contact",
            "contact_on_the_day", "position",
        ]}),
        ("What we offer", {"fields": ["fee_pence", "what_the_fee_covers"]}),
        ("In person", {"fields": ["address", "map_link", "step_free_access", "quiet_room", "toilets", "food"]}),
        ("Joining details, shown only to who is coming", {"fields": [
            "joining_link", "meeting_id", "passcode", "dial_in", "how_to_get_in",
        ]}),
        ("Afterwards", {"fields": ["notes_afterwards"]}),
    ]  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).with_counts()

    @admin.display(description="Places taken")
    def places_taken(self, session):
        return f"{session.held} of {session.places}"

    @admin.display(description="Waiting", ordering="waiting")
    def waiting_now(self, session):
        return session.waiting

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/places/", view(self.places_view), name="events_session_places"),
            path("<uuid:pk>/attendance/", view(self.attendance_view), name="events_session_attendance"),
            path("<uuid:pk>/walk-in/", view(self.walk_in_view), name="events_session_walk_in"),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request, obj=None):
        """Places have a page of their own: raising them makes offers, lowering them says what it does not do."""
        return ["places"] if obj else []

    def get_fieldsets(self, request, obj=None):
        """Joining details are for who is coming and for who looks after the session."""
        may = self.has_change_permission(request, obj) or self.has_add_permission(request)
        return [row for row in self.fieldsets if may or not row[0] or not row[0].startswith("Joining details")]

    def open_acts(self, request, session):
        wanted = {State.OPEN: "close", State.CLOSED: "open", State.TO_BE_CONFIRMED: "open"}.get(session.state)
        return [act for act in self.acts if act.name == wanted]

    def act_open(self, request, session):
        if session.starts_at is None or session.ends_at is None:
            raise RuleError("Set the day and time first.")
        self._set_state(session, State.OPEN)
        return "Sign-up is open."

    def act_close(self, request, session):
        self._set_state(session, State.CLOSED)
        return "Sign-up is closed."

    @staticmethod
    @transaction.atomic
    def _set_state(session, state):
        locked = session.locked()
        locked.state = state
        locked.save()

    def _session(self, request, pk):
        session = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, session):
            raise PermissionDenied
        return session

    def _page(self, request, session, template, title, **context):
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "session": session,
            "title": title,
        }
        return TemplateResponse(request, template, context)

    def places_view(self, request, pk):
        """Raise or lower the places."""
        session = self._session(request, pk)
        form = PlacesForm(request.POST or None, initial={"places": session.places})
        if request.method == "POST" and form.is_valid():
            places = form.cleaned_data["places"]
            held = session.set_places(places)
            over = f" {held} are taken or offered; nobody loses one." if held > places else ""
            self.log_change(request, session, f"Places: {places}")
            messages.success(request, f"Saved. Places: {places}.{over}")
            return redirect("admin:events_session_change", session.pk)
        return self._page(request, session, "admin/events/session/places.html", "Raise or lower places", form=form)

    def attendance_view(self, request, pk):
        """Everybody who holds a place on one screen, each with one choice."""
        session = self._session(request, pk)
        marked = [Registration.State.CONFIRMED, Registration.State.ATTENDED, Registration.State.MISSED]
        rows = session.registrations.filter(state__in=marked).select_related("person")
        forms = [AttendanceForm.of(row, request) for row in rows.order_by("person__name", "pk")]
        if request.method == "POST" and all(form.is_valid() for form in forms if form.is_bound):
            self._mark(request, session, [form for form in forms if form.is_bound and form.is_changed])
            return redirect("admin:events_session_attendance", session.pk)
        return self._page(
            request, session, "admin/events/session/attendance.html", "Attendance", forms=forms, walk_in=WalkInForm()
        )

    def _mark(self, request, session, changed):
        try:
            with transaction.atomic():
                for form in changed:
                    state, for_part = MARKS[form.cleaned_data["mark"]]
                    form.registration.mark(state, came_for_part=for_part)
                    self.log_change(request, session, f"{form.registration.person}: {form.cleaned_data['mark']}")
        except RuleError as error:
            messages.error(request, f"Nothing was saved. {error}")
        else:
            messages.success(request, f"Saved. {len(changed)} changed.")

    def walk_in_view(self, request, pk):
        """Somebody came without signing up."""
        session = self._session(request, pk)
        form = WalkInForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                registration = waiting_list.note_walk_in(session, **form.cleaned_data)
            except RuleError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"{registration.person} is noted: came without signing up.")
                return redirect(reverse("admin:events_session_attendance", args=[session.pk]))
        return self._page(
            request,
            session,
            "admin/events/session/walk_in.html",
            "Somebody came without signing up",
            walk_in=form,
        )
