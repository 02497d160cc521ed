"""Requests to be forgotten: taken down by staff, confirmed by a second colleague, stopped."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from collective.admin.acts import Act, ActAdmin, MadeElsewhere
from collective.errors import RuleError
from collective.models import DeletionRequest, Person
from collective.people import asked_to_forget, forgetting
from collective.people.asked_to_forget import Told
from collective.people.requests import MemberRequest
from collective.templatetags.collective import long_day
from collective.typed.forms import LineField, LinesField

How = DeletionRequest.How


class TakeDownForm(forms.Form):
    """Who asks, and how we know that it is them."""

    how = forms.ChoiceField(
        label="Who asks",
        choices=[(How.RANG, "They ask for themselves"), (How.DIED, How.DIED.label)],
        widget=forms.RadioSelect,
    )
    asker = LineField(
        label="The name of whoever asks, and what they are to the person",
        max_length=200,
        required=False,
        help_text="Only if somebody asks for them: “Mo, her brother”.",
    )
    checked = LinesField(
        label="How do we know that it is them?",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=(
            "For example: “We rang them back on the number that we had.” Ask for no papers that "
            "we do not need."
        ),
    )

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("how") == How.DIED and not cleaned.get("asker"):
            self.add_error("asker", "Say who asks, as the person cannot.")
        return cleaned


class StopForm(forms.Form):
    """How staff know that somebody would rather stay."""

    why = LinesField(
        label="How do you know that they would rather stay?",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=(
            "They are told that you have stopped it, at every address that we have, and they read "
            "this on their page. They can ask again at once."
        ),
        error_messages={"required": "Say in a few words how you know it: they read this."},
    )


def take_down(admin_: ActAdmin, request: MemberRequest, person: Person):
    """Somebody rings, or asks for a person who has died: what happens, then who asks."""
    form = TakeDownForm(request.POST or None)
    if form.is_valid():
        try:
            return _take_down(admin_, request, person, Told(**form.cleaned_data))
        except RuleError as error:
            form.add_error(None, str(error))
    return admin_.page(
        request,
        "admin/collective/person/forget.html",
        "They ask to be forgotten",
        person=person,
        original=person,
        form=form,
        told=forgetting.preview(person),
        obstacles=forgetting.in_the_way(person),
        asked=person.deletion_requests.open().first(),
        backup_days=settings.BACKUP_DAYS,
    )


def _take_down(admin_: ActAdmin, request: MemberRequest, person: Person, told: Told):
    row = asked_to_forget.take_down(person, request.user, told)
    admin_.log_change(request, row, "Noted that they ask to be forgotten")
    messages.success(request, "Noted. Now a second colleague looks at it and confirms it.")
    return redirect("admin:collective_deletionrequest_change", row.pk)


def stop(admin_: ActAdmin, request: MemberRequest, row: DeletionRequest):
    """They would rather stay, as somebody of our team knows: by whom and why is kept and told."""
    form = StopForm(request.POST or None)
    if form.is_valid():
        try:
            asked_to_forget.stop_for(row, request.user, form.cleaned_data["why"])
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            admin_.log_change(request, row, "Stopped it")
            messages.success(request, "Stopped. Nothing was removed.")
            return redirect(admin_.change_url(row))
    title = "They would rather stay"
    template = "admin/collective/deletionrequest/stop.html"
    return admin_.page(request, template, title, original=row, form=form)


@admin.register(DeletionRequest)
class DeletionRequestAdmin(MadeElsewhere, ActAdmin):
    list_display = ["__str__", "how", "asked_at", "due_at", "waits_since", "stopped_at", "done_at"]
    list_filter = ["how", "done_at", "stopped_at"]
    list_select_related = ["person"]
    change_form_template = "admin/collective/deletionrequest/change_form.html"
    pages = {"stop": stop}
    fields = readonly_fields = (
        "person_page",
        "how",
        "asked_at",
        "who_asks",
        "how_we_know",
        "taken_by",
        "confirmed_by",
        "due_at",
        "in_the_way",
        "what_happens",
        "stopped_at",
        "stopped_by",
        "why_stopped",
        "done_at",
    )
    acts = [
        Act(
            "begin",
            "Begin",
            "They get a week to change their mind, and are told so. Then it is done.",
            "Began it",
        ),
        Act(
            "confirm",
            "Confirm",
            "You have looked at it, too: it is really them who asks, or somebody who may ask for "
            "them. It is done on its day. Somebody who has died can no longer be signed in as, and "
            "every address of theirs is told: it is done three days from now, or later.",
            "Confirmed it",
        ),
    ]

    def open_acts(self, request: MemberRequest, row) -> list[Act]:
        may = {
            "begin": row.is_open and row.due_at is None,
            "confirm": row.needs_confirming and request.user.pk != row.taken_by_id,
        }
        return [act for act in self.acts if may[act.name]]

    def act_begin(self, request: MemberRequest, row) -> str:
        asked_to_forget.begin(row)
        return "They are told, and it is done in a week."

    def act_confirm(self, request: MemberRequest, row) -> str:
        row = asked_to_forget.confirm(row, request.user)
        return f"Confirmed. It is done on {long_day(row.due_at)}."

    @admin.display(description="Their record")
    def person_page(self, row) -> SafeString | str:
        if row.person.forgotten_at:
            return str(row.person)
        url = reverse("admin:collective_person_change", args=[row.person_id])
        return format_html('<a href="{}">{}</a>', url, row.person)

    @admin.display(description="Who asks")
    def who_asks(self, row) -> str:
        return row.asker or "-"

    @admin.display(description="How we know")
    def how_we_know(self, row) -> str:
        return row.checked or "-"

    @admin.display(description="Why our team stopped it")
    def why_stopped(self, row) -> str:
        return row.stop_reason or "-"

    @admin.display(description="To be settled first")
    def in_the_way(self, row) -> SafeString | str:
        obstacles = forgetting.in_the_way(row.person) if row.is_open else []
        return _listed([found.for_staff for found in obstacles]) or "nothing"

    @admin.display(description="What happens, as they read it")
    def what_happens(self, row) -> SafeString | str:
        if not row.is_open:
            return "-"
        told = forgetting.preview(row.person)
        stays = [f"Stays: {line.what}, {line.why}." for line in told.stays]
        return _listed([*told.ends, *told.goes, *stays])


def _listed(lines: list[str]) -> SafeString:
    return format_html_join("", "<p>{}</p>", ((line,) for line in lines))
