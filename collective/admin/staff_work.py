"""Follow-ups, and messages to many."""

from datetime import date

from django import forms
from django.contrib import admin, messages
from django.forms import Form
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString

from collective import clock
from collective.admin.acts import Act, ActAdmin
from collective.errors import RuleError
from collective.messages import announcements, kinds, letters
from collective.messages.announcements import Named
from collective.models import Announcement, FollowUp, Message
from collective.people.requests import MemberRequest
from collective.safety.markup import rich_text
from collective.templatetags.collective import clock_time, day
from collective.typed.forms import LinesField

State = Announcement.State
SENT_SOON = "It goes out in a minute. Until then you can stop it here."


class FollowUpForm(forms.ModelForm):
    what = LinesField(
        label="What to come back to", max_length=600, widget=forms.Textarea(attrs={"rows": 4})
    )

    class Meta:
        model = FollowUp
        fields = ["person", "activity", "due_on"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.what and "what" in self.fields:
            self.initial["what"] = self.instance.what

    def save(self, commit: bool = True):
        self.instance.what = self.cleaned_data.get("what", self.instance.what)
        return super().save(commit)


@admin.register(FollowUp)
class FollowUpAdmin(ActAdmin):
    form = FollowUpForm
    list_display = ["__str__", "person", "activity", "created_by", "done_at"]
    list_filter = ["done_at", "due_on"]
    list_select_related = ["person", "activity", "created_by"]
    autocomplete_fields = ["person", "activity"]
    fields = ["what", "due_on", "person", "activity"]
    acts = [
        Act("done", "Done", "It goes from Today. You can open it again.", "Done"),
        Act(
            "mistake",
            "It was a mistake",
            "It goes from Today. It stays on record that you said so. You can open it again.",
            "Noted as a mistake",
        ),
        Act("open", "Open it again", "It is on Today again.", "Opened again"),
    ]

    def get_changeform_initial_data(
        self, request: MemberRequest
    ) -> dict[str, date | list[str] | str]:
        return {
            "due_on": timezone.localdate(clock.now()),
            **super().get_changeform_initial_data(request),
        }

    def open_acts(self, request: MemberRequest, row) -> list[Act]:
        return [act for act in self.acts if (act.name == "open") == (row.done_at is not None)]

    def get_readonly_fields(self, request: MemberRequest, obj=None) -> list[str]:
        """Whoever noted it may word it anew; to colleagues it stays what it is, and about whom."""
        is_own = obj is None or obj.created_by_id == request.user.pk
        return [] if is_own else ["what", "person", "activity"]

    def act_mistake(self, request: MemberRequest, row) -> str:
        self.act_done(request, row)
        return "It is noted as a mistake."

    def act_done(self, request: MemberRequest, row) -> str:
        FollowUp.objects.filter(pk=row.pk, done_at=None).update(
            done_at=clock.now(), done_by=request.user
        )
        return "Done."

    def act_open(self, request: MemberRequest, row) -> str:
        FollowUp.objects.filter(pk=row.pk).update(done_at=None, done_by=None)
        return "It is open again."

    def save_model(self, request: MemberRequest, obj, form: Form, change) -> None:
        obj.created_by = obj.created_by or request.user
        obj.save()


class AnnouncementForm(forms.ModelForm):
    audience = forms.ChoiceField(label="To whom")

    class Meta:
        model = Announcement
        fields = ["audience", "call", "activity", "chosen", "subject", "body"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "audience" in self.fields:
            choices = [("", "Please choose"), *announcements.choices()]
            self.fields["audience"] = forms.ChoiceField(label="To whom", choices=choices)

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("audience"):
            named = Named(*(cleaned.get(name) for name in Named._fields))
            try:
                announcements.check(cleaned["audience"], named)
            except RuleError as error:
                self.add_error("audience", str(error))
        return cleaned


class WhenForm(forms.Form):
    """At once, or at a wall time in the UK."""

    send_at = forms.SplitDateTimeField(
        label="Not now, but on",
        required=False,
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date", "aria-label": "Date"},
            time_attrs={"type": "time", "aria-label": "Time"},
        ),
    )

    def clean_send_at(self):
        at = self.cleaned_data["send_at"]
        if at and at <= clock.now():
            raise forms.ValidationError(
                "This time is over already. Choose a later one, or leave it empty."
            )
        return at


def preview(admin_: ActAdmin, request: MemberRequest, announcement: Announcement):
    """How it reads, who is told by which channel; a test to oneself; then send, or set a time."""
    how = request.POST.get("how")
    if how == "test":
        return _send_test(request, announcement)
    form = WhenForm(request.POST if how == "send" else None)
    if form.is_valid():
        try:
            return _send(admin_, request, announcement, form.cleaned_data["send_at"])
        except RuleError as error:
            messages.error(request, str(error))
            return redirect(request.path)
    draft = Message(person=request.user, kind=kinds.ANNOUNCEMENT, about=announcement.pk)
    letter = announcements.announcement_letter(draft)
    return admin_.page(
        request,
        "admin/collective/announcement/preview.html",
        "Before it goes out",
        announcement=announcement,
        original=announcement,
        html=letters.render(draft, letter, letters.PREVIEW),
        form=form,
        counts=announcements.counts(announcement),
        audience=announcements.audience_of(announcement),
    )


def _send_test(request: MemberRequest, announcement: Announcement) -> HttpResponseRedirect:
    announcements.send_test(announcement, request.user)
    address = request.user.mail_address or "you"
    messages.success(request, f"A test is on its way to {address}.")
    return redirect(request.path)


def _send(
    admin_: ActAdmin, request: MemberRequest, announcement: Announcement, send_at
) -> HttpResponseRedirect:
    row = announcements.schedule(announcement, send_at)
    admin_.log_change(request, row, "Sent" if not send_at else "Set a time")
    at = row.send_at
    messages.success(
        request,
        f"It goes out on {day(at)}, {clock_time(at)}. Until then you can stop it."
        if send_at
        else SENT_SOON,
    )
    return redirect(admin_.change_url(row))


@admin.register(Announcement)
class AnnouncementAdmin(ActAdmin):
    form = AnnouncementForm
    list_display = ["subject", "audience_words", "state", "send_at", "told", "created_by"]
    list_filter = ["state", "call"]
    list_select_related = ["created_by"]
    search_fields = ["subject"]
    autocomplete_fields = ["activity", "call", "chosen"]
    fields = ["audience", "activity", "call", "chosen", "subject", "body"]
    change_form_template = "admin/collective/announcement/change_form.html"
    pages = {"preview": preview}
    acts = [
        Act(
            "stop",
            "Stop it",
            "It does not go out. You can change it, and send it later.",
            "Stopped",
        )
    ]

    @admin.display(description="To whom", ordering="audience")
    def audience_words(self, row):
        return announcements.audience_of(row).label

    @admin.display(description="What we say")
    def body_shown(self, row) -> SafeString:
        return rich_text(row.body)

    def get_readonly_fields(self, request: MemberRequest, obj=None):
        """What goes out, or went out, is no longer changed."""
        shown = [
            "audience_words",
            "activity",
            "call",
            "subject",
            "body_shown",
            "state",
            "send_at",
            "sent_at",
            "told",
        ]
        return [] if obj is None or obj.state == State.DRAFT else shown

    def get_fields(self, request: MemberRequest, obj=None):
        return (
            self.fields
            if obj is None or obj.state == State.DRAFT
            else self.get_readonly_fields(request, obj)
        )

    def has_delete_permission(self, request: MemberRequest, obj=None) -> bool:
        """What nobody was told yet is deleted by whoever wrote it, and by nobody else."""
        may = request.user.has_perm("collective.delete_announcement")
        is_own_draft = obj is None or (
            obj.state == State.DRAFT and obj.created_by_id == request.user.pk
        )
        return may and is_own_draft

    def has_change_permission(self, request: MemberRequest, obj=None) -> bool:
        return super().has_change_permission(request, obj) and request.user.has_perm(
            "collective.send_announcement"
        )

    def open_acts(self, request: MemberRequest, row) -> list[Act] | tuple[()]:
        return self.acts if row.state == State.SCHEDULED else ()

    def act_stop(self, request: MemberRequest, row) -> str:
        announcements.stop(row)
        return "Stopped. It has not gone out."

    saves_changes_only = True

    def save_model(self, request: MemberRequest, obj, form: Form, change) -> None:
        obj.created_by = obj.created_by or request.user
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: MemberRequest, obj, post_url_continue=None
    ) -> HttpResponseRedirect:
        return redirect("admin:collective_announcement_preview", obj.pk)

    def response_change(self, request: MemberRequest, obj) -> HttpResponseRedirect:
        return redirect("admin:collective_announcement_preview", obj.pk)
