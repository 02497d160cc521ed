"""Staff's forms about people."""

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.forms import Form

from collective.models import Person
from collective.models.person import PersonQuerySet
from collective.pages.forms import CodeField
from collective.people import alike, phones
from collective.people.requests import MemberRequest
from collective.typed.forms import AddressField, LineField, LinesField

POST_LENGTH = 400
MOST_FOUND = 20


class PhoneField(LineField):
    """A UK number as people write it, or another country's with its +."""

    def __init__(self, **kwargs) -> None:
        super().__init__(**{"max_length": 40, "required": False, "label": "Phone number", **kwargs})

    def clean(self, value) -> str | None:
        text = super().clean(value)
        number = phones.read(text) if text else None
        if text and number is None:
            raise forms.ValidationError(
                "Enter a phone number, like 020 7946 0000. Another country's begins with +."
            )
        return number


def _known_by(number: str | None) -> Person | None:
    """The person who has this number already, or None."""
    if not number:
        return None
    return Person.objects.known().filter(phone_hash=phones.keyed_hash(number)).first()


def _check_ways(form, ways, by):
    """Is there a way to reach them, and the one that was chosen? The form has the error if not."""
    if form.errors:
        return
    if not any(ways.values()):
        form.add_error(None, "Give a phone number, a postal address or a shared email address.")
    elif by and not ways[by]:
        form.add_error(
            "reach_by", "For this way of telling them things we need that address or number."
        )


