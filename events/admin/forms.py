from django import forms

from events.models import Registration, Session

State = Registration.State
MARKS = {
    "not marked": (State.CONFIRMED, False),
    "took part": (State.ATTENDED, False),
    "came for part": (State.ATTENDED, True),
    "not seen": (State.MISSED, False),
}


class SessionForm(forms.ModelForm):
    """What a session needs before people can sign up, and as long as anybody is signed up."""

    class Meta:
        model = Session
        exclude = []  # noqa: DJ006 the admin's fieldsets say which fields are shown

    def clean(self):
        cleaned = super().clean()
        dated = cleaned.get("starts_at") and cleaned.get("ends_at")
        if not dated and cleaned.get("state") not in {Session.State.TO_BE_CONFIRMED, Session.State.CANCELLED}:
            self.add_error("state", "Only a session that is to be confirmed can do without a start and an end.")
        elif not dated and self.instance.registrations.live().exists():
            self.add_error("starts_at", "People are signed up for this session, so it needs a start and an end.")
        if cleaned.get("opens_at") and dated and cleaned["opens_at"] >= cleaned["ends_at"]:
            self.add_error("opens_at", "Sign-up would open after the session is over.")
        if cleaned.get("kind") not in {Session.Kind.SESSION, Session.Kind.IN_PERSON, None}:
            self.add_error("kind", "A session is online or in person.")
        return cleaned


class PlacesForm(forms.Form):
    places = forms.IntegerField(
        min_value=1,
        max_value=5000,
        help_text="More: offers go out at once, in the order of the list. Fewer: nobody loses a place.",
    )


class AttendanceForm(forms.Form):
    """One person's mark."""

    mark = forms.ChoiceField(choices=[(name, name.capitalize()) for name in MARKS], widget=forms.RadioSelect)
    was = forms.CharField(widget=forms.HiddenInput, max_length=20)

    @classmethod
    def of(cls, registration, request):
        """Bound only if the page that was sent had this row: somebody may have signed up since it was opened."""
        prefix = str(registration.pk)
        sent = request.POST if f"{prefix}-mark" in request.POST else None
        return cls(sent, prefix=prefix, registration=registration)

    @property
    def is_changed(self):
        """Did this person touch the row? What a colleague marked meanwhile is not taken back."""
        return self.cleaned_data["mark"] != self.cleaned_data["was"]

    def __init__(self, *args, registration, **kwargs):
        now = (registration.state, registration.came_for_part)
        mark = next((name for name, value in MARKS.items() if value == now), "not marked")
        super().__init__(*args, initial={"mark": mark, "was": mark}, **kwargs)
        self.registration = registration


class WalkInForm(forms.Form):
    email = forms.EmailField(label="Email address, if they have one", required=False, max_length=254)
    name = forms.CharField(label="Name", max_length=100, required=False)
