from datetime import datetime
from typing import Any, Self

from django import forms
from django.http import QueryDict

from collective.admin.person_forms import PhoneField
from collective.templatetags.collective import pounds
from collective.typed.forms import AddressField, LineField, LinesField
from events.models import AccessNeed, Registration, Session
from events.sessions.access_needs import Progress
from events.sessions.door import Newcomer
from events.staff_forms import LEAST_FEE

State = Registration.State
NOT_MARKED = "not marked"
MAY_HAVE_NO_DATE = {Session.State.TO_BE_CONFIRMED, Session.State.CANCELLED}
MARKS = {
    NOT_MARKED: (State.CONFIRMED, False),
    "took part": (State.ATTENDED, False),
    "came for part": (State.ATTENDED, True),
    "not seen": (State.MISSED, False),
}


class SessionForm(forms.ModelForm):
    """What a session needs before people can sign up, and as long as anybody is signed up."""

    class Meta:
        model = Session
        exclude: list[str] = []  # the admin's fieldsets say which fields are shown

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_date(cleaned)
        fee = cleaned.get("fee_pence")
        if fee and fee < LEAST_FEE:
            self.add_error("fee_pence", f"This is {pounds(fee)}. For £75 write 7500.")
        ends_at = cleaned.get("ends_at") or self.instance.ends_at
        if cleaned.get("opens_at") and ends_at and cleaned["opens_at"] >= ends_at:
            self.add_error("opens_at", "Sign-up would open after the session is over.")
        if cleaned.get("kind") not in {Session.Kind.SESSION, Session.Kind.IN_PERSON, None}:
            self.add_error("kind", "A session is online or in person.")
        return cleaned

    def _check_date(self, cleaned: dict[str, Any]) -> None:
        """Without a date, a session can only be to be confirmed, or cancelled."""
        if "starts_at" not in self.fields:
            return  # people are signed up: "Move this session" changes it, and tells them
        if cleaned.get("starts_at") and cleaned.get("ends_at"):
            return
        if cleaned.get("state", self.instance.state) in MAY_HAVE_NO_DATE:
            return
        if not {"starts_at", "ends_at"} & {*self.errors}:
            where = "ends_at" if cleaned.get("starts_at") else "starts_at"
            self.add_error(
                where, "Give a start and an end, or leave the state at “To be confirmed”."
            )


class MoveOnListForm(forms.Form):
    position = forms.IntegerField(
        min_value=1,
        max_value=100_000,
        label="Position on the list",
        help_text="1 is the next in order.",
    )
    reason = LineField(
        max_length=200, label="Why", help_text="Other staff can read it. Nothing private, please."
    )


class WallTimeField(forms.SplitDateTimeField):
    """A day and a time as clocks in the UK show them."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.SplitDateTimeWidget(
            date_attrs={"type": "date", "aria-label": "Date"},
            time_attrs={"type": "time", "aria-label": "Time"},
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        )
        super().__init__(widget=widget, **kwargs)


class MoveForm(forms.Form):
    """A new time for a session."""

    starts_at = WallTimeField(label="New start (UK time)")
    ends_at = WallTimeField(label="New end (UK time)")
    note = LinesField(
        label="What people should know",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody on it reads this.",
    )

    @property
    def times(self) -> dict[str, datetime]:
        return {name: self.cleaned_data[name] for name in ("starts_at", "ends_at")}


class NeedForm(forms.Form):
    """How far staff are with one thing that helps somebody take part."""

    state = forms.ChoiceField(
        choices=[row for row in AccessNeed.State.choices if row[0] != AccessNeed.State.WITHDRAWN],
        widget=forms.RadioSelect,
        label="How far are we?",
    )
    reason = LinesField(
        label="What the person is told about it",
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=(
            "For example who it is, or why we cannot arrange it. They read it on their page."
        ),
    )
    note = LinesField(
        label="Note for the team",
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.CharField(widget=forms.HiddenInput, max_length=16)
    needed_by = forms.DateField(
        label="Arranged by",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    @classmethod
    def initial_for(cls, need: AccessNeed) -> dict[str, Any]:
        return {
            "state": need.state,
            "reason": need.reason,
            "note": need.note,
            "needed_by": need.needed_by,
            "version": need.version,
        }

    @property
    def progress(self) -> Progress:
        names = ("state", "reason", "note", "needed_by")
        return Progress(**{name: self.cleaned_data[name] for name in names})


class PlacesForm(forms.Form):
    places = forms.IntegerField(
        min_value=1,
        max_value=5000,
        help_text=(
            "More: offers go out at once, in the order of the list, until they stop. Fewer: nobody "
            "loses a place."
        ),
    )


class AttendanceForm(forms.Form):
    """One person's mark."""

    mark = forms.ChoiceField(
        choices=[(name, name.capitalize()) for name in MARKS], widget=forms.RadioSelect
    )
    was = forms.CharField(widget=forms.HiddenInput, max_length=20)

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        now = (registration.state, registration.came_for_part)
        mark = next((name for name, value in MARKS.items() if value == now), NOT_MARKED)
        super().__init__(*args, initial={"mark": mark, "was": mark}, **kwargs)
        self.registration = registration

    @classmethod
    def for_row(cls, registration: Registration, sent: QueryDict) -> Self:
        """Bound only if the page that was sent had this row.

        Somebody may have signed up since it was opened.
        """
        prefix = str(registration.pk)
        has_row = f"{prefix}-mark" in sent
        return cls(sent if has_row else None, prefix=prefix, registration=registration)

    @property
    def is_changed(self) -> bool:
        """Did this person touch the row? What a colleague marked meanwhile is not taken back."""
        return self.cleaned_data["mark"] != self.cleaned_data["was"]


class CameForm(forms.Form):
    """How somebody took part who is at the door."""

    capacity = forms.ChoiceField(
        label="How did they take part?",
        choices=Registration.Capacity.choices,
        required=False,
        initial=Registration.Capacity.NOT_SURE,
        help_text="It decides about payment. If you did not ask, leave it: they are asked.",
    )

    def clean_capacity(self) -> str:
        return self.cleaned_data["capacity"] or Registration.Capacity.NOT_SURE


class NewcomerForm(CameForm):
    """Somebody whom nobody was found for."""

    name = LineField(label="Name", max_length=100, required=False)
    email = AddressField(label="Email address, if they have one", required=False)
    phone = PhoneField(label="Phone number, if they have no email address")
    is_somebody_else = forms.BooleanField(
        label="It is somebody else than the people we found", required=False
    )
    field_order = ["name", "email", "phone", "capacity", "is_somebody_else"]

    @property
    def newcomer(self) -> Newcomer:
        data = self.cleaned_data
        return Newcomer(data["name"], data["email"] or "", data["phone"])