class PersonForm(forms.ModelForm):
    """What staff note about a person: the name, and how we reach them."""

    phone = PhoneField()
    postal_address = LinesField(
        max_length=POST_LENGTH, required=False, strip=True, widget=forms.Textarea(attrs={"rows": 4})
    )
    is_somebody_else = forms.BooleanField(
        label="They are somebody else than the people whom we know by this name", required=False
    )

    class Meta:
        model = Person
        fields = [
            "name",
            "contact_email",
            "reach_by",
            "wants_reminders",
            "wants_news",
            "wants_staff_mail",
            "is_active",
            "is_staff",
            "is_superuser",
            "groups",
        ]
        widgets = {"groups": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "phone" in self.fields and self.instance.pk:
            self.initial["phone"] = self.instance.phone_as_written
            self.initial["postal_address"] = self.instance.postal_address or ""
        if "name" in self.fields:
            self.fields["name"].required = True

    def clean(self):
        super().clean()
        if self.instance._state.adding and not self.cleaned_data.get("is_somebody_else"):
            self._check_nobody_is_alike()
        if "phone" in self.fields and "reach_by" in self.fields:
            self._check_number_is_new()
            self._check_reach()
        return self.cleaned_data

    def _check_nobody_is_alike(self):
        if may_be := alike.of(self.cleaned_data.get("name") or ""):
            self.add_error("name", str(alike.KnownAlready(may_be)))

    def _check_number_is_new(self):
        known = _known_by(self.cleaned_data.get("phone"))
        if known and self.instance._state.adding:
            self.add_error(
                "phone", f"{known} has this number. They share it? Add them by “Book for somebody”."
            )

    def _check_reach(self):
        """Told by email without an address: by phone then, or by post."""
        by, number = self.cleaned_data.get("reach_by"), self.cleaned_data.get("phone")
        ways = {
            Person.ReachBy.EMAIL: self.instance.email or self.cleaned_data.get("contact_email"),
            Person.ReachBy.PHONE: number,
            Person.ReachBy.POST: self.cleaned_data.get("postal_address"),
        }
        if by == Person.ReachBy.EMAIL and not ways[by] and any(ways.values()) and not self.errors:
            by = Person.ReachBy.PHONE if number else Person.ReachBy.POST
            self.cleaned_data["reach_by"] = by
        _check_ways(self, ways, by)

    def save(self, commit: bool = True):
        if "phone" in self.fields:
            self.instance.phone = self.cleaned_data["phone"]
            self.instance.postal_address = self.cleaned_data["postal_address"] or None
        return super().save(commit)


class NewPersonForm(forms.Form):
    """Somebody who rang: a name, and at least one way to reach them."""

    name = LineField(label="What to call them", max_length=100)
    phone = PhoneField()
    postal_address = LinesField(
        max_length=POST_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Postal address",
    )
    contact_email = AddressField(
        label="Email address of somebody they share it with",
        required=False,
        help_text=(
            "Only where their messages may go to somebody else's address. For one of their own, "
            "add it later."
        ),
    )
    is_somebody_else = forms.BooleanField(
        label="They are somebody else than the people whom we know by this name or number",
        required=False,
    )
    reach_by = forms.ChoiceField(
        label="Tell them things by",
        choices=Person.ReachBy.choices,
        widget=forms.RadioSelect,
        initial=Person.ReachBy.PHONE,
    )

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        ways = {
            Person.ReachBy.EMAIL: cleaned.get("contact_email"),
            Person.ReachBy.PHONE: cleaned.get("phone"),
            Person.ReachBy.POST: cleaned.get("postal_address"),
        }
        _check_ways(self, ways, cleaned.get("reach_by"))
        self.alike: list[Person] = []
        if not cleaned.get("is_somebody_else"):
            self._check_nobody_is_alike(cleaned)
        return cleaned

    def _check_nobody_is_alike(self, cleaned) -> None:
        """Somebody whom we know by this name or number is asked about before a double is made."""
        known = _known_by(cleaned.get("phone"))
        if known:
            self.add_error(
                "phone", f"{known} has this number. Find them above, or tick that they share it."
            )
        self.alike = alike.of(cleaned.get("name") or "", number=cleaned.get("phone"))
        if self.alike and not known:
            self.add_error("name", alike.ASK)

    def save(self) -> Person:
        self.cleaned_data.pop("is_somebody_else")
        return Person.objects.create(
            **{**self.cleaned_data, "postal_address": self.cleaned_data["postal_address"] or None}
        )


class FindPersonForm(forms.Form):
    q = LineField(
        label="Name, email address, or the whole phone number",
        max_length=100,
        widget=forms.SearchInput,
    )


def all_found(request: MemberRequest, form: Form) -> PersonQuerySet:
    """Those whom the search names; by phone number only for staff who may see numbers."""
    text = form.cleaned_data["q"]
    if phones.read(text) and not request.user.has_perm("collective.view_contact_details"):
        return Person.objects.none()
    return Person.objects.known().found_by(text)


def found(request: MemberRequest, form: Form) -> PersonQuerySet:
    """As many of them as a page shows."""
    return all_found(request, form)[:MOST_FOUND]


class NewAddressForm(forms.Form):
    email = AddressField(label="New email address")


class AddressCodeForm(forms.Form):
    code = CodeField(
        label="The six digits from the email",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class InviteForm(forms.Form):
    email = AddressField(label="Their email address")
    name = LineField(label="What to call them", max_length=100)
    groups = forms.ModelMultipleChoiceField(
        Group.objects.order_by("name"), label="What they do", widget=forms.CheckboxSelectMultiple
    )


def find_or_add(admin, request: MemberRequest):
    """The person who rang up, found by name, address or the whole phone number; or somebody new.

    Returns (the person who was just added, or None, and what the page needs). By POST, so that a
    number stands in no address. Raises PermissionDenied for anyone who may not add people.
    """
    searches = "q" in request.POST
    form = FindPersonForm(request.POST if searches else None)
    new = NewPersonForm(request.POST if request.method == "POST" and not searches else None)
    if new.is_valid():
        if not request.user.has_perm("collective.add_person"):
            raise PermissionDenied
        person = new.save()
        admin.log_addition(request, person, "Added by phone")
        return person, {}
    searched, may_be = form.is_valid(), getattr(new, "alike", [])
    return None, {
        "form": form,
        "new": new,
        "searched": searched or bool(may_be),
        "found": found(request, form) if searched else may_be,
    }
